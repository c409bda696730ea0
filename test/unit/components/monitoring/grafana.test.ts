import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusedByGrafana } from "../../../support/refused-by-grafana.ts";
import { folderTitle } from "../../../../config/grafana-folders.ts";
import { grafanaUid } from "../../../../components/monitoring/grafana/uid.ts";
import type { GrafanaAlertRule } from "../../../../components/target/grafana-operator.ts";
import { conditionOf } from "../../../../nats/alerts/table.ts";
import { madeBy, ofKind, platformOf } from "./watched.ts";

async function inGrafana(grafana: object = {}, more: object = {}) {
  const all = await madeBy(platformOf({ east: { monitoring: { grafana, ...more } } }));
  const groups = ofKind(all, "GrafanaAlertRuleGroup");
  const rules = groups.flatMap(({ spec }) => spec.rules);
  return { all, groups, rules };
}
const named = (rules: readonly GrafanaAlertRule[], alert: string) => {
  const found = rules.find(({ uid }) => uid.endsWith(alert));
  assert.ok(found, `there is no ${alert}`);
  return found;
};
interface Model {
  readonly expr?: string;
  readonly conditions?: readonly { evaluator: { type: string; params: number[] } }[];
}
const modelOf = (rule: GrafanaAlertRule, refId: string) =>
  rule.data.find((query) => query.refId === refId)?.model as Model | undefined;

test("Grafana evaluates what Prometheus would", async () => {
  const { all, rules } = await inGrafana({}, { prometheusRule: {} });
  const conditions = ofKind(all, "PrometheusRule").flatMap(({ spec }) =>
    spec.groups.flatMap((group) => group.rules.map(({ alert, expr, for: duration }) => [alert, expr, duration])),
  );
  const same = rules.map((rule) => {
    const evaluator = modelOf(rule, "C")?.conditions?.[0]?.evaluator;
    assert.equal(rule.condition, "C");
    const value = modelOf(rule, "A")?.expr ?? "";
    const alert = {
      value,
      wrongWhen: evaluator?.type === "gt" ? "above" : "below",
      threshold: evaluator?.params[0] ?? NaN,
    };
    return [rule.uid.replace("east-", ""), conditionOf(alert as Parameters<typeof conditionOf>[0]), rule.for];
  });
  assert.deepEqual(same.sort(), conditions.sort());
});

test("a value that has vanished is wrong only where it can't vanish from a healthy system", async () => {
  const { rules } = await inGrafana();
  assert.equal(named(rules, "NatsQuorumLost").noDataState, "Alerting");
  assert.equal(named(rules, "NatsServersMissing").noDataState, "Alerting");
  assert.equal(named(rules, "NatsSlowConsumers").noDataState, "OK");
});

test("alerts go to the receiver that is named, otherwise where Grafana's policies send them", async () => {
  const { rules } = await inGrafana({ receiver: "on-call" });
  assert.ok(rules.every(({ notificationSettings }) => notificationSettings?.receiver === "on-call"));
  assert.ok((await inGrafana()).rules.every((rule) => !("notificationSettings" in rule)));
});

test("the receiver is made where it is described, with its secrets left in their Secret", async () => {
  const contactPoint = {
    type: "slack",
    settings: { recipient: "#nats" },
    secret: { name: "slack", keys: { url: "webhook" } },
  };
  const { all } = await inGrafana({ receiver: "on-call", contactPoint });
  assert.deepEqual(ofKind(all, "GrafanaContactPoint")[0]?.spec, {
    instanceSelector: { matchLabels: { dashboards: "grafana" } },
    allowCrossNamespaceImport: true,
    resyncPeriod: "10m0s",
    name: "on-call",
    receivers: [
      {
        type: "slack",
        settings: { recipient: "#nats" },
        valuesFrom: [{ targetPath: "url", valueFrom: { secretKeyRef: { name: "slack", key: "webhook" } } }],
      },
    ],
  });
  assert.deepEqual(ofKind((await inGrafana({ receiver: "on-call" })).all, "GrafanaContactPoint"), []);
});

