import assert from "node:assert/strict";
import { test } from "node:test";
import { logQueries } from "../../../support/log-queries.ts";
import { logQueryIn } from "../../../support/logql.ts";
import { madeBy, ofKind, platformOf } from "./watched.ts";

const queries = logQueries();

test("the alert and every panel of the row Logs ask Loki in its own language", () => {
  assert.deepEqual(Object.keys(queries), [
    "NatsAuthenticationErrors",
    "Refused logins",
    "Raft",
    "Warnings and errors",
    "Log",
  ]);
  for (const query of Object.values(queries)) logQueryIn(query);
});

test("what is no LogQL is not taken for it", () => {
  for (const query of Object.values(queries)) {
    for (const broken of [query.replace("{", ""), query.replace(/["`]/, ""), query.replace("|", ""), `${query})`]) {
      assert.throws(() => logQueryIn(broken), /this is no LogQL at \d+/, broken);
    }
  }
  for (const broken of [
    queries.NatsAuthenticationErrors?.replace("[5m]", "5m"),
    queries.NatsAuthenticationErrors?.replace("rate(", "rates("),
    queries.Raft?.replace("by (pod)", "by pod"),
  ]) {
    assert.throws(() => logQueryIn(broken ?? ""), /this is no LogQL at \d+/, broken);
  }
});

test("they ask for the logs of the container that the servers run in", async () => {
  const all = await madeBy(platformOf({ east: { monitoring: { grafana: { loki: "loki" } } } }));
  const containers = ofKind(all, "StatefulSet").flatMap(({ spec }) =>
    (spec as { template: { spec: { containers: { name: string }[] } } }).template.spec.containers.map(
      ({ name }) => name,
    ),
  );
  for (const [name, query] of Object.entries(queries)) {
    const { labels } = logQueryIn(query);
    const container = labels.find(({ label }) => label === "container");
    assert.equal(container?.is, "=", name);
    assert.ok(containers.includes(container.value), name);
    assert.ok(
      labels.some(({ label }) => label === "namespace"),
      name,
    );
  }
});

test("the alert counts what the panel shows", () => {
  const lines = [" - authentication error", "authentication error", "[ERR] x - authentication error - y"];
  const [alert, panel] = [queries.NatsAuthenticationErrors ?? "", queries["Refused logins"] ?? ""].map(logQueryIn);
  for (const line of lines) assert.equal(alert?.takes(line), panel?.takes(line));
});
