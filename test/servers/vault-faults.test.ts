import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, test, type TestContext } from "node:test";
import { keyProvider } from "../../providers/key.ts";
import { open } from "../../providers/stores/keep.ts";
import { reachable, type KvLocation, type VaultSettings } from "../../providers/stores/store.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { startProxy, type Fate, type Passing, type Proxy } from "../support/vault-proxy.ts";

let vault: TestVault;
let folders = 0;
let folder = "";

before(async () => {
  vault = await startVault();
});
after(() => vault.stop());
beforeEach(() => {
  process.env.VAULT_TOKEN = vault.token;
  process.env.VAULT_CLIENT_TIMEOUT = "60";
  folders += 1;
  folder = `faults/${String(folders)}`;
});

const NAMES = Array.from({ length: 20 }, (_, index) => `account.A${String(index + 1)}`);

/** Settings through a proxy of their own, so that the client behind them is a new one, too. */
async function through(
  t: TestContext,
  fate: (passing: Passing) => Fate | Promise<Fate>,
): Promise<[VaultSettings, Proxy]> {
  const proxy = await startProxy(vault.address, fate);
  t.after(() => proxy.stop());
  return [{ store: "vault", address: proxy.address, mount: "secret", path: folder }, proxy];
}

function mint(keys: VaultSettings, name: string) {
  return keyProvider.create({ kind: "account", name, keys });
}

/** Mints one key after the other, up to the first failure. */
async function mintAll(keys: VaultSettings): Promise<{ made: Record<string, string>; failure: Error | undefined }> {
  const made: Record<string, string> = {};
  try {
    for (const name of NAMES) made[name] = (await mint(keys, name)).id;
    return { made, failure: undefined };
  } catch (failure) {
    return { made, failure: failure as Error };
  }
}

