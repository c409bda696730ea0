import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { messageOf, refuses } from "./wrong.ts";

const withMqtt = "regions: { local: { nats: { mqtt: {} } } }";
const delivered = (format: string) =>
  `users: { orders: { role: worker, deliver: [{ region: local, namespace: orders, secret: orders-nats, format: ${format} }] } }`;
const mqtt = "its server takes a JWT as the password from MQTT clients alone";

refuses([
  [
    "an unknown format",
    `accounts: { SERVICES: { ${delivered("file")} } }`,
    'accounts.SERVICES.users.orders.deliver[0].format: found "file", but a format is one of creds, jwt, nkey, password, url or context',
  ],
  [
    "immutable is no flag",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: orders, secret: orders-nats, immutable: 'yes' }] } } } }",
    'accounts.SERVICES.users.orders.deliver[0].immutable: found "yes", but only true or false can stand here',
  ],
  [
    "a password for a role with a key to prove",
    `accounts: { SERVICES: { ${delivered("password")} } }\n${withMqtt}`,
    `accounts.SERVICES.users.orders.deliver[0].format: found "password", but ${mqtt}, and only that of a role with bearer: true, which has no key to prove: role worker is not one; creds, jwt and context work for it`,
  ],
  [
    "a URL for a user without a role",
    "accounts: { SERVICES: { users: { free: { deliver: [{ region: local, namespace: orders, secret: free, format: url }] } } } }\n" +
      withMqtt,
    `accounts.SERVICES.users.free.deliver[0].format: found "url", but ${mqtt}, and only that of a role with bearer: true, which has no key to prove: user free has none; creds, jwt and context work for it`,
  ],
  [
    "a URL for a bearer that may not use MQTT",
    `accounts: { SERVICES: { roles: { worker: { bearer: true, connectionTypes: [STANDARD, WEBSOCKET] } }, ${delivered("url")} } }\n${withMqtt}`,
    `accounts.SERVICES.users.orders.deliver[0].format: found "url", but ${mqtt}, and role worker may connect as STANDARD and WEBSOCKET only: add MQTT to its connectionTypes`,
  ],
  [
    "a listener that is wrong itself is the only problem",
    `accounts: { SERVICES: { roles: { worker: { bearer: true } }, ${delivered("password")} } }\nregions: { local: { nats: { mqtt: 1883 } } }`,
    "regions.local.nats.mqtt: found 1883, but a map is needed here; its keys are port, tls, ackWait, maxAckPending and replicas",
  ],
  [
    "a role that does not exist is the only problem",
    "accounts: { SERVICES: { users: { orders: { role: wrker, deliver: [{ region: local, namespace: orders, secret: orders-nats, format: url }] } } } }\n" +
      withMqtt,
    'accounts.SERVICES.users.orders.role: found "wrker", but account SERVICES has only the role worker',
  ],
]);

test("servers without a listener for MQTT clients may have one beside them", () => {
  const platform = parse(`
operator: { name: dev }
accounts:
  IOT:
    jetstream: { disk: 1Gi }
    roles: { device: { bearer: true } }
    users: { one: { role: device, deliver: [{ region: local, namespace: iot, secret: one, format: url }] } }
    allow: [{ region: "*", namespaces: [iot] }]
regions: { local: { target: { render: deploy/local } } }
`) as object;
  assert.doesNotThrow(() => parsePlatform(platform));
});

test("a password for an account that cannot hold MQTT sessions", () => {
  const platform = parse(`
operator: { name: dev }
accounts:
  PLAIN:
    roles: { device: { bearer: true } }
    users: { one: { role: device, deliver: [{ region: local, namespace: iot, secret: one, format: password }] } }
    allow: [{ region: "*", namespaces: [iot] }]
regions: { local: { target: { render: deploy/local }, nats: { mqtt: {} } } }
`) as object;
  const found = "The configuration has a problem:\n  accounts.PLAIN.users.one.deliver[0].format";
  const what =
    'found "password", but it is for MQTT clients, whose sessions are 5 streams of files and their consumers in the account';
  assert.equal(messageOf(platform), `${found}: ${what}: add jetstream to PLAIN`);
  for (const [jetstream, lacking] of [
    [{ memory: "1Gi" }, "disk is 0, and must be more"],
    [{ disk: "1Gi", streams: 4 }, "streams is 4, and must be unlimited, or 5 or more"],
    [{ disk: "1Gi", consumers: 0 }, "consumers is 0, and must be more"],
  ] as const) {
    const wrong = merge(platform, { accounts: { PLAIN: { jetstream } } });
    assert.equal(messageOf(wrong), `${found}: ${what}: accounts.PLAIN.jetstream.${lacking}`);
  }
  const least = { disk: 1_000_000, streams: 5, consumers: 1 };
  assert.doesNotThrow(() => parsePlatform(merge(platform, { accounts: { PLAIN: { jetstream: least } } })));
  const right = merge(platform, { accounts: { PLAIN: { jetstream: { disk: 1_000_000 } } } });
  const { deliver } = parsePlatform(right).accounts.PLAIN?.users.one ?? assert.fail("no such user");
  assert.deepEqual(deliver[0], {
    region: "local",
    namespace: "iot",
    secret: "one",
    format: "password",
    immutable: false,
  });
});
