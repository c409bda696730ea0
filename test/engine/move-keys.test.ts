import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse, stringify } from "yaml";
import type { StateKeys, VaultKeys } from "../../config/schema.ts";
import type { KeyOutputs } from "../../providers/key.ts";
import { mintMaterial, publicIdOf } from "../../providers/material.ts";
import { startProxy, type Fate, type Passing, type Proxy } from "../support/vault-proxy.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { assertQuiet } from "./support/changes.ts";
import { start, type CommandOptions, type Finished, type Running } from "./support/command.ts";
import { configure, unconfigure } from "./support/configuration.ts";
import { killUpdate } from "./support/kill.ts";
import { leaksIn, type Leak, type Secret } from "./support/leaks.ts";
import { freshCopy, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, nameOf, stateOf, type State } from "./support/state.ts";
import { credentialsInVault, keysIn, keysInVault, minterToken, withToken } from "./support/vault-copy.ts";

/** The least that has every kind of key and a user. */
const platform = {
  operator: { name: "dev" },
  keys: { store: "state" },
  accounts: {
    SERVICES: {
      roles: { worker: { publish: ["orders.>"] } },
      users: { orders: { role: "worker", deliver: [{ region: "local", namespace: "orders", secret: "orders-nats" }] } },
      allow: [{ region: "local", namespaces: ["orders"] }],
    },
  },
  regions: { local: { target: { render: "deploy/local" }, nats: { replicas: 1 } } },
};
const KEYS = 11;

let vault: TestVault;
let proxy: Proxy;
let fate: (passing: Passing) => Fate = () => undefined;
before(async () => {
  vault = await startVault();
  await vault.must("POST", "sys/mounts/transit", { type: "transit" });
  proxy = await startProxy(vault.address, (passing) => fate(passing));
});
after(async () => {
  await proxy.stop();
  await vault.stop();
});

