import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlatform } from "../../../config/parse.ts";
import { surveyorNeeds } from "../../../nats/surveyor.ts";
import { messageOf } from "./wrong.ts";

const everything = { accounts: true, streams: "consumers", gateways: true, raft: true } as const;
const { publish, subscribe } = surveyorNeeds(everything);
const exact = { publish, subscribe };

interface Parts {
  role?: object;
  users?: object;
  surveyor?: object;
  west?: object;
}

function platform({ role = exact, users = {}, surveyor = everything, west = {} }: Parts = {}) {
  return {
    operator: { name: "o" },
    accounts: { SYS: { roles: { watcher: role }, users, allow: [{ region: "*", namespaces: ["nats"] }] } },
    regions: {
      east: { target: { render: "deploy/east" }, monitoring: { surveyor: { role: "watcher", ...surveyor } } },
      west: { target: { render: "deploy/west" }, monitoring: west },
    },
  };
}

const problems = (...lines: string[]) =>
  [
    lines.length === 1 ? "The configuration has a problem:" : `The configuration has ${String(lines.length)} problems:`,
    ...lines.map((line) => `  ${line}`),
  ].join("\n");
const lacks = (verb: string, subjects: string, region = "east") =>
  `accounts.SYS.roles.watcher.${verb}: found too little, but Surveyor (regions.${region}.monitoring.surveyor.role) needs ${subjects} in it`;

test("a region's Surveyor is a user of SYS, whose credentials go to the servers' namespace", () => {
  const { accounts } = parsePlatform(platform({ surveyor: { ...everything, rotation: 2 } }));
  const deliver = { region: "east", namespace: "nats", secret: "nats-surveyor", format: "creds", immutable: false };
  assert.deepEqual(accounts.SYS?.users, {
    "east-surveyor": { role: "watcher", rotation: 2, tags: [], deliver: [deliver] },
  });
});

test("it stands beside a system exporter, each with a user of its own", () => {
  const all = { publish: ["$SYS.REQ.>"], subscribe: ["_INBOX.>", "$SYS.>"] };
  const both = { system: { image: "x:1", role: "watcher" }, surveyor: { role: "watcher" } };
  const { accounts } = parsePlatform(platform({ role: all, west: both }));
  assert.deepEqual(Object.keys(accounts.SYS?.users ?? {}), ["east-surveyor", "west-system-exporter", "west-surveyor"]);
});

for (const verb of ["publish", "subscribe"] as const) {
  for (const subject of exact[verb]) {
    test(`a role that may not ${verb} to ${subject}: refused by name`, () => {
      const role = { ...exact, [verb]: exact[verb].filter((it) => it !== subject) };
      assert.equal(messageOf(platform({ role })), problems(lacks(verb, subject)));
    });
  }
}

test("what is not asked for need not be allowed", () => {
  const { publish: few } = surveyorNeeds({ accounts: false, streams: "none", gateways: false, raft: false });
  parsePlatform(platform({ role: { publish: few, subscribe }, surveyor: {} }));
  assert.equal(
    messageOf(platform({ role: { publish: few, subscribe }, surveyor: { streams: "streams" } })),
    problems(lacks("publish", "$SYS.REQ.ACCOUNT.PING.STATZ and $SYS.REQ.SERVER.PING.JSZ")),
  );
});

test("what a shared role lacks is said once, unless another region asks for more", () => {
  const role = { ...exact, subscribe: [] };
  const same = { surveyor: { role: "watcher", ...everything } };
  assert.equal(messageOf(platform({ role, west: same })), problems(lacks("subscribe", "_INBOX.>")));
  const raftless = { ...exact, publish: publish.filter((it) => !it.endsWith(".RAFTZ")) };
  assert.equal(
    messageOf(platform({ role: raftless, surveyor: {}, west: { surveyor: { role: "watcher", raft: true } } })),
    problems(lacks("publish", "$SYS.REQ.SERVER.PING.RAFTZ", "west")),
  );
});

test("a role that cannot connect or listen is refused", () => {
  const by = "Surveyor (regions.east.monitoring.surveyor.role) needs";
  assert.equal(
    messageOf(platform({ role: { ...exact, connectionTypes: ["WEBSOCKET"], limits: { subscriptions: 1 } } })),
    problems(
      `accounts.SYS.roles.watcher.connectionTypes: found "WEBSOCKET", but ${by} STANDARD in it`,
      `accounts.SYS.roles.watcher.limits.subscriptions: found 1, but ${by} 2 or more`,
    ),
  );
});

test("what is wrong with its user is said where it stands", () => {
  const path = "regions.east.monitoring.surveyor";
  assert.equal(
    messageOf(platform({ surveyor: { role: "watchr" } })),
    problems(`${path}.role: found "watchr", but account SYS has only the role watcher`),
  );
  assert.equal(
    messageOf(platform({ users: { "east-surveyor": { role: "watcher" } } })),
    problems(
      `${path}: found Surveyor, but it connects as user east-surveyor of account SYS, which is there already: each user has one owner`,
    ),
  );
  const deliver = [{ region: "east", namespace: "nats", secret: "nats-surveyor" }];
  assert.equal(
    messageOf(platform({ users: { other: { role: "watcher", deliver } } })),
    problems(
      `${path}: found "nats-surveyor", but accounts.SYS.users.other.deliver[0] already writes the Secret nats/nats-surveyor there`,
    ),
  );
});
