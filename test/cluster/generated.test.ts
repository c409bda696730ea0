import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeSeed, publicKeyOf } from "../../nats/nkeys.ts";
import {
  clusterSecretProvider,
  type ClusterSecretInputs,
  type ClusterSecretOutputs,
} from "../../providers/cluster-secret.ts";
import { formatContent } from "../../providers/content/content.ts";
import type { Recipe } from "../../providers/content/recipe.ts";
import { keyProvider, type KeyInputs, type KeyOutputs } from "../../providers/key.ts";
import { coreApiOf, type ClusterAccess } from "../../providers/kubernetes/cluster.ts";
import { deleteSecret, readSecret, replaceSecret } from "../../providers/kubernetes/secret.ts";
import { reachable, type VaultSettings } from "../../providers/stores/store.ts";
import { startVault } from "../support/vault.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";

const marks = { "app.kubernetes.io/managed-by": "nats-platform", "nats-platform/platform": "acme" };
const nkey: Recipe = { type: "nkey", kind: "user" };
const password: Recipe = { type: "password", length: 32, alphabet: "abcdefghij" };
const seed = encodeSeed("user", new Uint8Array(32).fill(9));

interface Wire {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly data: Record<string, string>;
  readonly immutable?: boolean;
}

/** The Secret's values as text. */
function textOf({ data }: Wire): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()]),
  );
}

