import assert from "node:assert/strict";
import { pulumi, type ProjectCopy } from "./project-copy.ts";
import { nameOf } from "./state.ts";

interface PreviewDigest {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

/** What a preview would do, as `create NAME`, `update NAME`, `delete NAME`, sorted. Everything that is not "same" counts. */
export async function previewedChanges(copy: ProjectCopy): Promise<string[]> {
  const { code, stdout, output } = await pulumi(copy, ["preview", "--json"]);
  assert.equal(code, 0, output);
  const { steps } = JSON.parse(stdout) as PreviewDigest;
  return steps
    .filter(({ op }) => op !== "same")
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

/** Asserts that a preview finds nothing to do. */
export async function assertQuiet(copy: ProjectCopy): Promise<void> {
  assert.deepEqual(await previewedChanges(copy), []);
}
