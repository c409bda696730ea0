import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { createInbox, headers, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { surveyorNeeds } from "../../nats/surveyor.ts";
import { platformOf } from "../support/program.ts";
import { connectAs } from "./support/clients.ts";
import { watchViolations } from "./support/hearing.ts";
import { eventually } from "./support/monitoring.ts";
import { regionName, startDev, type TestRegion } from "./support/region.ts";

/*
 * Surveyor itself does not run here. What it asks is asked as its source has it: the subject, the options, how it subscribes to the answers.
 */
const settings = { accounts: true, streams: "consumers", gateways: true, raft: true } as const;
const { publish, subscribe, subscriptions } = surveyorNeeds(settings);

/** The options of each question, and what is in an answer to it. */
const questions: Readonly<Record<string, { readonly options?: object; readonly answer: string }>> = {
  "$SYS.REQ.SERVER.PING": { answer: "statsz" },
  "$SYS.REQ.SERVER.PING.GATEWAYZ": { options: { name: "", accounts: false }, answer: "data" },
  "$SYS.REQ.SERVER.PING.RAFTZ": { options: { account: "", group: "_meta_" }, answer: "data" },
  "$SYS.REQ.ACCOUNT.PING.STATZ": { options: { accounts: null, include_unused: true }, answer: "data" },
  "$SYS.REQ.SERVER.PING.JSZ": {
    options: { accounts: true, streams: true, consumer: true, config: true, raft: true, limit: 1024 },
    answer: "data",
  },
};

let region: TestRegion;
before(async () => {
  region = await startDev({ platform: platformWithSurveyor() });
});
after(() => region.end());

test("every question that it may ask has its options here", () => {
  assert.deepEqual(Object.keys(questions).sort(), [...publish].sort());
});

describe("a user with exactly what the role has to allow", () => {
  test("asks all that Surveyor does, is answered by every server, and is denied nothing", async () => {
    const client = await connectAs(region, "SYS", `${regionName}-surveyor`);
    const survey = await startSurvey(client);
    for (const [subject, { answer }] of Object.entries(questions)) {
      const answers = await survey.ask(subject);
      const names = answers.map(({ server }) => server.name).sort();
      assert.deepEqual(names, ["nats-0", "nats-1", "nats-2"], subject);
      for (const told of answers) {
        assert.equal(told.error, undefined, subject);
        assert.ok(told[answer], `${subject} tells ${Object.keys(told).join(", ")}`);
      }
    }
    assert.deepEqual([...survey.violations], []);
    assert.deepEqual(violationsInLogs(), []);
    await client.close();
  });

  test("is answered with compression as well, which Surveyor asks for", async () => {
    const client = await connectAs(region, "SYS", `${regionName}-surveyor`);
    const survey = await startSurvey(client);
    const answers = await survey.raw("$SYS.REQ.SERVER.PING.JSZ", true);
    assert.deepEqual(
      answers.map((answer) => answer.headers?.get("Content-Encoding")),
      ["snappy", "snappy", "snappy"],
    );
    await client.close();
  });
});

for (const subject of publish)
  test(`a user whose role lacks ${subject} is denied that, and nothing else`, async () => {
    const client = await connectAs(region, "SYS", lacking(subject));
    const survey = await startSurvey(client);
    for (const other of publish) if (other !== subject) assert.equal((await survey.ask(other)).length, 3, other);
    assert.deepEqual([...survey.violations], []);
    survey.publish(subject);
    await eventually("it is denied", () => survey.violations.has(`publish ${subject}`));
    await client.close();
  });

test("with one subscription less, there is none for the answers to a further question", async () => {
  const client = await connectAs(region, "SYS", "one-subscription");
  const survey = await startSurvey(client);
  assert.equal((await survey.ask("$SYS.REQ.SERVER.PING")).length, 3);
  assert.doesNotMatch(violationsInLogs().join(), /maximum subscriptions/);
  client.subscribe(createInbox(), { callback: () => undefined });
  await eventually("it is refused", () => violationsInLogs().join().includes("maximum subscriptions"));
  await client.close();
});

interface Account {
  readonly roles: Record<string, object>;
  readonly users: Record<string, object>;
}

interface Told extends Readonly<Record<string, unknown>> {
  readonly server: { readonly name: string };
  readonly error?: unknown;
}

/** Asks as Surveyor does: one subscription for its pings as long as it runs, and one for each other question while that is under way. */
async function startSurvey(client: NatsConnection) {
  const violations = watchViolations(client);
  const inbox = createInbox();
  const pings: Msg[] = [];
  client.subscribe(`${inbox}.*`, { callback: (_, answer) => void pings.push(answer) });

  const publishTo = (subject: string, reply: string, isCompressed = false) => {
    const { options } = questions[subject] ?? assert.fail(subject);
    const asked = headers();
    if (isCompressed) asked.set("Accept-Encoding", "snappy");
    client.publish(subject, options === undefined ? "" : JSON.stringify(options), { reply, headers: asked });
  };
  const raw = async (subject: string, isCompressed = false): Promise<Msg[]> => {
    if (subject === "$SYS.REQ.SERVER.PING") {
      pings.length = 0;
      publishTo(subject, `${inbox}.${String(Date.now())}`);
      await eventually(subject, () => pings.length === 3);
      return [...pings];
    }
    const answers: Msg[] = [];
    const reply = createInbox();
    const subscription = client.subscribe(reply, { callback: (_, answer) => void answers.push(answer) });
    publishTo(subject, reply, isCompressed);
    await eventually(subject, () => answers.length === 3);
    subscription.unsubscribe();
    await client.flush();
    return answers;
  };
  const ask = async (subject: string) => (await raw(subject)).map((answer) => answer.json<Told>());
  await client.flush();
  const publish = (subject: string) => {
    publishTo(subject, `${inbox}.lacking`);
  };
  return { violations, raw, ask, publish };
}

function violationsInLogs(): string[] {
  return region.servers.flatMap(
    ({ logFile }) =>
      readFileSync(logFile, "utf8").match(/.*(?:Publish|Subscription) Violation.*|.*maximum subscriptions.*/gi) ?? [],
  );
}

/** Name of the user who may do all but one. */
function lacking(subject: string): string {
  return `lacks-${subject.slice("$SYS.REQ.".length).toLowerCase().replaceAll(".", "-")}`;
}

/** The dev stack with Surveyor, whose role allows exactly what is needed, and users who lack a subject of that. */
function platformWithSurveyor(): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: Record<"SYS", Account>;
    regions: Record<typeof regionName, { monitoring: Record<string, object> }>;
  };
  const { SYS } = platform.accounts;
  SYS.roles.surveyor = { publish, subscribe, limits: { subscriptions } };
  platform.regions[regionName].monitoring.surveyor = { role: "surveyor", ...settings };
  addUser(SYS, "one-subscription", { publish, subscribe, limits: { subscriptions: subscriptions - 1 } });
  for (const subject of publish) {
    addUser(SYS, lacking(subject), { publish: publish.filter((it) => it !== subject), subscribe });
  }
  return platform;
}

function addUser(account: Account, name: string, role: object): void {
  account.roles[name] = role;
  account.users[name] = { role: name, deliver: [{ region: regionName, namespace: "monitoring", secret: name }] };
}
