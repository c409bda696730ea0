import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { stackFileSchema } from "../../../config/json-schema.ts";
import { at, isMap } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { readVaultSetup } from "../../../config/parse-vault-setup.ts";

const root = new URL("../../../", import.meta.url);
const stacks = globSync("Pulumi.*.yaml", { cwd: root }).sort();
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const schema: unknown = JSON.parse(read("config/schema.json"));
const fitsSchema = new Ajv({ strict: false }).compile(schema as object);

test("config/schema.json is in step with the schema (npm run schema writes it)", () => {
  assert.deepEqual(schema, JSON.parse(JSON.stringify(stackFileSchema())));
});

test("the dev and prod stacks are there", () => {
  assert.deepEqual(
    ["Pulumi.dev.yaml", "Pulumi.prod.yaml"].filter((file) => !stacks.includes(file)),
    [],
  );
});

for (const file of stacks) {
  test(`${file} is right, for us and for an editor`, () => {
    const stack: unknown = parse(read(file));
    const config = at(stack, "config");
    const vault = at(config, "nats-platform:vault");
    if (vault === undefined) parsePlatform(at(config, "nats-platform:platform"));
    else assert.deepEqual(readVaultSetup(vault, read).problems, []);
    assert.ok(fitsSchema(stack), JSON.stringify(fitsSchema.errors));
    assert.match(read(file), /^# yaml-language-server: \$schema=\.\/config\/schema\.json$/m);
  });
}

test("an editor sees a typo, a wrong value and a missing field, and leaves other keys alone", () => {
  const fits = (platform: object, more = {}) =>
    fitsSchema({ config: { "nats-platform:platform": { operator: { name: "dev" }, ...platform }, ...more } });
  assert.ok(fits({}, { "nats-platform:ordersSeed": { secure: "v1:abc" }, "other:key": "value" }));
  assert.ok(fits({ defaults: { target: { kubeconfig: "clusters.yaml" } } }));
  assert.ok(!fits({ accunts: {} }));
  assert.ok(!fits({ regions: { a: { target: { render: "deploy/a" }, nats: { replicas: 2 } } } }));
  assert.ok(!fits({ accounts: { A: { jetstream: { disk: "20GiB" } } } }));
  assert.ok(!fits({ accounts: { A: { users: { a: { deliver: [{ region: "a" }] } } } } }));
});

/** Every field of the schema: its path and its description. */
function fields(node: unknown, path: string): { path: string; description: unknown }[] {
  if (!isMap(node)) return [];
  const own = Object.entries(isMap(node.properties) ? node.properties : {}).flatMap(([name, field]) => [
    { path: `${path}.${name}`, description: at(field, "description") },
    ...fields(field, `${path}.${name}`),
  ]);
  const branches: unknown[] = Array.isArray(node.anyOf) ? node.anyOf : [];
  return [...own, ...[node.additionalProperties, node.items, ...branches].flatMap((inner) => fields(inner, path))];
}

const stackFields = ["platform", "vault"].flatMap((name) => {
  const stack = at(at(at(at(schema, "properties"), "config"), "properties"), `nats-platform:${name}`);
  return fields(stack, name);
});

test("every field is described", () => {
  const silent = stackFields.filter(({ description }) => typeof description !== "string");
  assert.deepEqual(silent, []);
  assert.ok(stackFields.length > 120);
});

test("the documentation names every field", () => {
  const documentation = read("docs/configuration.md") + read("docs/argocd-configuration.md");
  const [, ofVault = ""] = /^## The set-up of Vault$(.*?)^## /ms.exec(documentation) ?? [];
  const undocumented = stackFields
    .map(({ path }) => path)
    .filter((path) => !stackFields.some((other) => other.path.startsWith(`${path}.`)))
    .filter((path) => {
      const text = path.startsWith("vault.") ? ofVault : documentation.replace(ofVault, "");
      return !new RegExp(`[\`.]${path.split(".").at(-1) ?? ""}\``).test(text);
    });
  assert.deepEqual(undocumented, []);
});

test("the examples of the documentation are right", () => {
  const blocks = [...read("docs/configuration.md").matchAll(/```yaml\n([\s\S]*?)```/g)];
  const examples = blocks.map(([, text = ""]): unknown => parse(text));
  for (const example of examples) assert.ok(fitsSchema(example), JSON.stringify(fitsSchema.errors));
  const [platform, vault] = examples.map((example) => at(example, "config"));
  parsePlatform(at(platform, "nats-platform:platform"));
  assert.deepEqual(readVaultSetup(at(vault, "nats-platform:vault"), read).problems, []);
});
