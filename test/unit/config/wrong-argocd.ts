import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { merge } from "../../../config/merge.ts";
import { messageOf } from "./wrong.ts";

/** A right configuration with Argo CD's objects. */
const right = parse(`
operator: { name: dev }
argocd: { target: { render: deploy/argocd }, version: 3.2.11 }
regions: { local: { target: { render: deploy/local } } }
`) as unknown;

/** Keys in a Vault, for a row. */
export const VAULT = "keys: { store: vault, address: 'https://vault.example', path: nats }";

/** What is wrong, YAML merged over a right configuration, and every line of the error after the first. */
export type Row = readonly [title: string, yaml: string, ...lines: string[]];

/** The message for YAML that is merged over a right configuration. */
export function messageFor(yaml: string): string {
  return messageOf(merge(right, parse(yaml)));
}

/** A test for each row; `prefix` begins each line of each error. */
export function refusesArgocd(prefix: string, rows: readonly Row[], wrap: (yaml: string) => string): void {
  for (const [title, yaml, ...lines] of rows) {
    test(`${title}: the whole message`, () => {
      const found = messageFor(wrap(yaml)).split("\n");
      assert.deepEqual(
        found,
        found[0] === "(no error)" ? [] : [found[0], ...lines.map((line) => `  ${prefix}${line}`)],
      );
    });
  }
}
