import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { parsePlatform } from "../../../config/parse.ts";
import { messageOf } from "./wrong.ts";

const home = "regions.local.mqttBridges.home";

/** A configuration with a bridge; it may have other topics, and its role other permissions. */
function configured(topics: object, role: object = {}): unknown {
  const bridge = {
    account: "IOT",
    role: "bridge",
    topics: { out: ["sensors/#"], in: ["commands/#"], ...topics },
    broker: { anonymous: true },
  };
  const permissions = { publish: ["sensors", "sensors.>"], subscribe: ["commands", "commands.>", "{{name()}}.>"] };
  return {
    operator: { name: "dev" },
    accounts: {
      IOT: {
        jetstream: { disk: "1Gi" },
        roles: { bridge: { bearer: true, ...permissions, ...role } },
        allow: [{ region: "*", namespaces: ["mosquitto"] }],
      },
    },
    regions: { local: { target: { render: "deploy/local" }, nats: { mqtt: {} }, mqttBridges: { home: bridge } } },
  };
}

/** What is wrong, the topics in YAML, and every line of the error after the first: without the path of the topics. */
const rows: readonly (readonly [title: string, yaml: string, ...lines: string[]])[] = [
  [
    "topics that come back",
    "{ in: [sensors/+/set] }",
    '.in[0]: found "sensors/+/set", but accounts.IOT.roles.bridge.subscribe does not have sensors.*.set, and NATS would refuse the subscription, which Mosquitto only logs',
    `.in[0]: found "sensors/+/set", but on the side of NATS it overlaps with ${home}.topics.out[0] ("sensors/#"), and what the bridge publishes there would come back to it as an echo: give each way topics of its own`,
  ],
  [
    "topics of both ways that are one at the broker alone",
    "{ out: [{ topic: x, remote: sensors/ }], in: [{ topic: x, remote: commands/ }] }",
    `.in[0]: found "x", but at the broker it overlaps with ${home}.topics.out[0] ("x"), and what came in there and is retained would go out again each time that the bridge connects, an echo: give each way topics of its own`,
  ],
  [
    "topics that come in twice by a prefix",
    "{ in: [commands/#, { topic: '#', local: commands/, remote: commands/sensors/ }] }",
    `.in[1]: found "commands/sensors/#", but on the side of NATS it overlaps with ${home}.topics.in[0] ("commands/#"): Mosquitto maps what both match by the first of them alone`,
  ],
  [
    "a topic with a space",
    "{ out: [a b] }",
    '.out[0]: found "a b", but nats-server takes no topic with white space or control characters in it',
  ],
  [
    "a prefix with a wildcard",
    "{ out: [{ topic: x, local: '+/' }] }",
    '.out[0].local: found "+/", but a prefix has no wildcards',
  ],
  [
    "a prefix that means none to Mosquitto",
    `{ out: [{ topic: sensors/x, local: '""' }] }`,
    '.out[0].local: found "\\"\\"", but to Mosquitto, "" is no text at all: leave the quotes out',
  ],
  [
    "the servers' own subjects",
    "{ out: [$SYS/#] }",
    '.out[0]: found "$SYS/#", but on the side of NATS, subjects that begin with $ are the servers\' own',
  ],
  ["no topics", "{ out: [], in: [] }", ": found neither out nor in, but nothing would be bridged"],
  [
    "a level above that may not be published",
    "{ in: [home/#] }",
    '.in[0]: found "home/#", but accounts.IOT.roles.bridge.subscribe does not have home and home.>, and NATS would refuse the subscription, which Mosquitto only logs',
  ],
  [
    "one topic of the broker that goes to two places",
    "{ out: [{ topic: '#', local: sensors/, remote: sensors/ }, { topic: sensors/+, remote: sensors/b/ }] }",
    `.out[1]: found "sensors/+", but at the broker it overlaps with ${home}.topics.out[0] ("sensors/#"): Mosquitto maps what both match by the first of them alone`,
  ],
];

/** The error of this many lines, each without the path of the bridge's topics. */
function message(lines: readonly string[]): string {
  const count = lines.length === 1 ? "a problem" : `${String(lines.length)} problems`;
  return [`The configuration has ${count}:`, ...lines].join("\n");
}

for (const [title, yaml, ...lines] of rows) {
  test(`${title}: the whole message`, () => {
    const found = messageOf(configured(parse(yaml) as object));
    assert.equal(found, message(lines.map((line) => `  ${home}.topics${line}`)));
  });
}

const ways: readonly (readonly [title: string, topics: object, role?: object])[] = [
  [
    "one subject that two topics of the broker go to",
    {
      out: [
        { topic: "sensors/#", local: "a/" },
        { topic: "sensors/#", local: "b/" },
      ],
    },
  ],
  [
    "one topic of the broker that two subjects go to",
    {
      in: [
        { topic: "+", local: "commands/", remote: "commands/a/" },
        { topic: "+", local: "commands/", remote: "commands/b/" },
      ],
    },
  ],
  [
    "a deny list for a part of what comes in",
    {},
    { subscribe: { allow: ["commands", "commands.>"], deny: ["commands.secret"] } },
  ],
  [
    "a deny list beside what goes out",
    {},
    { publish: { allow: ["sensors", "sensors.>"], deny: ["sensor", "other.>"] } },
  ],
  ["a deny list for queue groups", {}, { subscribe: { allow: ["commands", "commands.>"], deny: ["commands q"] } }],
  ["a template that is filled in with the bridge's own name", { in: ["local-home/x"] }],
  ["a deny list with the bridge's own name", {}, { subscribe: { deny: ["{{name()}}.>"] } }],
];

for (const [title, topics, role] of ways) {
  test(`${title}: nothing is wrong with it`, () => {
    assert.doesNotThrow(() => parsePlatform(configured(topics, role)));
  });
}

const cut = "and NATS throws away what may not be published without a word";
const unheard = "and NATS would refuse the subscription, which Mosquitto only logs";

/** The deny list of what is allowed otherwise, and the error. */
const denials: readonly (readonly [field: "publish" | "subscribe", deny: string, line: string])[] = [
  [
    "subscribe",
    "commands",
    `.topics.in[0]: found "commands/#", but accounts.IOT.roles.bridge.subscribe denies commands, ${unheard}`,
  ],
  [
    "subscribe",
    "*.>",
    `.topics.in[0]: found "commands/#", but accounts.IOT.roles.bridge.subscribe denies *.>, ${unheard}`,
  ],
  [
    "publish",
    "sensors",
    `.topics.out[0]: found "sensors/#", but accounts.IOT.roles.bridge.publish denies sensors, ${cut}`,
  ],
  [
    "publish",
    "sensors.*",
    `.topics.out[0]: found "sensors/#", but accounts.IOT.roles.bridge.publish denies sensors.*, ${cut}`,
  ],
  [
    "subscribe",
    "secret.{{tag(room)}}",
    '.role: found "bridge", but accounts.IOT.roles.bridge.subscribe.deny has "secret.{{tag(room)}}", and the servers let in nobody who has no tag for {{tag(room)}}: local-home has none',
  ],
  [
    "publish",
    "{{tag(room)}}.secret",
    '.role: found "bridge", but accounts.IOT.roles.bridge.publish.deny has "{{tag(room)}}.secret", and the servers let in nobody who has no tag for {{tag(room)}}: local-home has none',
  ],
];

for (const [field, deny, line] of denials) {
  test(`a role that may not ${field} ${deny}: the whole message`, () => {
    const role = { [field]: { allow: [">"], deny: [deny] } };
    assert.equal(messageOf(configured({}, role)), message([`  ${home}${line}`]));
  });
}