describe("move-keys", () => {
  test("takes keys to Vault and back as they are, whatever is killed on the way, and removes each old copy last", async () => {
    const keys = keysIn(vault, "moves/there-and-back", { address: proxy.address });
    const copy = withToken(await smallStack(), await minterToken(vault, keys));
    const original = await stateOf(copy);
    const creds = renderedCreds(copy);
    const rendered = filesOf(copy);
    const secrets = secretsOf(original, creds);
    assert.equal(secrets.length, KEYS + 1);

    configureKeys(copy, keys, { store: "state" });
    await killed(copy, "everything", ({ method, path }) => method === "POST" && path.includes("/keys/"));
    assert.deepEqual(await stateOf(copy), original);
    const copied = await keysInVault(vault, keys);
    assert.ok(Object.keys(copied).length >= 3, `${Object.keys(copied).length} keys were copied`);
    await killed(
      copy,
      "engine",
      ({ method, path }, lines) => lines >= 3 && method === "GET" && path.includes("/keys/"),
    );
    assert.equal(Object.keys(await keysInVault(vault, keys)).length, KEYS);
    const { output } = await succeeds(moveKeys(copy));
    assert.match(output, /11 keys in the new store are the ones that the state names; 3 JWTs are the same to the byte/);
    await assertInVault(await stateOf(copy), original, keys);
    assert.deepEqual(differences(rendered, filesOf(copy)), [], "nothing but keys has moved");

    const checkpoints = Object.keys(checkpointsOf(copy));
    const { output: next } = await refused(
      moveKeys(copy, ["--remove-old"]),
      /has not followed its keys yet:\n[^]*create [^]*npm run up -- --stack dev/,
    );
    assert.doesNotMatch(next, /\.jwt$/m, "no JWT is to follow");
    assert.deepEqual(Object.keys(checkpointsOf(copy)), checkpoints);
    await succeeds(up(copy));
    assert.equal((await credentialsInVault(vault, keys))["local/orders/orders-nats"]?.text, creds);
    await assertInVault(await stateOf(copy), original, keys);

    // The last copies stay while any key is not in Vault as it must be.
    const kept = checkpointsOf(copy);
    const lost = "moves/there-and-back/keys/account.SERVICES";
    await vault.must("DELETE", `secret/data/${lost}`);
    await refused(
      moveKeys(copy, ["--remove-old"]),
      /^1 of 11 keys are not as they must be; no old copy was removed:\n.*version 1 was deleted/m,
    );
    await vault.must("POST", `secret/undelete/${lost}`, { versions: [1] });
    assert.deepEqual(checkpointsOf(copy), kept);
    assert.ok((await leaksInStates(copy, secrets)).length > 0, "the scan sees what is to be removed");

    await succeeds(moveKeys(copy, ["--remove-old"]));
    assert.deepEqual(await leaksInStates(copy, secrets), []);
    unconfigure(copy, ["keys", "movedFrom"]);
    await assertQuiet(copy);
    await assertInVault(await stateOf(copy), original, keys);

    configureKeys(copy, { store: "state" }, keys);
    await succeeds(moveKeys(copy));
    assert.deepEqual(keysOf(await stateOf(copy)), keysOf(original));
    await succeeds(up(copy));
    assert.equal(renderedCreds(copy), creds);
    assert.deepEqual(differences(rendered, filesOf(copy)), []);
    await refused(
      moveKeys(copy, ["--remove-old"]),
      /denies deleting[^]*path "secret\/metadata\/moves\/there-and-back\/keys\/\*" { capabilities = \["delete"\] }/,
    );
    assert.equal(Object.keys(await keysInVault(vault, keys)).length, KEYS);
    const { output: last } = await succeeds(moveKeys(withToken(copy, vault.token), ["--remove-old"]));
    assert.match(
      last,
      /11 of 11 keys were in secret\/moves\/there-and-back\/keys, and were removed[^]*take keys\.movedFrom out/,
    );
    assert.deepEqual(await keysInVault(vault, keys), {});
    unconfigure(copy, ["keys", "movedFrom"]);
    await assertQuiet(copy);
    const end = await stateOf(copy);
    assert.deepEqual([keysOf(end), jwtsOf(end)], [keysOf(original), jwtsOf(original)]);
  });

  test("takes signing keys to Transit, and refuses to take them back before anything is done", async () => {
    const keys = keysIn(vault, "moves/transit", { transit: { mount: "transit" } });
    const copy = withToken(await smallStack(), await minterToken(vault, keys));
    const original = await stateOf(copy);
    configureKeys(copy, keys, { store: "state" });
    await succeeds(moveKeys(copy));
    const moved = await stateOf(copy);
    assert.deepEqual([publicIdsOf(moved), jwtsOf(moved)], [publicIdsOf(original), jwtsOf(original)]);
    const stores = keyOutputs(moved).map(({ location }) => location.store);
    assert.deepEqual([...stores].sort(), [...Array<string>(5).fill("transit"), ...Array<string>(6).fill("vault")]);
    assert.equal(Object.keys(await keysInVault(vault, keys)).length, 6);

    configureKeys(copy, { store: "state" }, keys);
    await refused(moveKeys(copy), /Vault's Transit, which gives no key out: .*operator\.signing-1[^]*nothing was done/);
    assert.deepEqual(await stateOf(copy), moved);
  });

  test("refuses what is wrong, says what is allowed, and does nothing", async () => {
    const keys = keysIn(vault, "moves/refused");
    const copy = withToken(await smallStack(), await minterToken(vault, keys));
    const state = await stateOf(copy);
    await refused(
      cli(copy, ["move"]).ended,
      /found "move", but the commands are\n {2}argocd +prints .*\n {2}discover +hands out .*\n {2}doctor +tells .*\n {2}move-keys +moves a stack's keys/,
      2,
    );
    await refused(cli(copy, ["toString"]).ended, /found "toString", but the commands are/, 2);
    await refused(cli(copy, ["move-keys"]).ended, /found no --stack/);
    await refused(
      cli(copy, ["move-keys", "--stack", "none"]).ended,
      /Pulumi\.none\.yaml is not there, so there is no stack none/,
    );
    await refused(moveKeys(copy), /keys\.movedFrom: found nothing, and all 11 keys are in the state already/);

    configure(copy, ["keys"], keys);
    const { output } = await refused(moveKeys(copy), /keys\.movedFrom: found nothing, but keys are still in the state/);
    // What it says to write is what has to be written.
    const advice = parse(/Write\n\n([^]*?)\n*$/.exec(output)?.[1] ?? "") as { keys: unknown };
    assert.deepEqual(advice.keys, { ...keys, movedFrom: { store: "state" } });

    configureKeys(copy, keys, keysIn(vault, "elsewhere"));
    await refused(moveKeys(copy), /keys\.movedFrom: found store vault, which keys\.store is too/);
    configureKeys(copy, keys, { store: "state" });
    await refused(moveKeys(copy, ["--remove-old"]), /still in the state, so no old copy can be removed: .*operator/);
    configure(copy, ["accounts", "NEW"], {});
    await refused(
      moveKeys(copy),
      /configuration that have not been made yet: account\.NEW, account\.NEW\.signing, account\.NEW\.users;/,
    );
    unconfigure(copy, ["accounts", "NEW"]);
    const material = mintMaterial("operator");
    await vault.must("POST", "secret/data/moves/refused/keys/operator.signing-1", {
      data: { kind: "operator", publicId: publicIdOf("operator", material), material },
    });
    await refused(
      moveKeys(copy),
      /moves\/refused\/keys\/operator\.signing-1: found the key O\w+, but the existing key/,
    );
    assert.deepEqual(await stateOf(copy), state);
  });
});

let finished: Promise<ProjectCopy> | undefined;

/** A small stack after its first update, with keys in the state. All of them have the same keys. */
async function smallStack(): Promise<ProjectCopy> {
  finished ??= (async () => {
    const copy = await freshCopy();
    writeFileSync(join(copy.folder, "Pulumi.dev.yaml"), stringify({ config: { "nats-platform:platform": platform } }));
    await succeeds(up(copy));
    return copy;
  })();
  const [source, copy] = [await finished, await freshCopy()];
  rmSync(copy.folder, { recursive: true });
  execFileSync("cp", ["-a", source.folder, copy.folder]);
  return copy;
}

function configureKeys(copy: ProjectCopy, keys: StateKeys | VaultKeys, movedFrom: StateKeys | VaultKeys): void {
  configure(copy, ["keys"], { ...keys, movedFrom });
}

/** `npm run cli -- ...`, without npm. */
function cli(
  { folder, env }: ProjectCopy,
  args: readonly string[],
  extra: Pick<CommandOptions, "onLine"> = {},
): Running {
  return start(process.execPath, ["tools/bootstrap.mjs", "cli", ...args], { ...extra, cwd: folder, env });
}

function moveKeys(copy: ProjectCopy, args: readonly string[] = []): Promise<Finished> {
  return cli(copy, ["move-keys", "--stack", "dev", ...args]).ended;
}

/** Moves keys until this has been asked of Vault for the third time in this stage; kills there, before the answer arrives. */
async function killed(
  copy: ProjectCopy,
  victims: "engine" | "everything",
  isIt: (passing: Passing, stage: number) => boolean,
): Promise<void> {
  let stage = 0;
  let times = 0;
  const running = cli(copy, ["move-keys", "--stack", "dev"], {
    onLine: (line) => (stage = Number(/^(\d)\. /.exec(line)?.[1] ?? stage)),
  });
  fate = (passing) => {
    if (!isIt(passing, stage)) return undefined;
    times += 1;
    if (times !== 3) return undefined;
    return {
      lost: () => {
        killUpdate(running.pid, copy.folder, victims);
      },
    };
  };
  const { code, output } = await running.ended;
  fate = () => undefined;
  assert.notEqual(code, 0, output);
  assert.ok(times >= 3, `it was killed: ${output}`);
}

async function succeeds(run: Promise<Finished>): Promise<Finished> {
  const finishedRun = await run;
  assert.equal(finishedRun.code, 0, finishedRun.output);
  return finishedRun;
}

async function refused(run: Promise<Finished>, why: RegExp, status = 1): Promise<Finished> {
  const { code, output, ...rest } = await run;
  assert.match(output, why);
  assert.equal(code, status, output);
  assert.doesNotMatch(output, /^\s+at .+:\d+/m);
  return { code, output, ...rest };
}

function renderedCreds({ folder }: ProjectCopy): string {
  const file = join(folder, "deploy/local-secrets/secret.orders.orders-nats.yaml");
  return (parse(readFileSync(file, "utf8")) as { stringData: Record<string, string> }).stringData["nats.creds"] ?? "";
}

function keyOutputs({ resources }: State): KeyOutputs[] {
  const keys = resources.filter(({ type }) => type.endsWith("nats:Key"));
  return keys.map(({ outputs }) => outputs as unknown as KeyOutputs);
}

function publicIdsOf(state: State): Record<string, string> {
  return Object.fromEntries(keyOutputs(state).map(({ name, publicId, mintedAt }) => [name, `${publicId} ${mintedAt}`]));
}

function jwtsOf({ resources }: State): Record<string, unknown> {
  const jwts = resources.filter(({ type }) => type.endsWith("nats:Jwt"));
  return Object.fromEntries(jwts.map(({ urn, outputs }) => [nameOf(urn), outputs.jwt]));
}

/** Every key's material and the user's creds file. */
function secretsOf(state: State, creds: string): Secret[] {
  const materials = keyOutputs(state).map(({ name, location }) => {
    assert.ok(location.store === "state");
    return { name, text: location.material };
  });
  return [...materials, { name: "creds", text: creds }];
}

/** Asserts that the stack has the keys and JWTs that it had, and that they are in Vault. */
async function assertInVault(state: State, original: State, keys: VaultKeys): Promise<void> {
  assert.deepEqual([publicIdsOf(state), jwtsOf(state)], [publicIdsOf(original), jwtsOf(original)]);
  assert.deepEqual([...new Set(keyOutputs(state).map(({ location }) => location.store))], ["vault"]);
  const materials = secretsOf(original, "").slice(0, KEYS);
  const found = Object.entries(await keysInVault(vault, keys));
  assert.deepEqual(
    Object.fromEntries(found.map(([name, { material, version }]) => [name, { material, version }])),
    Object.fromEntries(materials.map(({ name, text }) => [name, { material: text, version: 1 }])),
  );
}

/** The state, and the earlier states that the backend keeps: contents by path. */
function checkpointsOf(copy: ProjectCopy): Record<string, string> {
  const files = Object.entries(filesOf(copy, ".nats-platform/state/.pulumi"));
  return Object.fromEntries(files.filter(([path]) => /\/dev\.|\.checkpoint\./.test(path)));
}

/** The secrets that are, in plain, in the state of a stack or in anything that its backend keeps beside it. */
async function leaksInStates(copy: ProjectCopy, secrets: readonly Secret[]): Promise<Leak[]> {
  const current = ".nats-platform/state/.pulumi/stacks/nats-platform/dev.json";
  const files = Object.keys(checkpointsOf(copy));
  assert.ok(files.includes(current) && files.some((path) => path.includes("/backups/")));
  const scan = await freshCopy();
  const leaks: Leak[] = [];
  for (const path of files) {
    rmSync(scan.folder, { recursive: true });
    cpSync(copy.folder, scan.folder, { recursive: true, verbatimSymlinks: true });
    // The engine opens each of them as if it were the state.
    cpSync(join(copy.folder, path), join(scan.folder, current));
    const { stdout } = await succeeds(pulumi(scan, ["stack", "export", "--show-secrets"]));
    leaks.push(...leaksIn([{ name: path, text: stdout }], secrets));
  }
  return leaks;
}