test("alerts and dashboard stand in the region's folder, and each can be left out", async () => {
  const { all, groups } = await inGrafana();
  const [folder] = ofKind(all, "GrafanaFolder");
  const [dashboard] = ofKind(all, "GrafanaDashboard");
  assert.equal(folder?.spec.title, "NATS");
  for (const { spec } of [...groups, dashboard].flatMap((it) => it ?? [])) {
    assert.equal(spec.folderRef, folder.metadata.name);
    assert.deepEqual(spec.instanceSelector, folder.spec.instanceSelector);
  }
  const bare = (await inGrafana({ alerts: false, dashboard: false })).all;
  assert.deepEqual([ofKind(bare, "GrafanaAlertRuleGroup"), ofKind(bare, "GrafanaDashboard")], [[], []]);
});

test("without a system exporter, refused logins are read from the logs where Loki has them; in Prometheus there is no such alert", async () => {
  const { all, rules } = await inGrafana({ loki: "my-loki" }, { prometheusRule: {} });
  const { data, for: duration } = named(rules, "NatsAuthenticationErrors");
  assert.equal(data[0]?.datasourceUid, "my-loki");
  assert.equal(data[0].queryType, "instant");
  assert.equal(duration, "5m");
  assert.equal(
    (data[0].model as Model).expr,
    'sum(rate({namespace="nats",container="nats"} |= " - authentication error" [5m])) * 60',
  );
  assert.ok(!JSON.stringify(ofKind(all, "PrometheusRule")).includes("NatsAuthenticationErrors"));
  assert.ok(!JSON.stringify((await inGrafana()).groups).includes("NatsAuthenticationErrors"));
});

describe("regions that share a Grafana", () => {
  const monitoring = { grafana: {} };

  test("have folders, uids, groups and dashboards of their own", async () => {
    const all = await madeBy(platformOf({ east: { monitoring }, west: { monitoring } }));
    const folders = ofKind(all, "GrafanaFolder").map(({ spec }) => [spec.title, spec.uid]);
    assert.deepEqual(folders, [
      ["NATS east", "nats-folder-east"],
      ["NATS west", "nats-folder-west"],
    ]);
    const uids = ofKind(all, "GrafanaAlertRuleGroup").flatMap(({ spec }) => spec.rules.map(({ uid }) => uid));
    assert.equal(new Set(uids).size, uids.length);
    const dashboards = ofKind(all, "GrafanaDashboard").map(({ spec }) => JSON.parse(spec.json) as { uid: string });
    // Grafana keeps folders and dashboards in one list: of two with the same uid the second is refused.
    const listed = [...folders.map(([, uid]) => uid), ...dashboards.map(({ uid }) => uid)];
    assert.equal(new Set(listed).size, 4);
  });

  test("have uids of their own also where one is called as the other's folder", async () => {
    const all = await madeBy(
      platformOf({ x: { monitoring }, "folder-x": { monitoring }, "folder-folder-x": { monitoring } }),
    );
    const uids = [
      ...ofKind(all, "GrafanaFolder").map(({ spec }) => spec.uid),
      ...ofKind(all, "GrafanaDashboard").map(({ spec }) => (JSON.parse(spec.json) as { uid: string }).uid),
    ];
    assert.deepEqual(uids.toSorted(), [
      ...["nats-folder-folder-folder-x", "nats-folder-folder-x", "nats-folder-x", "nats-x"],
      ...["nats_folder-folder-x", "nats_folder-x"],
    ]);
  });

  test("keep the titles of their folders where those differ", () => {
    const folders = { east: "NATS", west: "NATS", south: "Messaging" };
    assert.equal(folderTitle("east", folders), "NATS east");
    assert.equal(folderTitle("south", folders), "Messaging");
  });
});

