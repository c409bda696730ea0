import assert from "node:assert/strict";
import { describe, test } from "node:test";
import bcrypt from "bcryptjs";
import fc from "fast-check";
import { encodeSeed, publicKeyOf, signerOf, type KeyKind } from "../../../nats/nkeys.ts";
import {
  contentProblem,
  dataOfText,
  formatContent,
  isSameData,
  parseContent,
  seedIn,
  textOfData,
} from "../../../providers/content/content.ts";
import {
  contentOf,
  existingContent,
  existingProblem,
  givenProblem,
  mintContent,
  type PasswordRecipe,
  type Recipe,
} from "../../../providers/content/recipe.ts";
import { keyProvider, type KeyInputs } from "../../../providers/key.ts";

const seedOf = (kind: KeyKind, byte = 7) => encodeSeed(kind, new Uint8Array(32).fill(byte));
const password: PasswordRecipe = { type: "password", length: 24, alphabet: "abcdefghij" };
const token: Recipe = { type: "token", robotName: "r", tokenType: "robot", claims: {} };
const nkey: Recipe = { type: "nkey", kind: "user" };

describe("minted content", () => {
  test("of an nkey is a pair, known by its public key", async () => {
    const { publicId, data } = await mintContent(nkey, undefined);
    const { publicKey, seed } = textOfData(data);
    assert.equal(publicId, publicKey);
    assert.equal(publicKeyOf(seed as ReturnType<typeof seedOf>), publicKey);
  });

  test("of a password has the length and the characters that were asked for, all of them about as often", async () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 50; round += 1) {
      const text = textOfData((await mintContent({ ...password, length: 200 }, undefined)).data).password ?? "";
      assert.match(text, /^[a-j]{200}$/);
      for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    // 10,000 draws of 10 characters: five standard deviations around 1,000 are 150.
    for (const [character, count] of counts) assert.ok(Math.abs(count - 1000) < 150, `${character}: ${String(count)}`);
    assert.equal(counts.size, 10);
  });

  test("of a password is known by random text, which two equal passwords don't share", () => {
    const [one, other] = [contentOf(password, "hunter2"), contentOf(password, "hunter2")];
    assert.notEqual(one.publicId, other.publicId);
    assert.ok(isSameData(one.data, other.data));
  });

  test("has a bcrypt hash of the password, the same each time, another one for another Secret", () => {
    const hashOf = (saltFrom: string) =>
      textOfData(contentOf({ ...password, saltFrom }, "hunter2").data).passwordHash ?? "";
    assert.ok(bcrypt.compareSync("hunter2", hashOf("policy\n0")));
    assert.ok(!bcrypt.compareSync("hunter3", hashOf("policy\n0")));
    assert.equal(hashOf("policy\n0"), hashOf("policy\n0"));
    assert.notEqual(hashOf("policy\n0"), hashOf("policy\n1"));
  });

  test("of a token is signed, and is nothing where it was to be given", async () => {
    assert.deepEqual((await mintContent(token, undefined)).data, {});
    const { data } = await mintContent(token, signerOf(seedOf("user")));
    assert.match(textOfData(data).token ?? "", /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

describe("the content of a Secret that is there", () => {
  test("is kept to the byte, whatever its fields are called", () => {
    const data = { "nkey.seed": Buffer.from(`${seedOf("account")}\n`).toString("base64"), other: "AAH/" };
    assert.equal(existingProblem({ type: "nkey" }, data), undefined);
    const content = existingContent({ type: "nkey" }, data);
    assert.deepEqual(parseContent(formatContent(content)), { publicId: publicKeyOf(seedOf("account")), data });
  });

  const unfit: [string, Recipe, Record<string, string>, RegExp][] = [
    ["without a seed", nkey, { user: "me" }, /has user, but not exactly one nkey seed/],
    ["with two different seeds", nkey, { a: seedOf("user", 1), b: seedOf("user", 2) }, /has a, b, but not exactly one/],
    [
      "with the seed of an account where one of a user is asked for",
      nkey,
      { a: seedOf("account") },
      /what it holds is the seed of a key of kind account/,
    ],
    [
      "with an operator's seed",
      { type: "nkey" },
      { a: seedOf("operator") },
      /what it holds is the seed of a key of kind operator/,
    ],
    ["without fields", password, {}, /has no fields, but no password/],
    ["with an empty password", password, { password: "" }, /has password, but no password/],
    ["without a JWT", token, { token: "nothing" }, /has token, but no JWT/],
  ];
  for (const [what, recipe, fields, problem] of unfit) {
    test(`${what} can't be kept, and the reason shows none of it`, () => {
      const reason = existingProblem(recipe, dataOfText(fields)) ?? "";
      assert.match(reason, problem);
      for (const value of Object.values(fields))
        assert.ok(value === "" || value === "nothing" || !reason.includes(value));
    });
  }
});

describe("what is given", () => {
  const past = `e30.${Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString("base64url")}.x`;
  const unfit: [string, Recipe, string, RegExp][] = [
    [
      "a seed of another kind",
      nkey,
      seedOf("account"),
      /is the seed of a key of kind account, but must be one of kind user/,
    ],
    [
      "a seed that is not the one of publicKey",
      { ...nkey, publicKey: "UOTHER" },
      seedOf("user"),
      /is the seed of U.*but publicKey says UOTHER/,
    ],
    ["an empty password", password, "", /is empty/],
    ["a token that is none", token, "nothing", /is no JWT/],
    ["an expired token", token, past, /expired at 2023-11-14T22:13:20/],
  ];
  for (const [what, recipe, given, problem] of unfit) {
    test(`${what} is refused`, () => {
      assert.match(givenProblem(recipe, given) ?? "", problem);
    });
  }

  const inputs = (over: Partial<KeyInputs> = {}): KeyInputs => ({
    kind: "content",
    name: "Secret.policy",
    keys: { store: "state" },
    content: { recipe: password },
    ...over,
  });

  test("becomes the key, and another one later is refused until the rotation is raised", async () => {
    const { id, outs } = await keyProvider.create(inputs({ adopt: "hunter2" }));
    assert.ok(outs);
    assert.ok(!id.includes("hunter2"));
    assert.deepEqual(await keyProvider.diff(id, outs, inputs({ adopt: "hunter2" })), { changes: false });
    assert.deepEqual(await keyProvider.diff(id, outs, inputs()), { changes: false });
    assert.throws(
      () => keyProvider.diff(id, outs, inputs({ adopt: "hunter3" })),
      ({ message }: Error) => message.includes("raise the entry's rotation by one") && !message.includes("hunter"),
    );
  });

  test("is compared by the password alone: a user name and a hash were a matter of its first day", async () => {
    const { id, outs } = await keyProvider.create(inputs({ adopt: "hunter2" }));
    assert.ok(outs);
    const more: PasswordRecipe = { ...password, username: "me", saltFrom: "x" };
    assert.deepEqual(await keyProvider.diff(id, outs, inputs({ adopt: "hunter2", content: { recipe: more } })), {
      changes: false,
    });
  });

  test("and how it is made may change in the program without a new key", async () => {
    const { id, outs } = await keyProvider.create(inputs());
    assert.ok(outs);
    const other = inputs({ content: { recipe: { ...password, length: 64 } } });
    assert.deepEqual(await keyProvider.diff(id, outs, other), { changes: false });
    assert.deepEqual((await keyProvider.update(id, outs, other)).outs, outs);
  });
});

test("content as material can be read back, and no other text is taken for it", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), fc.base64String()),
      fc.string({ minLength: 1 }),
      (data, publicId) => {
        assert.deepEqual(parseContent(formatContent({ publicId, data })), { publicId, data: { ...data } });
      },
    ),
  );
  for (const text of [
    "",
    "null",
    "{}",
    "[]",
    '{"publicId":"","data":{}}',
    '{"publicId":"x","data":{"a":1}}',
    seedOf("user"),
  ])
    assert.match(contentProblem(text) ?? "", /must be a JSON text/, text);
  assert.equal(seedIn(dataOfText({ a: seedOf("user"), b: ` ${seedOf("user")}\n` })), seedOf("user"));
});
