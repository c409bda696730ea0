import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import type { PublicNkey } from "../../../nats/nkeys.ts";
import { withdrawnProvider, type IssuedCredential, type WithdrawnInputs } from "../../../providers/withdrawn.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9" as PublicNkey;

function issued(user: string, rotation = 0, publicKey = `U-${user}-${String(rotation)}`): IssuedCredential {
  return { account: "A", accountKey: "AAA" as PublicNkey, user, rotation, publicKey: publicKey as PublicNkey };
}

/** Does with the resource what the engine does: an update only where `diff` says so, and new inputs in any case. */
function resource() {
  let inputs: WithdrawnInputs | Record<string, never> = {};
  let toRevoke: Awaited<ReturnType<typeof withdrawnProvider.create>>["outs"];
  return {
    async preview(users: readonly IssuedCredential[]): Promise<boolean> {
      const { inputs: news } = await withdrawnProvider.check(inputs as WithdrawnInputs, { users });
      assert.ok(news && toRevoke);
      return (await withdrawnProvider.diff("withdrawn", toRevoke, news)).changes ?? false;
    },
    async update(users: readonly IssuedCredential[]): Promise<{ changes: boolean; keys: string[] }> {
      const { inputs: news } = await withdrawnProvider.check(inputs as WithdrawnInputs, { users });
      assert.ok(news);
      const isNew = toRevoke === undefined;
      const changes = toRevoke !== undefined && (await withdrawnProvider.diff("withdrawn", toRevoke, news)).changes;
      if (toRevoke === undefined) toRevoke = (await withdrawnProvider.create(news)).outs;
      else if (changes) toRevoke = (await withdrawnProvider.update("withdrawn", toRevoke, news)).outs;
      inputs = news;
      const keys = (toRevoke?.toRevoke ?? []).map(({ publicKey }): string => publicKey);
      return { changes: isNew || changes === true, keys };
    },
    since: (key: string) => toRevoke?.toRevoke.find(({ publicKey }) => publicKey === key)?.since,
  };
}

test("new users are no change, and users that go are one", async () => {
  const it = resource();
  await it.update([issued("a")]);
  assert.deepEqual(await it.update([issued("a"), issued("b")]), { changes: false, keys: [] });
  assert.deepEqual(await it.update([issued("a"), issued("b"), issued("c")]), { changes: false, keys: [] });
  assert.deepEqual(await it.update([issued("a"), issued("c")]), { changes: true, keys: ["U-b-0"] });
  assert.deepEqual(await it.update([issued("a"), issued("c")]), { changes: false, keys: ["U-b-0"] });
});

test("a rotation withdraws the old key, and what comes back leaves the list", async () => {
  const it = resource();
  await it.update([issued("a")]);
  assert.deepEqual(await it.update([issued("a", 1)]), { changes: true, keys: ["U-a-0"] });
  assert.deepEqual(await it.update([issued("a", 2)]), { changes: true, keys: ["U-a-0", "U-a-1"] });
  assert.deepEqual(await it.update([issued("a", 1)]), { changes: true, keys: ["U-a-0", "U-a-2"] });
});

test("a key that is in a preview unknown is taken for the one that this user and rotation had", async () => {
  const it = resource();
  await it.update([issued("a"), issued("b")]);
  assert.equal(await it.preview([issued("a", 0, unknown), issued("b")]), false, "written anew");
  assert.equal(await it.preview([issued("a"), issued("b"), issued("c", 0, unknown)]), false, "new");
  assert.equal(await it.preview([issued("a", 1, unknown), issued("b")]), true, "rotated");
  assert.equal(await it.preview([issued("b", 0, unknown)]), true, "another one goes");
});

test("a key that an update doesn't know, because its credentials were left out of it, is remembered", async () => {
  const it = resource();
  await it.update([issued("a"), issued("b")]);
  const { publicKey: _, ...leftOut } = issued("a");
  assert.deepEqual(await it.update([leftOut as IssuedCredential, issued("b")]), { changes: false, keys: [] });
  assert.deepEqual(await it.update([issued("b")]), { changes: true, keys: ["U-a-0"] });
  assert.deepEqual(await it.update([leftOut as IssuedCredential, issued("b")]), { changes: true, keys: [] });
});

test("the time of a withdrawal stays while others join, and is new when the key is withdrawn again", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 });
  t.after(() => {
    mock.timers.reset();
  });
  const it = resource();
  await it.update([issued("a"), issued("b")]);
  await it.update([issued("b")]);
  assert.equal(it.since("U-a-0"), 1_700_000_000);
  mock.timers.tick(5000);
  await it.update([]);
  assert.deepEqual([it.since("U-a-0"), it.since("U-b-0")], [1_700_000_000, 1_700_000_005]);
  await it.update([issued("a")]);
  mock.timers.tick(5000);
  await it.update([]);
  assert.equal(it.since("U-a-0"), 1_700_000_010);
});

test("whatever comes and goes, the list is what was issued once and is not issued now", async () => {
  const users = fc
    .uniqueArray(fc.integer({ min: 0, max: 5 }))
    .map((names) => names.map((name) => issued(String(name))));
  await fc.assert(
    fc.asyncProperty(fc.array(users, { minLength: 1, maxLength: 8 }), async (runs) => {
      const it = resource();
      const once = new Set<string>();
      for (const run of runs) {
        const { keys } = await it.update(run);
        for (const { publicKey } of run) once.add(publicKey);
        const now = new Set<string>(run.map(({ publicKey }) => publicKey));
        assert.deepEqual([...keys].sort(), [...once].filter((key) => !now.has(key)).sort());
      }
    }),
    { numRuns: 300 },
  );
});

test("a refresh leaves it as it is", async () => {
  const outs = { toRevoke: [] };
  assert.deepEqual(await withdrawnProvider.read("withdrawn", outs), { id: "withdrawn", props: outs });
});
