import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf, refuses } from "./wrong.ts";

const policy = (fields: string) =>
  `regions: { local: { monitoring: { grafana: { receiver: on-call, notificationPolicy: { ${fields} } } } } }`;
const at = "regions.local.monitoring.grafana.notificationPolicy";

refuses([
  ["a branch of policies has no labels", policy(""), `${at}.labels: found nothing, but a map of labels is needed here`],
  [
    "a branch of policies has no label",
    policy("labels: {}"),
    `${at}.labels: found a map, but a label is needed here: by it a tree of policies finds the branch`,
  ],
  [
    "a severity of a branch is none",
    policy("labels: { a: b }, receivers: { crit: pager }"),
    `${at}.receivers.crit: found an unknown key, but only critical, warning or info can stand here`,
  ],
  [
    "notifications are grouped by nothing",
    policy("labels: { a: b }, groupBy: []"),
    `${at}.groupBy: found an empty list, but a label is needed here, or ... for a notification for each alert`,
  ],
  [
    "notifications are grouped by a label twice",
    policy("labels: { a: b }, groupBy: [alertname, alertname]"),
    `${at}.groupBy: found a list, but each label can stand here once`,
  ],
  [
    "notifications are grouped by all labels and another",
    policy("labels: { a: b }, groupBy: [alertname, ...]"),
    `${at}.groupBy: found a list, but ... is a notification for each alert, and stands alone`,
  ],
  [
    "notifications are grouped by what is no label, at intervals that Grafana refuses",
    policy("labels: { a: b }, groupBy: [nats-cluster], groupWait: 0s, groupInterval: 0s, repeatInterval: never"),
    `${at}.groupBy[0]: found "nats-cluster", but a label of alerts has letters, digits and _, and does not begin with a digit (or ... for all labels)`,
    `${at}.groupInterval: found "0s", but a duration from 1s up is needed here, such as 45s, 2m or 1h30m`,
    `${at}.repeatInterval: found "never", but a duration from 1s up is needed here, such as 45s, 2m or 1h30m`,
  ],
  [
    "a branch has no contact point",
    "regions: { local: { monitoring: { grafana: { notificationPolicy: { labels: { a: b }, receivers: { info: chat } } } } } }",
    `${at}: found a notification policy, but alerts that have no contact point of their own go to receiver, and there is none`,
  ],
  [
    "two regions make the whole tree of one Grafana",
    `
defaults: { monitoring: { grafana: { receiver: on-call, notificationPolicy: { labels: { a: b }, whole: true } } } }
regions:
  local: {}
  other: { target: { render: deploy/other } }
  third: { target: { render: deploy/third }, monitoring: { grafana: { instanceSelector: { dashboards: third } } } }
`,
    "defaults.monitoring.grafana.notificationPolicy.whole: found true, but region local makes the tree of the same Grafana, and there is one: leave whole out here, and that one takes the branches with its labels (another Grafana has another instanceSelector)",
  ],
  [
    "the tree of a Grafana does not take a region's branch",
    `
defaults: { monitoring: { grafana: { receiver: on-call, notificationPolicy: { labels: { a: b } } } } }
regions:
  local: { monitoring: { grafana: { notificationPolicy: { whole: true, labels: { a: c, d: e } } } } }
  other: { target: { render: deploy/other } }
  third: { target: { render: deploy/third }, monitoring: { grafana: { instanceSelector: { dashboards: third } } } }
`,
    'defaults.monitoring.grafana.notificationPolicy.labels: found "a: b", but region local has the tree of the same Grafana, and it takes branches with "a: c, d: e"',
  ],
  [
    "the tree of a Grafana looks in its own namespace, and a region's branch is in another",
    `
defaults: { monitoring: { grafana: { receiver: on-call, notificationPolicy: { labels: { a: b } } } } }
regions:
  local: { monitoring: { grafana: { allowCrossNamespaceImport: false, notificationPolicy: { whole: true } } } }
  other: { target: { render: deploy/other } }
  third: { target: { render: deploy/third }, nats: { namespace: third } }
`,
    'regions.local.monitoring.grafana.allowCrossNamespaceImport: found false, but so the tree takes branches of its own namespace alone, and that of region third is in "third": true',
  ],
]);

test("a branch or a second tree is refused that is in another cluster than the tree of its Grafana", () => {
  const region = (context: string, whole: boolean) => ({
    target: { context },
    monitoring: { grafana: { receiver: "on-call", notificationPolicy: { labels: { a: "b" }, whole } } },
  });
  for (const whole of [true, false]) {
    const message = messageOf({
      operator: { name: "dev" },
      regions: { near: region("near", true), far: region("far", whole) },
    });
    assert.match(
      message,
      /\.far\.monitoring\.grafana\.notificationPolicy: found a notification policy, but the tree of the same Grafana is in another cluster \(region near\), and takes branches of its own: without notificationPolicy all alerts go to receiver, and another Grafana has another instanceSelector$/,
    );
  }
});

test("regions that share a Grafana have one tree between them, or branches of somebody else's", () => {
  const region = (name: string, more: object = {}) => ({
    target: { render: `deploy/${name}` },
    monitoring: { grafana: { receiver: "on-call", notificationPolicy: { labels: { a: "b", [name]: "c" }, ...more } } },
  });
  const messages = [
    { east: region("east", { whole: true, labels: { a: "b" } }), west: region("west") },
    { east: region("east"), west: region("west") },
  ].map((regions) => messageOf({ operator: { name: "dev" }, regions }));
  assert.deepEqual(messages, ["(no error)", "(no error)"]);
});
