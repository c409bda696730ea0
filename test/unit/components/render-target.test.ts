import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { ManifestArgs } from "../../../components/target/index.ts";
import { renderTarget } from "../../../components/target/render.ts";

/** What the target tells people after it was given these Secrets. */
async function applyAfter(
  secrets: readonly Partial<ManifestArgs["Secret"]>[],
  hasNamespace = true,
): Promise<string | undefined> {
  await pulumi.runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: ({ inputs }) => inputs as object },
    "nats-platform",
    "test",
    false,
  );
  const target = renderTarget({ render: "deploy/a", secrets: "deploy/a-secrets" });
  await pulumi.runtime.runInPulumiStack(() => {
    const parent = new pulumi.ComponentResource("a:b:C", "parent");
    if (hasNamespace) target.place("Namespace", "n", { metadata: { name: "n" } }, { parent });
    for (const [index, secret] of secrets.entries()) {
      const metadata = { name: `s${String(index)}`, namespace: "n" };
      target.place("Secret", metadata.name, { metadata, ...secret }, { parent });
    }
    return Promise.resolve();
  });
  await pulumi.runtime.disconnect();
  return target.summary.apply;
}

test("the command that people are told applies namespaces first, and Secrets only where there are some", async () => {
  assert.equal(await applyAfter([]), "kubectl apply -R -f deploy/a/0-namespaces -f deploy/a");
  assert.equal(await applyAfter([{}]), "kubectl apply -R -f deploy/a/0-namespaces -f deploy/a-secrets -f deploy/a");
});

test("where there are no namespaces, there is no folder of theirs to apply", async () => {
  assert.equal(await applyAfter([{}], false), "kubectl apply -R -f deploy/a-secrets -f deploy/a");
});

test("where a Secret is immutable, Secrets alone are applied by force, which deletes the ones that can't be changed", async () => {
  assert.equal(
    await applyAfter([{}, { immutable: true }]),
    "kubectl apply -R -f deploy/a/0-namespaces && kubectl apply -R --force -f deploy/a-secrets && kubectl apply -R -f deploy/a",
  );
});
