import assert from "node:assert/strict";
import { test } from "node:test";
import { scrapeTimeout } from "../../../components/monitoring/pod-monitor.ts";
import { surveyorArguments, surveyorNeeds, surveyTimeoutMs, type SurveyorRun } from "../../../nats/surveyor.ts";

const nothing = { accounts: false, streams: "none", gateways: false, raft: false } as const;
const everything = { accounts: true, streams: "consumers", gateways: true, raft: true } as const;

const run: SurveyorRun = {
  ...{ settings: nothing, url: "nats://nats.nats.svc.cluster.local:4222", creds: "/creds/nats.creds", ca: undefined },
  ...{ servers: 3, scrapeTimeoutSeconds: 10 },
};

test("its arguments are those of its settings, and no more", () => {
  const always = [
    "--servers=nats://nats.nats.svc.cluster.local:4222",
    ...["--creds=/creds/nats.creds", "--count=3", "--timeout=3000ms", "--port=7777"],
  ];
  assert.deepEqual(surveyorArguments(run), always);
  assert.deepEqual(surveyorArguments({ ...run, settings: everything }), [
    ...always,
    ...["--accounts", "--jsz=all", "--jsz-leaders-only", "--gatewayz", "--raftz"],
  ]);
  const streams = surveyorArguments({ ...run, settings: { ...nothing, streams: "streams" } });
  assert.deepEqual(streams, [...always, "--jsz=streams", "--jsz-leaders-only"]);
  assert.ok(surveyorArguments({ ...run, ca: "/ca/ca.crt" }).includes("--tlscacert=/ca/ca.crt"));
});

test("it needs a subject for each question that its settings ask, and its answers", () => {
  const ping = "$SYS.REQ.SERVER.PING";
  const publish = (settings: object) => surveyorNeeds({ ...nothing, ...settings }).publish;
  const stored = [ping, "$SYS.REQ.ACCOUNT.PING.STATZ", "$SYS.REQ.SERVER.PING.JSZ"];
  assert.deepEqual(publish({}), [ping]);
  assert.deepEqual(publish({ accounts: true }), stored);
  assert.deepEqual(publish({ streams: "streams" }), stored);
  assert.deepEqual(publish({ gateways: true }), [ping, "$SYS.REQ.SERVER.PING.GATEWAYZ"]);
  assert.deepEqual(publish({ raft: true }), [ping, "$SYS.REQ.SERVER.PING.RAFTZ"]);
  assert.deepEqual(surveyorNeeds(everything).subscribe, ["_INBOX.>"]);
});

test("a survey in which servers are silent ends before the scrape is given up, whatever the interval", () => {
  for (const settings of [nothing, everything]) {
    const further = surveyorNeeds(settings).publish.length - 1;
    for (let interval = 5; interval <= 30; interval += 1) {
      const timeout = surveyTimeoutMs(settings, scrapeTimeout(interval));
      // The ping waits for its timeout, and each further question for half a second after the last answer.
      assert.ok(timeout >= 1000 && timeout + further * 500 < scrapeTimeout(interval) * 1000, String(interval));
    }
  }
});