/** What Vault has: public key and version of each key. */
async function kept(): Promise<Record<string, { publicId: string; version: number }>> {
  const { data } = await vault.ask("GET", `secret/metadata/${folder}/keys?list=true`);
  const names = (data.keys ?? []) as string[];
  const entries = names.map(async (name) => {
    const found = (await vault.must("GET", `secret/data/${folder}/keys/${name}`)).data as {
      data: { publicId: string };
      metadata: { version: number };
    };
    return [name, { publicId: found.data.publicId, version: found.metadata.version }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isKeyWrite({ method, path }: Passing): boolean {
  return method === "POST" && path.includes("/data/");
}

function startMinting(keys: VaultSettings, names: readonly string[]): ChildProcess {
  const script = join(import.meta.dirname, "support", "mint-in-vault.ts");
  return spawn(process.execPath, [script, JSON.stringify(keys), ...names], { stdio: ["ignore", "pipe", "pipe"] });
}

/** What a minting process said before its end: ids by names. */
async function ended(child: ChildProcess): Promise<{ ids: Record<string, string>; errors: string }> {
  const [output, errors] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    child.exitCode === null && child.signalCode === null ? once(child, "close") : undefined,
  ]);
  const lines = output.split("\n").filter((line) => line !== "");
  return { ids: Object.fromEntries(lines.map((line) => line.split(" "))) as Record<string, string>, errors };
}

describe("a process that is killed after Vault has written a key and before it can say so", { concurrency: 2 }, () => {
  for (const [point, name] of NAMES.entries()) {
    test(`at key ${String(point + 1)}: the next one adopts what was written, and mints what is missing`, async (t) => {
      const here = `${folder}-${String(point)}`;
      const victims: ChildProcess[] = [];
      let writes = 0;
      const [settings] = await through(t, (passing) => {
        if (!isKeyWrite(passing)) return undefined;
        writes += 1;
        return writes === point + 1 ? { lost: () => victims[0]?.kill("SIGKILL") } : undefined;
      });
      const keys = { ...settings, path: here };
      const victim = startMinting(keys, NAMES);
      victims.push(victim);
      const first = await ended(victim);
      assert.equal(victim.signalCode, "SIGKILL", first.errors);
      assert.equal(Object.keys(first.ids).length, point);
      const orphan = (await vault.must("GET", `secret/data/${here}/keys/${name}`)).data as {
        data: { publicId: string };
      };

      const { ids, errors } = await ended(startMinting(keys, NAMES));
      assert.equal(Object.keys(ids).length, NAMES.length, errors);
      assert.equal(ids[name], orphan.data.publicId);
      for (const [told, id] of Object.entries(first.ids)) assert.equal(ids[told], id, told);
      for (const each of NAMES) {
        const { metadata } = (await vault.must("GET", `secret/data/${here}/keys/${each}`)).data as {
          metadata: { version: number };
        };
        assert.equal(metadata.version, 1);
      }
    });
  }
});

test("20 processes at once make one key", async (t) => {
  const [keys] = await through(t, () => undefined);
  const all = await Promise.all(NAMES.map(() => ended(startMinting(keys, ["account.A"]))));
  const ids = all.map(({ ids: found, errors }) => found["account.A"] ?? errors);
  assert.deepEqual([...new Set(ids)], [(await kept())["account.A"]?.publicId]);
  assert.equal((await kept())["account.A"]?.version, 1);
});

test("answers that get lost on their way back are asked for again, and make no second key", async (t) => {
  const lost = new Set<string>();
  const [keys] = await through(t, ({ method, path }) => {
    const request = `${method} ${path}`;
    if (lost.has(request)) return undefined;
    lost.add(request);
    return { lost: () => undefined };
  });
  const made = await Promise.all(NAMES.map((name) => mint(keys, name)));
  const found = await kept();
  for (const [index, name] of NAMES.entries()) assert.deepEqual(found[name], { publicId: made[index]?.id, version: 1 });
  assert.ok(lost.size >= 3 * NAMES.length);
});

for (const status of [429, 500, 502, 503, 504]) {
  test(`a storm of ${String(status)}: every second request is refused, and all keys are made, each once`, async (t) => {
    const [keys, proxy] = await through(t, ({ index }) =>
      index % 2 === 0
        ? { status, body: status === 502 ? "<html>Bad Gateway</html>" : { errors: ["busy"] } }
        : undefined,
    );
    const made = await Promise.all(NAMES.map((name) => mint(keys, name)));
    const found = await kept();
    for (const [index, name] of NAMES.entries())
      assert.deepEqual(found[name], { publicId: made[index]?.id, version: 1 });
    assert.ok(proxy.seen.length > 2 * NAMES.length);
  });

  test(`nothing but ${String(status)} ends in an error that says so, and nothing is made`, async (t) => {
    process.env.VAULT_CLIENT_TIMEOUT = "2s";
    const [keys, proxy] = await through(t, () => ({ status, body: { errors: ["busy"] } }));
    await assert.rejects(
      mint(keys, "account.A"),
      new RegExp(
        `^Error: Vault at ${proxy.address}: it answers with status ${String(status)}: busy \\(asked \\d+ times in \\d+ s\\)`,
      ),
    );
    assert.deepEqual(await kept(), {});
  });
}

test("a wait that Vault asks for is kept", async (t) => {
  const times: number[] = [];
  const [keys] = await through(t, ({ index }) => {
    times.push(Date.now());
    return index === 0 ? { status: 429, headers: { "Retry-After": "1" } } : undefined;
  });
  await mint(keys, "account.A");
  assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 990);
});

test("a Vault that is sealed in the middle: a clear error, and after the unsealing the same keys and the missing ones", async (t) => {
  let writes = 0;
  const [keys] = await through(t, async (passing) => {
    if (isKeyWrite(passing)) writes += 1;
    if (writes === 5 && isKeyWrite(passing)) await vault.seal();
    return undefined;
  });
  const { made, failure } = await mintAll(keys);
  assert.match(failure?.message ?? "", /it is sealed\. Unseal it \(`vault operator unseal`\) \(asked \d+ times/);
  assert.equal(Object.keys(made).length, 4);
  await vault.unseal();
  for (const name of NAMES) {
    const { id } = await mint(keys, name);
    assert.equal(id, made[name] ?? id);
  }
  assert.deepEqual([...new Set(Object.values(await kept()).map(({ version }) => version))], [1]);
});

test("a token that expires in the middle: an error that says to sign in again, and then the same keys and the missing ones", async (t) => {
  await vault.must("PUT", "sys/policies/acl/all", {
    policy: 'path "secret/*" { capabilities = ["create", "read", "update"] }',
  });
  const token = await vault.tokenWith(["all"]);
  process.env.VAULT_TOKEN = token;
  let writes = 0;
  const [keys] = await through(t, async (passing) => {
    if (isKeyWrite(passing)) writes += 1;
    if (writes === 5 && isKeyWrite(passing)) await vault.must("POST", "auth/token/revoke", { token });
    return undefined;
  });
  const { made, failure } = await mintAll(keys);
  assert.match(
    failure?.message ?? "",
    /does not know the token any more: it has expired or was revoked\. Sign in again/,
  );
  assert.ok(failure?.stack === "" && !failure.message.includes(token));
  assert.equal(Object.keys(made).length, 4);
  process.env.VAULT_TOKEN = vault.token;
  const [again] = await through(t, () => undefined);
  for (const name of NAMES) {
    const { id } = await mint(again, name);
    assert.equal(id, made[name] ?? id);
  }
});

test("a standby that sends its clients to the active node is followed there", async (t) => {
  const [keys] = await through(t, ({ path }) => ({
    status: 307,
    headers: { Location: `${vault.address}/v1/${path}` },
  }));
  const { id } = await mint(keys, "account.A");
  assert.equal((await kept())["account.A"]?.publicId, id);
});

test("the namespace of the configuration goes with every request", async (t) => {
  const [keys, proxy] = await through(t, ({ headers }) =>
    headers["x-vault-namespace"] === "team/nats" ? undefined : { status: 404 },
  );
  // Vault without Enterprise knows no namespaces, and says so in a way of its own: here it counts what is sent.
  await mint({ ...keys, namespace: "team/nats" }, "account.A").catch(() => undefined);
  assert.ok(proxy.seen.length > 0);
  assert.deepEqual([...new Set(proxy.seen.map(({ headers }) => headers["x-vault-namespace"]))], ["team/nats"]);
});

describe("a key in Vault that is no longer what it was", () => {
  const cases: [what: string, damage: (path: string) => Promise<unknown>, reason: RegExp][] = [
    [
      "deleted",
      (path) => vault.must("DELETE", `secret/data/${path}`),
      /version 1 was deleted at \S+\. Restore it: `vault kv undelete -mount=secret -versions=1 faults\/\d+\/keys\/account\.A`\. No new key/,
    ],
    [
      "destroyed",
      (path) => vault.must("POST", `secret/destroy/${path}`, { versions: [1] }),
      /version 1 was destroyed\. Restore it from a backup of Vault; no new key is made/,
    ],
    [
      "replaced by another one",
      async (path) => {
        const { data } = (await vault.must("GET", `secret/data/${path}`)).data as { data: object };
        await vault.must("DELETE", `secret/metadata/${path}`);
        const other = await mint(
          { store: "vault", address: vault.address, mount: "secret", path: `${folder}/x` },
          "account.B",
        );
        const { data: foreign } = (await vault.must("GET", `secret/data/${folder}/x/keys/account.B`)).data as {
          data: object;
        };
        await vault.must("POST", `secret/data/${path}`, { data: { ...data, ...foreign } });
        return other;
      },
      /version 1 is the key A\w+, but must be A\w+: somebody removed the secret and made another one/,
    ],
  ];
  for (const [what, damage, reason] of cases) {
    test(`${what}: opening it fails with what to do, and it is never minted again`, async (t) => {
      const [keys] = await through(t, () => undefined);
      const { outs } = await mint(keys, "account.A");
      const location = outs?.location as KvLocation;
      await damage(location.path);
      const failure = await open(reachable(location, keys)).catch((error: unknown) => error as Error);
      assert.ok(failure instanceof Error && failure.stack === "");
      assert.match(failure.message, reason);
      if (what.startsWith("replaced")) return;
      await assert.rejects(mint(keys, "account.A"), reason);
      const { status } = await vault.ask("GET", `secret/data/${location.path}`);
      assert.equal(status, 404);
    });
  }

  test("removed with all its metadata: opening it fails", async (t) => {
    const [keys] = await through(t, () => undefined);
    const { outs } = await mint(keys, "account.A");
    const location = outs?.location as KvLocation;
    await vault.must("DELETE", `secret/metadata/${location.path}`);
    await assert.rejects(open(reachable(location, keys)), /there is nothing\. Restore it from a backup of Vault/);
  });

  test("overwritten by a later version: the key is still the first one", async (t) => {
    const [keys] = await through(t, () => undefined);
    const { outs, id } = await mint(keys, "account.A");
    const location = outs?.location as KvLocation;
    await vault.must("POST", `secret/data/${location.path}`, {
      data: { kind: "account", publicId: "x", material: "y" },
    });
    assert.match(await open(reachable(location, keys)), /^SA/);
    assert.equal(location.publicId, id);
  });

  test("something else at a key's path is not taken for it, not overwritten, and not shown", async (t) => {
    const [keys] = await through(t, () => undefined);
    const { outs } = await mint({ ...keys, path: `${folder}/x` }, "operator.signing-1");
    const seed = await open(reachable(outs?.location as KvLocation, keys));
    for (const [data, reason] of [
      [{ seed }, /its field kind is null, but must be "account"/],
      [{ kind: "account", material: 7 }, /it has no field material/],
      [{ kind: "account", publicId: "A", material: seed.slice(1) }, /its field material is no nkey seed/],
      [{ kind: "account", publicId: "A", material: seed }, /its field publicId is not that of its material/],
    ] as const) {
      await vault.must("POST", `secret/data/${folder}/keys/account.A`, { data });
      const failure = await mint(keys, "account.A").catch((error: unknown) => error as Error);
      assert.ok(failure instanceof Error);
      assert.match(failure.message, reason);
      assert.ok(!failure.message.includes(seed));
      assert.deepEqual((await vault.must("GET", `secret/data/${folder}/keys/account.A`)).data.data, data);
    }
  });
});

describe("a Vault that is set up wrongly", () => {
  const refused = async (keys: VaultSettings, reason: RegExp) => {
    const failure = await mint(keys, "account.A").catch((error: unknown) => error as Error);
    assert.ok(failure instanceof Error && failure.stack === "");
    assert.match(failure.message, reason);
  };

  test("a KV version 1 mount", async (t) => {
    await vault.must("POST", "sys/mounts/one", { type: "kv", options: { version: "1" } });
    const [keys] = await through(t, () => undefined);
    await refused(
      { ...keys, mount: "one" },
      /: one: found a KV version 1 mount, which .+ \(`vault kv enable-versioning one`\)/,
    );
    assert.equal((await vault.ask("GET", "one?list=true")).status, 404);
  });

  test("a mount of another type, and none", async (t) => {
    await vault.must("POST", "sys/mounts/signs", { type: "transit" });
    const [keys] = await through(t, () => undefined);
    await refused(
      { ...keys, mount: "signs" },
      /: signs: found a mount of type transit; a KV version 2 mount is needed/,
    );
    const [others] = await through(t, () => undefined);
    await refused(
      { ...others, mount: "nowhere" },
      /: nowhere: there is no such mount, or the token may do nothing in it/,
    );
  });

  for (const [setting, reason] of [
    [
      { delete_version_after: "720h" },
      /found delete_version_after 720h0m0s; keys would be lost then, so it must be 0s \(`vault write short\d?\/config delete_version_after=0s`\)/,
    ],
    [{ max_versions: 1 }, /found max_versions 1; any write would destroy the key, so it must be 2 or more/],
  ] as const) {
    test(`a mount with ${Object.keys(setting).join()}: nothing is minted`, async (t) => {
      const mount = `short${String(Object.keys(setting).join().length % 10)}`;
      await vault.must("POST", `sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
      while ((await vault.ask("POST", `${mount}/config`, setting)).status >= 300) continue;
      const [keys] = await through(t, () => undefined);
      await refused({ ...keys, mount }, reason);
      assert.equal((await vault.ask("GET", `${mount}/metadata/${folder}/keys?list=true`)).status, 404);
    });
  }

  test("a mount that requires check-and-set is served", async (t) => {
    await vault.must("POST", "sys/mounts/careful", { type: "kv", options: { version: "2" } });
    while ((await vault.ask("POST", "careful/config", { cas_required: true })).status >= 300) continue;
    const [keys] = await through(t, () => undefined);
    assert.match((await mint({ ...keys, mount: "careful" }, "account.A")).id, /^A/);
  });

  test("a token that lacks a capability: the error names the path, what the token has, and the policy line", async (t) => {
    const line = (path: string, ...capabilities: string[]) =>
      `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`;
    for (const [policy, reason] of [
      [
        line("secret/config", "read"),
        /denies reading secret\/data\/faults\/\d+\/keys\/account\.A\. The token has deny there\. A policy with this line would allow it:\n {2}path "secret\/data\/faults\/\d+\/keys\/account\.A" \{ capabilities = \["read"\] \}/,
      ],
      [
        `${line("secret/config", "read")}\n${line("secret/data/*", "read")}`,
        /denies writing secret\/data\/.+ The token has read there\..+capabilities = \["create", "read"\]/s,
      ],
      [
        line("secret/data/*", "create", "read"),
        /denies reading secret\/config\. .+path "secret\/config" \{ capabilities = \["read"\] \}/s,
      ],
    ] as const) {
      await vault.must("PUT", "sys/policies/acl/lacking", { policy });
      process.env.VAULT_TOKEN = await vault.tokenWith(["lacking"]);
      const [keys] = await through(t, () => undefined);
      await refused(keys, reason);
    }
    assert.deepEqual(await kept(), {});
  });

  test("nothing listens there", async (t) => {
    process.env.VAULT_CLIENT_TIMEOUT = "2s";
    const [keys, proxy] = await through(t, () => undefined);
    await proxy.stop();
    await refused(keys, /: it can't be reached: ECONNREFUSED \(asked \d+ times/);
  });
});