describe("what Grafana refuses and its operator's kinds let pass", () => {
  test("is in nothing that is rendered, whatever the region's name and number of servers", async () => {
    for (const [name, replicas] of [
      ["e".repeat(63), 5],
      ["a", 1],
    ] as const) {
      const regions = {
        [name]: { nats: { replicas }, monitoring: { grafana: { loki: "l" }, expected: { gateways: 1, leafnodes: 1 } } },
      };
      const groups = ofKind(await madeBy(platformOf(regions)), "GrafanaAlertRuleGroup");
      assert.ok(groups.length > 0);
      assert.deepEqual(refusedByGrafana(groups), []);
      const uids = groups.flatMap(({ spec }) => spec.rules.map(({ uid }) => uid));
      assert.ok(uids.every((uid) => /^[a-zA-Z0-9-_]{1,40}$/.test(uid)));
    }
  });

  const group = (interval: string, ...rules: { uid: string; title: string; for: string }[]) =>
    ({
      metadata: { name: "g", namespace: "nats" },
      spec: { folderRef: "nats", interval, rules },
    }) as unknown as Parameters<typeof refusedByGrafana>[0][number];
  const rule = { uid: "a", title: "A", for: "1m" };

  test("an interval that is no multiple of 10 seconds", () => {
    const wrong = ["g: found the interval 15s, but Grafana takes multiples of 10 seconds"];
    assert.deepEqual(refusedByGrafana([group("15s", rule)]), wrong);
    assert.equal(refusedByGrafana([group("0s", { ...rule, for: "0s" })]).length, 1);
    assert.deepEqual(refusedByGrafana([group("20s", rule)]), []);
  });

  test("an alert that fires between two evaluations", () => {
    const wrong = ["g: A: found for 30s, but it is evaluated each 1m0s"];
    assert.deepEqual(refusedByGrafana([group("1m0s", { ...rule, for: "30s" })]), wrong);
    assert.deepEqual(refusedByGrafana([group("1m0s", { ...rule, for: "0s" })]), []);
  });

  test("a uid that is there twice, and a title that is twice in its folder", () => {
    assert.deepEqual(refusedByGrafana([group("1m0s", rule), group("1m0s", { ...rule, title: "B" })]), [
      'found the uid "a" twice',
    ]);
    assert.deepEqual(refusedByGrafana([group("1m0s", rule, { ...rule, uid: "b" })]), ['found the title "A" twice']);
  });
});

test("a uid is what it is made of, and where that is too long it still tells two apart", () => {
  assert.equal(grafanaUid("eu-east", "NatsQuorumLost"), "eu-east-NatsQuorumLost");
  const long = "r".repeat(60);
  assert.match(grafanaUid(long, "A"), /^r{23}-[0-9a-f]{16}$/);
  assert.notEqual(grafanaUid(long, "A"), grafanaUid(long, "B"));
});

test("for another Grafana the objects are others, while what they are in Grafana stays", async () => {
  const seen = async (grafana: object) => {
    const { all, groups, rules } = await inGrafana({
      receiver: "on-call",
      contactPoint: { type: "email" },
      ...grafana,
    });
    const others = [ofKind(all, "GrafanaFolder"), ofKind(all, "GrafanaDashboard"), ofKind(all, "GrafanaContactPoint")];
    const names = [...groups, ...others.flat()].map(({ metadata }) => metadata.name);
    const inside = [groups.map(({ spec }) => spec.name), rules.map(({ uid }) => uid)];
    return { names, inside };
  };
  const first = await seen({});
  assert.deepEqual(
    await seen({ folder: "Messaging", dataSource: "other" }),
    first,
    "what can be changed changes no name",
  );
  for (const change of [{ instanceSelector: { dashboards: "another" } }, { allowCrossNamespaceImport: false }]) {
    const other = await seen(change);
    assert.deepEqual(other.inside, first.inside);
    assert.ok(other.names.every((name) => !first.names.includes(name)));
  }
});
