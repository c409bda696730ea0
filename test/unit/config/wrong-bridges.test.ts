import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { messageOf } from "./wrong.ts";

/** A right configuration with a bridge; a row changes it. */
const right = parse(`
operator: { name: dev }
accounts:
  IOT:
    jetstream: { disk: 1Gi }
    roles:
      bridge: { bearer: true, connectionTypes: [MQTT], publish: [sensors, sensors.>], subscribe: [commands, commands.>, "{{name()}}.>"] }
      plain: {}
      leaf: { bearer: true, connectionTypes: [LEAFNODE], publish: [">"], subscribe: [">"] }
    users: { phone: { role: bridge } }
    allow: [{ region: "*", namespaces: [mosquitto] }]
  BARE: { roles: { bridge: { bearer: true } }, allow: [{ region: "*", namespaces: ["*"] }] }
regions:
  local:
    target: { render: deploy/local }
    nats: { mqtt: {} }
    mqttBridges:
      home: { account: IOT, role: bridge, topics: { out: [sensors/#], in: [commands/#] }, broker: { anonymous: true } }
`) as unknown;

const home = "regions.local.mqttBridges.home";

/** What is wrong, what a bridge has in YAML, and every line of the error after the first: without the bridge's path. */
const rows: readonly (readonly [title: string, yaml: string, ...lines: string[]])[] = [
  [
    "a role and a user",
    "{ user: phone }",
    ": found role and user, but exactly one of them says whom the bridge signs in as",
  ],
  [
    "an unknown role",
    "{ role: brdge }",
    '.role: found "brdge", but account IOT has only the roles bridge, leaf and plain; did you mean bridge?',
  ],
  [
    "an unknown account",
    "{ account: IOTS }",
    '.account: found "IOTS", but this stack has only the accounts BARE, IOT and SYS; did you mean IOT?',
  ],
  [
    "a role that is no bearer",
    "{ role: plain }",
    '.role: found "plain", but a bridge signs in with its JWT as the password, which takes a role with bearer: true: role plain is not one',
    '.topics.in[0]: found "commands/#", but accounts.IOT.roles.plain.subscribe does not have commands and commands.>, and NATS would refuse the subscription, which Mosquitto only logs',
    '.topics.out[0]: found "sensors/#", but accounts.IOT.roles.plain.publish does not have sensors and sensors.>, and NATS throws away what may not be published without a word',
  ],
  [
    "a role for other connections",
    "{ role: leaf }",
    '.role: found "leaf", but role leaf may connect as LEAFNODE only: add MQTT to its connectionTypes',
  ],
  [
    "an account without JetStream",
    "{ account: BARE, topics: { out: [], in: [x] } }",
    '.account: found "BARE", but MQTT sessions are 5 streams of files and their consumers in the account: add jetstream to BARE',
    '.topics.in[0]: found "x", but accounts.BARE.roles.bridge.subscribe does not have x, and NATS would refuse the subscription, which Mosquitto only logs',
  ],
  [
    "a namespace that the account does not allow",
    "{ namespace: garden }",
    '.namespace: found "garden", but account IOT allows only mosquitto in region local (accounts.IOT.allow)',
  ],
  [
    "no passwords",
    "{ broker: { anonymous: false } }",
    ".broker.anonymous: found false, but clients need a password file then: passwords, or anonymous: true",
  ],
  [
    "a broker that is somebody else's",
    "{ deploy: false }",
    ".broker: found a map, but with deploy: false the broker is somebody else's",
  ],
  [
    "a host with a dot at its end",
    "{ address: { host: nats.nats.svc.cluster.local., tls: false } }",
    '.address.host: found "nats.nats.svc.cluster.local.", but a host is a name such as nats.example.com, or an IPv4 address, without a port and without a dot at its end: the servers\' TLS refuses a name with one (tlsv1 alert decode error)',
  ],
  [
    "TLS without authorities",
    "{ address: { host: nats.example } }",
    ".ca: found nothing, but the servers' certificate can't be checked without the authorities that it may come from",
  ],
  [
    "authorities without TLS",
    "{ ca: { configMap: ca } }",
    ".ca: found authorities, but the bridge connects without TLS: nats.mqtt has no tls, or address has tls: false",
  ],
  [
    "a file of authorities where the broker is run here",
    "{ ca: { file: /ca.crt }, address: { host: nats.example } }",
    ".ca: found a file, but it goes with deploy: false; a broker that is run here mounts a configMap or secret",
  ],
  [
    "two places for authorities",
    "{ ca: { file: /ca.crt, secret: ca }, address: { host: nats.example } }",
    ".ca: found a map, but exactly one of configMap, secret and file is needed in it",
  ],
  [
    "listeners of one port",
    "{ broker: { listeners: { websockets: { port: 1883 } } } }",
    ".broker.listeners.websockets.port: found 1883, but the other listener has this port",
  ],
  [
    "a broker that asks for more than it may have",
    "{ broker: { resources: { requests: { cpu: 2, memory: 1Gi }, limits: { cpu: 500m } } } }",
    '.broker.resources.requests.cpu: found "2", but it cannot be above the CPU limit of 500m',
    ".broker.resources.requests.memory: found 1Gi, but it cannot be above the memory limit of 256Mi",
  ],
  [
    "more messages than there is memory for",
    "{ broker: { maxQueuedMessages: 524289 } }",
    ".broker.maxQueuedMessages: found 524289, but with the memory limit of 256Mi at most 524288 may wait: each takes up to 256 bytes beside what it says, and half of the memory is for that",
  ],
  [
    "less memory than for the messages that wait by default",
    "{ broker: { resources: { limits: { memory: 32Mi } } } }",
    ".broker.maxQueuedMessages: found 100000 (the default), but with the memory limit of 32Mi at most 65536 may wait: each takes up to 256 bytes beside what it says, and half of the memory is for that",
  ],
  [
    "more messages than Mosquitto can count",
    "{ broker: { maxQueuedMessages: 4294967297 } }",
    ".broker.maxQueuedMessages: found 4294967297, but a whole number from 1 to 2147483647 is needed here",
  ],
  [
    "a bridge that would wait for a day before it connects again",
    "{ restartTimeout: 24h }",
    '.restartTimeout: found "24h", but a duration from 1s to 1h is needed here, such as 1h',
  ],
  [
    "sessions that end before Mosquitto can count",
    "{ broker: { sessionExpiry: 30m } }",
    '.broker.sessionExpiry: found "30m", but a duration from 1h to 3650d is needed here, such as 3650d',
  ],
  [
    "sessions of hours and a half",
    "{ broker: { sessionExpiry: 1h30m } }",
    '.broker.sessionExpiry: found "1h30m", but whole hours are needed here, such as 36h or 14d: Mosquitto has nothing finer',
  ],
  [
    "a Service for those outside, who may not come in",
    "{ broker: { service: { type: LoadBalancer }, allowFrom: [{ home: yes }] } }",
    '.broker.service.type: found "LoadBalancer", but broker.allowFrom lets in pods alone, and whoever comes from outside is none: leave it out, or give the Service the type ClusterIP',
  ],
];

