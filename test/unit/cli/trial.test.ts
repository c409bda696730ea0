import assert from "node:assert/strict";
import { test } from "node:test";
import { shellWord } from "../../../cli/local/report.ts";
import { findTrial } from "../../../cli/local/trial.ts";
import { parsePlatform } from "../../../config/parse.ts";

const creds = { creds: "", secret: "" };

function trial(
  accounts: Record<string, unknown>,
  credentials: { account: string; user: string }[],
): string | undefined {
  const platform = parsePlatform({ operator: { name: "test" }, accounts });
  const found = findTrial(
    platform.accounts,
    credentials.map((it) => ({ ...it, ...creds })),
  );
  return found && `${found.publisher.user} says ${found.subject} to ${found.listener?.user ?? "nobody"}`;
}

test("the first user of the configuration that may publish speaks, and another one that may hear it listens", () => {
  const roles = { worker: { publish: ["orders.>"], subscribe: ["orders.>"] }, auditor: { subscribe: ["orders.*"] } };
  const users = { audit: { role: "auditor" }, orders: { role: "worker" }, billing: { role: "worker" } };
  const delivered = ["billing", "orders", "audit"].map((user) => ({ account: "A", user }));
  assert.equal(trial({ A: { roles, users } }, delivered), "orders says orders.hello to billing");
  assert.equal(trial({ A: { roles, users } }, delivered.slice(1)), "orders says orders.hello to audit");
});

test("a subject that is denied, or that belongs to NATS itself, is not proposed", () => {
  const roles = { worker: { publish: { allow: ["$JS.API.>", "_INBOX.>", "secret.>", "open.*"], deny: ["secret.>"] } } };
  assert.equal(
    trial({ A: { roles, users: { one: { role: "worker" } } } }, [{ account: "A", user: "one" }]),
    "one says open.hello to nobody",
  );
});

test("a template becomes the user's own name", () => {
  const roles = { device: { publish: ["sensors.{{name()}}.>"] }, reader: { subscribe: ["sensors.>"] } };
  const users = { lamp: { role: "device" }, reader: { role: "reader" } };
  const delivered = Object.keys(users).map((user) => ({ account: "A", user }));
  assert.equal(trial({ A: { roles, users } }, delivered), "lamp says sensors.lamp.hello to reader");
});

test("a user without a role talks to itself when nobody else is there", () => {
  assert.equal(trial({ A: { users: { one: {} } } }, [{ account: "A", user: "one" }]), "one says hello to one");
});

test("nobody who may publish: nothing is proposed", () => {
  assert.equal(
    trial({ A: { roles: { r: { subscribe: ["x"] } }, users: { one: { role: "r" } } } }, [
      { account: "A", user: "one" },
    ]),
    undefined,
  );
});

test("words for the shell are quoted where they need it", () => {
  assert.equal(shellWord("/home/me/config"), "/home/me/config");
  assert.equal(shellWord("/home/my folder"), "'/home/my folder'");
  assert.equal(shellWord("it's $HOME"), `'it'\\''s $HOME'`);
});