describe("a generated Secret in a cluster", () => {
  let plane: ControlPlane;
  let cluster: ClusterAccess;
  before(async () => {
    plane = await startControlPlane();
    cluster = { context: "ring", clusterIdentifier: "ring-1", kubeconfig: plane.kubeconfig };
    await plane.kubectl("create", "namespace", "glass");
    await plane.kubectl("create", "namespace", "audit");
  });
  after(() => plane.stop());

  /** As a generator Job makes it: labels of the chart, no owner. */
  async function chartMade(
    name: string,
    fields: Record<string, string>,
    metadata: object = {},
    namespace = "glass",
  ): Promise<Wire> {
    await plane.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name,
        namespace,
        labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "glass-ui" },
        ...metadata,
      },
      stringData: fields,
    });
    return live(name, namespace);
  }

  /** All that the API server has of it, who wrote which field and when included. */
  async function live(name: string, namespace = "glass"): Promise<Wire> {
    return JSON.parse(
      await plane.kubectl("get", "secret", name, "-n", namespace, "-o", "json", "--show-managed-fields"),
    ) as Wire;
  }

  async function exists(name: string): Promise<boolean> {
    return (await plane.kubectl("get", "secret", name, "-n", "glass", "--ignore-not-found", "-o", "name")) !== "";
  }

  function keyInputs(name: string, recipe: Recipe, over: Partial<KeyInputs> = {}): KeyInputs {
    const existing = [{ cluster, namespace: "glass", name }];
    return {
      kind: "content",
      name: `Secret.${name}`,
      keys: { store: "state" },
      content: { recipe, existing },
      ...over,
    };
  }

  async function minted(inputs: KeyInputs): Promise<KeyOutputs> {
    return (await keyProvider.create(inputs)).outs ?? assert.fail();
  }

  function secretInputs(
    name: string,
    { publicId, location }: Pick<KeyOutputs, "publicId" | "location">,
    over: Partial<ClusterSecretInputs> = {},
  ): ClusterSecretInputs {
    return {
      ...{ cluster, namespace: "glass", name, keeper: `eu.${name}`, marks, labels: { team: "glass" }, annotations: {} },
      ...{ immutable: false, overwrite: false, rotation: 0 },
      source: { from: "content", content: { publicId, location } },
      ...over,
    };
  }

  async function put(inputs: ClusterSecretInputs): Promise<ClusterSecretOutputs> {
    return (await clusterSecretProvider.create(inputs)).outs ?? assert.fail();
  }

  /** A key with a password of its own, and the Secret that it is delivered to. */
  async function delivered(name: string, over: Partial<ClusterSecretInputs> = {}) {
    const key = await minted(keyInputs(name, password));
    const inputs = secretInputs(name, key, over);
    return { key, inputs, outs: await put(inputs) };
  }

  test("that the chart's Job made is kept as the key, and not a byte of it changes, whoever wrote which field", async () => {
    const made = await chartMade("jwt-mint-nkey", { "nkey.pub": publicKeyOf(seed), "nkey.seed": `${seed}\n` });
    const inputs = keyInputs("jwt-mint-nkey", nkey);
    const checked = await keyProvider.check({} as KeyInputs, inputs);
    assert.equal(checked.inputs?.keepsContentOf, "Secret glass/jwt-mint-nkey on cluster ring-1, as it is");
    const key = await minted(inputs);
    assert.equal(key.publicId, publicKeyOf(seed));

    const secret = secretInputs("jwt-mint-nkey", key);
    const { inputs: previewed } = await clusterSecretProvider.check({} as ClusterSecretInputs, secret);
    assert.match(
      previewed?.leaves ?? "",
      /^Secret glass\/jwt-mint-nkey on cluster ring-1 \(managed by Helm\), as it is$/,
    );
    const outs = await put(secret);
    assert.equal(outs.isLeft, true);
    assert.deepEqual(await live("jwt-mint-nkey"), made);

    // Nor later: other labels, another description of how it is made, a refresh.
    const relabelled = { ...secret, labels: { team: "other" } };
    assert.equal((await clusterSecretProvider.diff("", outs, relabelled)).changes, true);
    const { outs: again } = await clusterSecretProvider.update("", outs, relabelled);
    assert.equal(again?.isLeft, true);
    const read = await clusterSecretProvider.read("id", again);
    assert.deepEqual(read.props, again);
    assert.equal((await clusterSecretProvider.diff("", again, relabelled)).changes, false);
    assert.deepEqual(await live("jwt-mint-nkey"), made);
  });

  test("that the chart made stays when its entry goes, and ours goes", async () => {
    const made = await chartMade("stays", { password: "p" });
    const kept = await delivered("stays");
    await clusterSecretProvider.delete("", kept.outs);
    assert.deepEqual(await live("stays"), made);

    const ours = await delivered("goes");
    await clusterSecretProvider.delete("", ours.outs);
    assert.equal(await exists("goes"), false);
    await clusterSecretProvider.delete("", ours.outs);
  });

  test("stays when another resource has taken it over: its region has another name, or its cluster", async () => {
    const first = await delivered("handed-on");
    const { uid } = (await live("handed-on")).metadata;
    const renamed = { ...first.inputs, keeper: "eu-east.handed-on" };
    const second = await put(renamed);
    await clusterSecretProvider.delete("", first.outs);
    const elsewhere = { ...renamed, cluster: { ...cluster, clusterIdentifier: "ring-2" } };
    assert.deepEqual((await clusterSecretProvider.diff("", second, elsewhere)).replaces, ["name"]);
    const third = await put(elsewhere);
    await clusterSecretProvider.delete("", second);
    assert.equal((await live("handed-on")).metadata.uid, uid);
    await clusterSecretProvider.delete("", third);
    assert.equal(await exists("handed-on"), false);
  });

  test("of a rotation that was long ago leaves alone what it finds in a new place", async () => {
    const made = await chartMade("late", { password: "theirs" });
    const key = await minted(keyInputs("late", password, { content: { recipe: password } }));
    const inputs = secretInputs("late", key, { rotation: 1 });
    const { inputs: previewed } = await clusterSecretProvider.check({} as ClusterSecretInputs, inputs);
    assert.match(previewed?.leaves ?? "", /as it is$/);
    await assert.rejects(put(inputs), /holds something else/);
    assert.deepEqual(await live("late"), made);
  });

  test("whose place is to be taken is named in the preview", async () => {
    await chartMade("named", { password: "old" });
    const { inputs, outs } = await delivered("named");
    const { inputs: known } = await clusterSecretProvider.check({} as ClusterSecretInputs, inputs);
    const rotated = { ...inputs, rotation: 1 };
    const { inputs: previewed } = await clusterSecretProvider.check(known ?? assert.fail(), rotated);
    assert.equal(previewed?.takesPlaceOf, "Secret glass/named on cluster ring-1 (managed by Helm)");
    const taken = (await clusterSecretProvider.update("", outs, rotated)).outs ?? assert.fail();
    assert.ok(!("takesPlaceOf" in taken) && !("leaves" in taken));
    assert.ok(!("takesPlaceOf" in ((await clusterSecretProvider.check(rotated, rotated)).inputs ?? assert.fail())));
  });

  test("that is left stays left when the cluster does not answer for a while", async () => {
    const owner = { annotations: { "meta.helm.sh/release-name": "glass-ui" } };
    await chartMade("outage", { password: "old" }, owner);
    const { inputs } = await delivered("outage");
    const { inputs: before = assert.fail() } = await clusterSecretProvider.check({} as ClusterSecretInputs, inputs);
    const away = { ...inputs, cluster: { ...cluster, kubeconfig: "/nowhere" } };
    const { inputs: during = assert.fail() } = await clusterSecretProvider.check(before, away);
    assert.equal(during.leaves, before.leaves);
    const { failures = [], inputs: after } = await clusterSecretProvider.check(during, inputs);
    assert.deepEqual(failures, []);
    assert.equal(after?.leaves, before.leaves);
  });

  test("comes back with the same bytes when it was deleted by hand, also one that the chart had made", async () => {
    const made = await chartMade("restored", { "nkey.seed": `${seed}\n`, note: "ours" });
    const key = await minted(keyInputs("restored", nkey));
    const inputs = secretInputs("restored", key);
    const outs = await put(inputs);
    await plane.kubectl("delete", "secret", "restored", "-n", "glass");
    assert.equal((await clusterSecretProvider.read("id", outs)).id, "");
    const back = await put(inputs);
    assert.deepEqual((await live("restored")).data, made.data);
    assert.equal(back.isLeft, false);
    assert.deepEqual((await live("restored")).metadata.labels, { ...marks, team: "glass" });
  });

  test("is made where there is none, and put back when somebody edited it", async () => {
    const { inputs, outs } = await delivered("edited");
    const made = await live("edited");
    await plane.kubectl(
      "patch",
      "secret",
      "edited",
      "-n",
      "glass",
      "-p",
      JSON.stringify({ stringData: { password: "x" } }),
    );
    const { props } = await clusterSecretProvider.read("id", outs);
    assert.equal((await clusterSecretProvider.diff("", props ?? assert.fail(), inputs)).changes, true);
    await clusterSecretProvider.update("", props ?? assert.fail(), inputs);
    assert.deepEqual((await live("edited")).data, made.data);
  });

  test("of a rotation takes the place of what the chart made, and keeps the labels that others gave it", async () => {
    await chartMade("rotated", { password: "old", extra: "gone" });
    const first = await delivered("rotated");
    assert.equal(first.outs.isLeft, true);
    const second = await minted(keyInputs("rotated", password, { content: { recipe: password } }));
    const inputs = secretInputs("rotated", second, { rotation: 1 });
    assert.equal((await clusterSecretProvider.diff("", first.outs, inputs)).changes, true);
    const { outs } = await clusterSecretProvider.update("", first.outs, inputs);
    assert.equal(outs?.isLeft, false);
    const now = await live("rotated");
    assert.match(textOf(now).password ?? "", /^[a-j]{32}$/);
    assert.deepEqual(Object.keys(now.data), ["password"]);
    assert.deepEqual(now.metadata.labels, { ...marks, team: "glass", "app.kubernetes.io/instance": "glass-ui" });
    assert.equal(now.metadata.uid, first.outs.uid, "the Secret was never away");
  });

  test("with overwrite takes the place of what is there, and says in a preview what would not let it stay", async () => {
    const owner = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "boss",
      uid: "00000000-0000-0000-0000-000000000001",
    };
    await chartMade("taken", { password: "old" }, { ownerReferences: [owner] });
    const fresh = await minted(keyInputs("taken", password, { content: { recipe: password } }));
    const outs = await put(secretInputs("taken", fresh, { overwrite: true }));
    assert.equal(outs.isLeft, false);
    assert.notEqual(textOf(await live("taken")).password, "old");

    const held: [string, object, RegExp][] = [
      [
        "controlled",
        { ownerReferences: [{ ...owner, controller: true }] },
        /belongs to Deployment boss \(its controller\)/,
      ],
      ["released", { annotations: { "meta.helm.sh/release-name": "glass-ui" } }, /belongs to Helm release glass-ui/],
    ];
    for (const [name, metadata, reason] of held) {
      const made = await chartMade(name, { password: "old" }, metadata);
      const key = await minted(keyInputs(name, password, { content: { recipe: password } }));
      const inputs = secretInputs(name, key, { overwrite: true });
      const { failures = [] } = await clusterSecretProvider.check({} as ClusterSecretInputs, inputs);
      assert.match(failures[0]?.reason ?? "", reason);
      await assert.rejects(put(inputs), reason);
      assert.deepEqual(await live(name), made);
    }
  });

  test("of another platform is somebody else's", async () => {
    const other = await delivered("shared", { marks: { ...marks, "nats-platform/platform": "other" } });
    const made = await live("shared");
    const { outs } = await delivered("shared");
    assert.equal(outs.isLeft, true);
    assert.deepEqual(await live("shared"), made);
    assert.equal(other.outs.isLeft, false);
  });

  test("that holds something else than what was given is left alone, with the way out", async () => {
    const made = await chartMade("given", { password: "theirs" });
    const { content: _, ...rest } = keyInputs("given", password);
    const key = await minted({ ...rest, content: { recipe: password }, adopt: "given by us" });
    await assert.rejects(put(secretInputs("given", key)), (error: Error) => {
      assert.match(error.message, /holds something else .* let ours replace it \(overwrite: true\), or delete it/);
      return !/theirs|given by us/.test(error.message) && error.stack === "";
    });
    assert.deepEqual(await live("given"), made);
  });

  test("can't be two things in two places, nor something without what it is to hold", async () => {
    await chartMade("double", { password: "one" });
    await chartMade("double", { password: "other" }, {}, "audit");
    const existing = ["glass", "audit"].map((namespace) => ({ cluster, namespace, name: "double" }));
    await assert.rejects(
      minted(keyInputs("double", password, { content: { recipe: password, existing } })),
      /Secret glass\/double on cluster ring-1 and Secret audit\/double on cluster ring-1 hold something different/,
    );
    await chartMade("seedless", { key: "nothing" });
    const wrong =
      /Secret glass\/seedless on cluster ring-1: it is there and would be kept, but has key, but not exactly one nkey seed/;
    await assert.rejects(minted(keyInputs("seedless", nkey)), wrong);
    await assert.rejects(keyProvider.check({} as KeyInputs, keyInputs("seedless", nkey)), wrong);
  });

  test("that is immutable is replaced by a rotation", async () => {
    const first = await delivered("fixed", { immutable: true });
    assert.equal((await live("fixed")).immutable, true);
    const next = await minted(keyInputs("fixed", password, { content: { recipe: password } }));
    const { outs } = await clusterSecretProvider.update(
      "",
      first.outs,
      secretInputs("fixed", next, { immutable: true, rotation: 1 }),
    );
    assert.notEqual(outs?.uid, first.outs.uid);
    assert.equal((await live("fixed")).immutable, true);
  });

  test("is not replaced, nor deleted, where somebody changed it after it was read", async () => {
    const api = { core: coreApiOf(cluster), where: "cluster ring-1" };
    const at = { namespace: "glass", name: "moving" };
    await chartMade("moving", { password: "read" });
    const found = (await readSecret(api, at)) ?? assert.fail();
    await plane.kubectl("label", "secret", "moving", "-n", "glass", "touched=yes");
    const changed = await live("moving");
    assert.equal(await replaceSecret(api, found, { ...found, data: {} }), undefined);
    assert.equal(await deleteSecret(api, found), false);
    assert.deepEqual(await live("moving"), changed);
  });

  test("is made once when two runs make it at the same time", async () => {
    const key = await minted(keyInputs("raced", password));
    const inputs = secretInputs("raced", key);
    const outs = await Promise.all(Array.from({ length: 8 }, () => put(inputs)));
    assert.equal(new Set(outs.map(({ uid }) => uid)).size, 1);
    assert.equal(outs[0]?.uid, (await live("raced")).metadata.uid);
  });

  test("keeps the key when a run wrote the Secret and was killed before it could say so", async () => {
    const lost = await delivered("killed");
    const again = await minted(keyInputs("killed", password));
    assert.notEqual(again.publicId, lost.key.publicId);
    const data = (outs: KeyOutputs) => {
      assert.equal(outs.location.store, "state");
      return (JSON.parse((outs.location as { material: string }).material) as { data: object }).data;
    };
    assert.deepEqual(data(again), data(lost.key));
    assert.equal((await put(secretInputs("killed", again))).isLeft, false);
  });

  test("that may not be read says which permission is missing, and a cluster that is away says so", async () => {
    const nobody = join(plane.folder, "nobody.kubeconfig");
    await plane.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "nobody", namespace: "glass" } });
    const token = (await plane.kubectl("create", "token", "nobody", "-n", "glass")).trim();
    const config = (await plane.kubectl("config", "view", "--raw"))
      .replace(/client-certificate-data:.*\n.*client-key-data:.*/, `token: ${token}`)
      .replace(/client-certificate:.*\n.*client-key:.*/, `token: ${token}`);
    writeFileSync(nobody, config, { mode: 0o600 });
    const powerless = { ...cluster, kubeconfig: nobody };
    const at = (access: ClusterAccess) =>
      minted(
        keyInputs("x", password, {
          content: { recipe: password, existing: [{ cluster: access, namespace: "glass", name: "x" }] },
        }),
      );
    await assert.rejects(at(powerless), ({ message }: Error) => {
      assert.match(
        message,
        /Secret glass\/x on cluster ring-1: could not get secrets \(403\): .*; whoever runs this needs `get secrets` there/,
      );
      return !message.includes(token);
    });
    writeFileSync(
      join(plane.folder, "away.kubeconfig"),
      config.replace(/server: .*/, "server: https://127.0.0.1:65529"),
      {
        mode: 0o600,
      },
    );
    await assert.rejects(
      at({ ...cluster, kubeconfig: join(plane.folder, "away.kubeconfig") }),
      /the API server does not answer \(.*ECONNREFUSED/,
    );
    const broken = join(plane.folder, "broken.kubeconfig");
    writeFileSync(broken, config.replace("users:", " users:"), { mode: 0o600 });
    await assert.rejects(at({ ...cluster, kubeconfig: broken }), ({ message }: Error) => {
      assert.match(message, /broken\.kubeconfig: it can't be read as a kubeconfig/);
      return !message.includes(token) && !message.includes("token");
    });
    await assert.rejects(at({ ...cluster, context: "elsewhere" }), /found the contexts ring, but not elsewhere/);
  });

  test("with a token is signed anew in place, window by window", async () => {
    const signer = await minted(keyInputs("window-signer", nkey));
    const token = (issuedAt: number) => ({
      ...{
        format: "application" as const,
        robotName: "r",
        tokenType: "robot",
        claims: {},
        algorithm: "EdDSA" as const,
      },
      ...{ issuer: "i", subject: "s", audience: "a", namespace: "n", issuedAt, expiresAt: issuedAt + 90 },
    });
    const inputs = (issuedAt: number): ClusterSecretInputs => ({
      ...secretInputs("window", signer),
      source: { from: "token", token: token(issuedAt), signer },
    });
    const outs = await put(inputs(1_800_000_000));
    assert.equal((await clusterSecretProvider.diff("", outs, inputs(1_800_000_000))).changes, false);
    assert.equal((await clusterSecretProvider.diff("", outs, inputs(1_800_000_060))).changes, true);
    const before = await live("window");
    await clusterSecretProvider.update("", outs, inputs(1_800_000_060));
    const now = await live("window");
    assert.notEqual(textOf(now).token, textOf(before).token);
    assert.equal(now.metadata.uid, before.metadata.uid);
  });

  test("that the chart made is kept in Vault, from where it comes back, and the state never has it", async (context) => {
    const vault = await startVault();
    context.after(() => vault.stop());
    process.env.VAULT_TOKEN = vault.token;
    const keys: VaultSettings = { store: "vault", address: vault.address, mount: "secret", path: "handover" };
    const made = await chartMade("in-vault", { "nkey.seed": `${seed}\n` });
    const key = await minted(keyInputs("in-vault", nkey, { keys }));
    const source = {
      from: "content" as const,
      content: { publicId: key.publicId, location: reachable(key.location, keys) },
    };
    const inputs = { ...secretInputs("in-vault", key), source };
    const outs = await put(inputs);
    assert.equal(outs.isLeft, true);
    assert.deepEqual(await live("in-vault"), made);

    await plane.kubectl("delete", "secret", "in-vault", "-n", "glass");
    const back = await put(inputs);
    assert.deepEqual((await live("in-vault")).data, made.data);
    for (const remembered of [key, outs, back, inputs]) {
      const text = JSON.stringify(remembered);
      assert.ok(!text.includes(seed) && !text.includes(made.data["nkey.seed"] ?? seed));
    }
    const { data } = await vault.ask("GET", "secret/data/handover/keys/Secret.in-vault");
    assert.ok(JSON.stringify(data).includes(made.data["nkey.seed"] ?? "-"));
  });

  test("shows its content in no output but the secret ones", async () => {
    const { key, outs } = await delivered("silent");
    const { location: _, ...shown } = key;
    const { contentHash: __, ...remembered } = outs;
    const value = textOf(await live("silent")).password ?? assert.fail();
    const base64 = Buffer.from(value).toString("base64");
    for (const text of [JSON.stringify(shown), JSON.stringify(remembered)])
      assert.ok(!text.includes(value) && !text.includes(base64));
    assert.ok(formatContent(JSON.parse((key.location as { material: string }).material) as never).includes(base64));
  });
});
