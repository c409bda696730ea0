import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { ConfigError } from "../../../config/problem.ts";

/** A right configuration; a row of a table changes it. */
const right = parse(`
operator: { name: dev }
accounts:
  SERVICES:
    jetstream: { disk: 1Gi }
    roles: { worker: { publish: [orders.>], subscribe: [orders.>] } }
    users: { orders: { role: worker, deliver: [{ region: local, namespace: orders, secret: orders-nats }] } }
    allow: [{ region: "*", namespaces: [orders, auth-*] }]
regions:
  local: { target: { render: deploy/local } }
`) as unknown;

/** What is wrong, YAML merged over a right configuration, and every line of the error after the first. */
export type Row = readonly [title: string, yaml: string, ...lines: string[]];

/** A test for each row, merged over another right configuration if one is given. */
export function refuses(rows: readonly Row[], base: unknown = right): void {
  for (const [title, yaml, ...lines] of rows) {
    test(`${title}: the whole message`, () => {
      assert.deepEqual(messageOf(merge(base, parse(yaml))), message(lines));
    });
  }
}

/** The message for an input that is wrong. */
export function messageOf(input: unknown): string {
  try {
    parsePlatform(input);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return "(no error)";
}

function message(lines: readonly string[]): string {
  const count = lines.length === 1 ? "a problem" : `${lines.length} problems`;
  return [`The configuration has ${count}:`, ...lines.map((line) => `  ${line}`)].join("\n");
}