/** Lines of an error, which are sorted by what they say. */
function message(lines: readonly string[]): string {
  const count = lines.length === 1 ? "a problem" : `${String(lines.length)} problems`;
  return [`The configuration has ${count}:`, ...lines.map((line) => `  ${line}`).sort()].join("\n");
}

function sorted(text: string): string {
  const [head = "", ...lines] = text.split("\n");
  return [head, ...lines.sort()].join("\n");
}

for (const [title, yaml, ...lines] of rows) {
  test(`${title}: the whole message`, () => {
    const wrong = merge(right, { regions: { local: { mqttBridges: { home: parse(yaml) as unknown } } } });
    assert.equal(sorted(messageOf(wrong)), message(lines.map((line) => `${home}${line}`)));
  });
}

/** What is wrong, YAML merged over the right configuration, and every line of the error after the first. */
const together: readonly (readonly [title: string, yaml: string, ...lines: string[]])[] = [
  [
    "servers without MQTT",
    "regions: { west: { target: { render: w }, mqttBridges: { home: { account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } } }",
    "regions.west.mqttBridges.home: found nothing to connect to, but the servers of region west listen to no MQTT clients: give them nats.mqtt, or the bridge an address",
  ],
  [
    "nobody to sign in as",
    "regions: { local: { mqttBridges: { b: { account: IOT, topics: { in: [commands/#] }, broker: { anonymous: true } } } } }",
    "regions.local.mqttBridges.b: found neither role nor user, but exactly one of them says whom the bridge signs in as",
  ],
  [
    "a rotation of a user that has one of its own, and a user that is none",
    `
regions:
  local:
    mqttBridges:
      b: { account: IOT, user: phone, rotation: 1, topics: { in: [commands/#] }, broker: { anonymous: true } }
      c: { account: IOT, user: phne, topics: { in: [commands/#] }, broker: { anonymous: true } }
`,
    "regions.local.mqttBridges.b.rotation: found 1, but it goes with role: the user has a rotation of its own",
    'regions.local.mqttBridges.c.user: found "phne", but account IOT has only the users local-home and phone; did you mean phone?',
  ],
  [
    "a user that is there already",
    "accounts: { IOT: { users: { local-home: { role: bridge } } } }",
    'regions.local.mqttBridges.home: found the user "local-home" that it would be, but account IOT has a user of this name already: each user has one owner (with user in place of role, the bridge is that one)',
  ],
  [
    "one client id of two bridges",
    "regions: { local: { mqttBridges: { b: { account: IOT, role: bridge, clientId: local-home, topics: { in: [commands/#] }, broker: { anonymous: true } } } } }",
    'regions.local.mqttBridges.b.clientId: found "local-home", but bridge home of region local signs in with it: the servers would throw out one for the other',
  ],
  [
    "one client id of two regions' bridges that connect to one place",
    `
regions:
  local: { mqttBridges: { home: { clientId: same, address: { host: nats.example, tls: false } } } }
  west: { target: { render: w }, mqttBridges: { home: { account: IOT, role: bridge, clientId: same, address: { host: nats.example, tls: false }, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
`,
    'regions.west.mqttBridges.home.clientId: found "same", but bridge home of region local signs in with it: the servers would throw out one for the other',
  ],
  [
    "one name and one namespace in two regions of a cluster",
    `
regions:
  a: { target: { context: here }, nats: { namespace: a, mqtt: {} }, mqttBridges: { home: { account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
  b: { target: { context: here }, nats: { namespace: b, mqtt: {} }, mqttBridges: { home: { account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
  c: { target: { context: here }, nats: { namespace: c, mqtt: {} }, mqttBridges: { other: { account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
`,
    'regions.b.mqttBridges.home.namespace: found "mosquitto" (the default), but region a has a bridge of this name in the same namespace of cluster here',
    "regions.c.mqttBridges.other.createNamespace: found true (the default), but region a makes the namespace mosquitto of cluster here: say false here",
  ],
  [
    "a Secret of its name that something else writes",
    "accounts: { IOT: { users: { phone: { deliver: [{ region: local, namespace: mosquitto, secret: home-bridge }] } } } }",
    'regions.local.mqttBridges.home: found the Secret "home-bridge", but accounts.IOT.users.phone.deliver[0] already writes the Secret mosquitto/home-bridge there',
  ],
  [
    "a Secret of its name that is to be pushed",
    `
keys: { store: vault, address: 'https://vault.example', path: nats }
regions: { local: { externalSecrets: { push: [{ namespace: mosquitto, secret: home-bridge }] } } }
`,
    'regions.local.externalSecrets.push[0].secret: found "home-bridge", but this program has that Secret made of what is in Vault, or it stands here already',
  ],
  [
    "a Secret of its name that is generated",
    "secrets: { deliver: [{ region: local, namespace: mosquitto }], natsAuth: { x: { secretName: home-bridge, generate: true } } }",
    'secrets.natsAuth.x.secretName: found "home-bridge", but regions.local.mqttBridges.home already writes it in mosquitto of region local',
  ],
  [
    "a name of the servers",
    "accounts: { IOT: { allow: [{ region: local, namespaces: [nats, mosquitto] }] } }\nregions: { local: { mqttBridges: { nats: { namespace: nats, account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } } }",
    'regions.local.mqttBridges.nats: found the name "nats", but names with nats are the servers\' in their namespace (region local)',
  ],
  [
    "an account with too few streams",
    "accounts: { IOT: { jetstream: { streams: 4 } } }",
    'regions.local.mqttBridges.home.account: found "IOT", but MQTT sessions are 5 streams of files and their consumers in the account: accounts.IOT.jetstream.streams is 4, and must be unlimited, or 5 or more',
  ],
  [
    "a name of the servers of another region on the cluster",
    `
accounts: { IOT: { allow: [{ region: "*", namespaces: [far, mosquitto] }] } }
regions:
  a: { target: { context: here }, nats: { namespace: far } }
  b: { target: { context: here }, nats: { namespace: near, mqtt: {} }, mqttBridges: { nats-x: { namespace: far, createNamespace: false, account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
  c: { target: { context: elsewhere }, nats: { namespace: near, mqtt: {} }, mqttBridges: { nats-x: { namespace: far, account: IOT, role: bridge, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
`,
    'regions.b.mqttBridges.nats-x: found the name "nats-x", but names with nats are the servers\' in their namespace (region a)',
  ],
  [
    "an unknown role of two regions' defaults",
    `
defaults: { mqttBridges: { garden: { account: IOT, role: brdge, topics: { in: [commands/#] }, broker: { anonymous: true } } } }
`,
    'defaults.mqttBridges.garden.role: found "brdge", but account IOT has only the roles bridge, leaf and plain; did you mean bridge?',
  ],
  [
    "a name that no Service can have",
    "regions: { local: { mqttBridges: { 1st: { account: IOT, role: bridge, topics: { in: [commands/#] } } } } }",
    'regions.local.mqttBridges.1st: found "1st" as a name, but a bridge\'s name has at most 50 of a-z, 0-9 and -, begins with a letter, and ends with a letter or digit',
  ],
];

for (const [title, yaml, ...lines] of together) {
  test(`${title}: the whole message`, () => {
    assert.equal(sorted(messageOf(merge(right, parse(yaml)))), message(lines));
  });
}

test("a bridge with a role is a user of its account, and one with a user is that user", () => {
  const { accounts, regions } = parsePlatform(right);
  assert.deepEqual(accounts.IOT?.users["local-home"], { role: "bridge", rotation: 0, tags: [], deliver: [] });
  const user = { account: "IOT", user: "phone", topics: { out: ["sensors/#"] }, broker: { anonymous: true } };
  const other = parsePlatform(merge(right, { regions: { local: { mqttBridges: { other: user } } } }));
  assert.deepEqual(Object.keys(other.accounts.IOT?.users ?? {}), ["phone", "local-home"]);
  assert.deepEqual(regions.local?.mqttBridges.home?.topics.out, [
    { topic: "sensors/#", qos: 1, local: "", remote: "" },
  ]);
});
