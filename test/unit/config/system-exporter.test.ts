import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlatform } from "../../../config/parse.ts";
import { systemExporterNeeds } from "../../../nats/system-exporter.ts";
import { messageOf } from "./wrong.ts";

const { publish, subscribe } = systemExporterNeeds;
const exact = { publish, subscribe };
const anywhere = [{ region: "*", namespaces: ["nats"] }];

interface Parts {
  role?: object;
  users?: object;
  allow?: object[];
  region?: string;
}

function platform({ role = exact, users = {}, allow = anywhere, region = "east" }: Parts = {}) {
  const system = { image: "registry.example/nats-platform:1", role: "exporter" };
  return {
    operator: { name: "o" },
    accounts: { SYS: { roles: { exporter: role }, users, allow } },
    regions: {
      [region]: { target: { render: "deploy/east" }, monitoring: { system } },
      west: { target: { render: "deploy/west" }, monitoring: {} },
    },
  };
}

const problem = (line: string) => `The configuration has a problem:\n  ${line}`;

test("a region's system exporter is a user of SYS, whose credentials go to the servers' namespace", () => {
  const { accounts } = parsePlatform(platform());
  assert.deepEqual(accounts.SYS?.users, {
    "east-system-exporter": {
      role: "exporter",
      rotation: 0,
      tags: [],
      deliver: [
        { region: "east", namespace: "nats", secret: "nats-system-exporter", format: "creds", immutable: false },
      ],
    },
  });
});

test("a role may allow more than is needed, by wildcards as well", () => {
  const roles = [
    {
      publish: ["$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.PING.*"],
      subscribe: ["_INBOX.>", "$SYS.SERVER.>", "$SYS.ACCOUNT.>"],
    },
    { publish: ["$SYS.REQ.>"], subscribe: { deny: ["$SYS.DEBUG.>"] }, limits: { subscriptions: 4 } },
    { ...exact, connectionTypes: ["STANDARD", "WEBSOCKET"] },
  ];
  for (const role of roles) parsePlatform(platform({ role }));
});

for (const verb of ["publish", "subscribe"] as const) {
  for (const subject of exact[verb]) {
    test(`a role that may not ${verb} to ${subject}: refused by name`, () => {
      const role = { ...exact, [verb]: exact[verb].filter((it) => it !== subject) };
      const rest = `found too little, but the system exporter (regions.east.monitoring.system.role) needs ${subject} in it`;
      assert.equal(messageOf(platform({ role })), problem(`accounts.SYS.roles.exporter.${verb}: ${rest}`));
    });
  }
}

test("a role that denies a part of what is needed is refused, and so is one that cannot connect or listen", () => {
  const path = "accounts.SYS.roles.exporter";
  const by = "the system exporter (regions.east.monitoring.system.role) needs";
  for (const [over, line] of [
    [
      { subscribe: { allow: [">"], deny: ["$SYS.ACCOUNT.SECRET.>"] } },
      `${path}.subscribe: found too little, but ${by} $SYS.ACCOUNT.*.DISCONNECT in it`,
    ],
    [{ connectionTypes: ["WEBSOCKET"] }, `${path}.connectionTypes: found "WEBSOCKET", but ${by} STANDARD in it`],
    [{ limits: { subscriptions: 3 } }, `${path}.limits.subscriptions: found 3, but ${by} 4 or more`],
  ] as const) {
    assert.equal(messageOf(platform({ role: { ...exact, ...over } })), problem(line));
  }
});

test("what is wrong with its user is said where the exporter stands", () => {
  const path = "regions.east.monitoring.system";
  const { accounts, ...rest } = platform();
  const otherRole = { ...rest, accounts: { SYS: { ...accounts.SYS, roles: { exportr: exact } } } };
  assert.equal(
    messageOf(otherRole),
    problem(`${path}.role: found "exporter", but account SYS has only the role exportr`),
  );
  assert.equal(
    messageOf(platform({ allow: [] })),
    problem(`${path}: found "nats", but account SYS allows no namespace in region east (accounts.SYS.allow)`),
  );
  assert.equal(
    messageOf(platform({ users: { "east-system-exporter": { role: "exporter" } } })),
    problem(
      `${path}: found a system exporter, but it connects as user east-system-exporter of account SYS, which is there already: each user has one owner`,
    ),
  );
  const region = "r".repeat(48);
  const long =
    "it connects as a user with the region's name and -system-exporter after it: a name has at most 63 letters";
  assert.ok(
    messageOf(platform({ region })).startsWith(
      problem(`regions.${region}.monitoring.system: found a system exporter, but ${long}`),
    ),
  );
});

test("another delivery to the exporter's Secret is refused", () => {
  const deliver = [{ region: "east", namespace: "nats", secret: "nats-system-exporter" }];
  assert.equal(
    messageOf(platform({ users: { other: { role: "exporter", deliver } } })),
    problem(
      'regions.east.monitoring.system: found "nats-system-exporter", but accounts.SYS.users.other.deliver[0] already writes the Secret nats/nats-system-exporter there',
    ),
  );
});
