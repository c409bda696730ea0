import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeSeed, publicKeyOf } from "../../../nats/nkeys.ts";
import { keyProvider, type KeyInputs, type KeyOutputs } from "../../../providers/key.ts";
import type { MaterialKind } from "../../../providers/material.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const kinds: MaterialKind[] = ["operator", "account", "user", "userRoot", "password"];

function inputs(over: Partial<KeyInputs> = {}): KeyInputs {
  return { kind: "account", name: "account.A", keys: { store: "state" }, ...over };
}

async function minted(over: Partial<KeyInputs> = {}): Promise<{ id: string; outs: KeyOutputs }> {
  const { id, outs } = await keyProvider.create(inputs(over));
  assert.ok(outs);
  return { id, outs };
}

async function materialOf(key: Promise<{ outs: KeyOutputs }>): Promise<string> {
  return (await key).outs.location.material;
}

for (const kind of kinds) {
  test(`two keys of kind ${kind} are never the same`, async () => {
    assert.notEqual(await materialOf(minted({ kind })), await materialOf(minted({ kind })));
  });

  test(`the id of a key of kind ${kind} says nothing of its material`, async () => {
    const { id, outs } = await minted({ kind });
    const { material } = outs.location;
    assert.equal(id, outs.publicId);
    assert.ok(!id.includes(material) && !material.includes(id));
    const { location: _, ...open } = outs;
    assert.ok(!JSON.stringify(open).includes(material));
  });
}

test("a key's id is its public key", async () => {
  const seed = encodeSeed("account", new Uint8Array(32).fill(7));
  assert.equal((await minted({ adopt: seed })).id, publicKeyOf(seed));
});

test("an adopted seed is kept as it is, and in one place only", async () => {
  const seed = encodeSeed("operator", new Uint8Array(32).fill(9));
  const { outs } = await minted({ kind: "operator", adopt: seed });
  assert.equal(outs.location.material, seed);
  assert.equal(JSON.stringify(outs).split(seed).length, 2);
});

test("no input that changes makes another key of one that is minted", async () => {
  const { id, outs } = await minted();
  for (const news of [
    inputs({ kind: "operator" }),
    inputs({ name: "other" }),
    inputs({ adopt: unknown }),
    inputs({ adopt: outs.location.material }),
  ]) {
    assert.deepEqual(await keyProvider.diff(id, outs, news), { changes: false });
  }
});

test("an update that the engine does unasked keeps every output", async () => {
  const { id, outs } = await minted();
  assert.deepEqual(await keyProvider.update(id, outs, inputs({ kind: "operator" })), { outs });
});

test("a refresh keeps every output", async () => {
  const { id, outs } = await minted();
  assert.deepEqual(await keyProvider.read(id, outs), { id, props: outs });
});

test("another seed for a key that exists is refused, without a stack trace and without the seed", async () => {
  const { id, outs } = await minted();
  const other = encodeSeed("account", new Uint8Array(32).fill(3));
  const refusal = () => keyProvider.diff(id, outs, inputs({ adopt: other }));
  assert.throws(refusal, (error: Error) => {
    assert.match(
      error.message,
      /^account\.A: the seed given for adoption is not the seed of A[A-Z2-7]{55}, which this key already is\./,
    );
    assert.ok(!error.message.includes(other));
    return error.stack === "";
  });
});

const unfit: [string, MaterialKind, string, RegExp][] = [
  [
    "a seed of another kind",
    "account",
    encodeSeed("user", new Uint8Array(32)),
    /is the seed of a key of kind user, but must be one of kind account/,
  ],
  ["a public key", "account", publicKeyOf(encodeSeed("account", new Uint8Array(32))), /is no nkey seed/],
  [
    "a seed with a wrong letter",
    "account",
    encodeSeed("account", new Uint8Array(32)).replace("AAAA", "AAAB"),
    /is no nkey seed/,
  ],
  ["a root that is too short", "userRoot", "c2hvcnQ", /must be 32 bytes as base64url/],
];
for (const [what, kind, adopt, reason] of unfit) {
  test(`${what} is not adopted, and not shown`, async () => {
    const { failures = [] } = await keyProvider.check(inputs(), inputs({ kind, adopt }));
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.reason ?? "", reason);
    assert.ok(!JSON.stringify(failures).includes(adopt));
  });
}

test("a seed that a preview does not know yet passes", async () => {
  assert.deepEqual((await keyProvider.check(inputs(), inputs({ adopt: unknown }))).failures, []);
});
