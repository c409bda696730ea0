import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse, parseDocument } from "yaml";
import { parsePlatform } from "../../config/parse.ts";
import type { VaultKeys } from "../../config/schema.ts";
import { until } from "../../tools/cluster/wait.ts";
import { execute } from "../engine/support/command.ts";
import { leaksIn } from "../engine/support/leaks.ts";
import { freshCopy, pulumi, type ProjectCopy } from "../engine/support/project-copy.ts";
import { filesOf } from "../engine/support/rendered.ts";
import { scratch } from "../engine/support/scratch.ts";
import { credentialsInVault, keysInVault } from "../engine/support/vault-copy.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { connectWith } from "./support/clients.ts";
import { placeIn, startController, type Controller } from "./support/external-secrets.ts";
import { secretContent, serverPods } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const AUDIENCE = "https://vault.fzymgc.house";
const issuer = generateKeyPairSync("ed25519");

let vault: TestVault;
let controller: Controller;
let copy: ProjectCopy;
let keys: VaultKeys;

describe("docs/vault.md takes a reader from an empty Vault to a running prod stack", () => {
  const cluster = clusterOfTheseTests({ volumes: 6 });
  const undo: (() => Promise<void>)[] = [];

  before(async () => {
    vault = await startVault();
    undo.push(() => vault.stop());
    controller = await startController(placeIn(cluster(), scratch));
    undo.push(() => controller.stop());
    copy = await readersCopy(cluster().kubeconfig);
    keys = adapt(copy, cluster().kubeconfig);
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test("its commands work, one after the other, as they stand", async (context) => {
    const started = Date.now();
    const { code, output } = await bash(commands().join("\n"), { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token });
    assert.equal(code, 0, `${output}\n${controller.logs()}\n${cluster().logs()}`);
    assert.match(output, /Published 2 bytes to "glass\.hello"/);
    context.diagnostic(`docs/vault.md took ${String(Math.round((Date.now() - started) / 1000))} s`);
  });

  test("the command that applies the manifests is the update's own output", async () => {
    const { stdout } = await pulumi(copy, ["stack", "output", "regions", "--json", "--stack", "prod"]);
    const regions = JSON.parse(stdout) as Record<string, { apply: string }>;
    assert.ok(commands().some((block) => block.trim() === regions["eu-east"]?.apply));
  });

  test("the servers run, with the routes' password from Vault", async () => {
    const pods = await serverPods(cluster(), "nats");
    assert.deepEqual(
      pods.map(({ name, isReady }) => ({ name, isReady })),
      ["nats-0", "nats-1", "nats-2"].map((name) => ({ name, isReady: true })),
    );
    const { "eu-east.routes": routes } = await keysInVault(vault, keys);
    assert.ok(routes !== undefined);
    const { "nats.conf": conf = "" } = await secretContent(cluster(), "nats", "nats-config");
    assert.ok(conf.includes(`:${routes.material}@nats-0.`), "nats.conf has the password");
    for (const { address } of pods) {
      const isJoined = async () => {
        const answer = await fetch(`http://${address}:8222/routez`);
        const { routes: joined = [] } = (await answer.json()) as { routes?: { remote_name: string }[] };
        return new Set(joined.map(({ remote_name: name }) => name)).size === 2;
      };
      await until(`${address} has routes to both others`, isJoined, { seconds: 60 });
    }
  });

  test("a workload's Secret connects it, and lets it do what its role says and nothing else", async (context) => {
    const connection = await connectWith(context, cluster(), "glass", "glass-nats-user");
    const heard = connection.subscribe("glass.>", { max: 1 });
    connection.publish("glass.hello", "hi");
    for await (const message of heard) assert.equal(message.string(), "hi");
    const denied = (async () => {
      for await (const status of connection.status()) if (status.type === "error") return status.error.message;
      return "";
    })();
    connection.publish("sensors.forged", "hi");
    assert.match(await denied, /Permissions Violation for Publish to "sensors\.forged"/);
  });

  test("what is rendered, and the state of both stacks, holds no secret", async () => {
    const files = { ...filesOf(copy), ...filesOf(copy, ".nats-platform") };
    const open = Object.entries(files).filter(([path]) => path !== ".nats-platform/passphrase");
    const places = open.map(([name, text]) => ({ name, text }));
    const exported = await pulumi(copy, ["stack", "export", "--show-secrets", "--stack", "prod"]);
    places.push({ name: "the opened state of prod", text: exported.stdout });
    const [minted, credentials, reviewer] = await Promise.all([
      keysInVault(vault, keys),
      credentialsInVault(vault, keys),
      secretContent(cluster(), "kube-system", "vault-reviewer"),
    ]);
    assert.ok(Object.keys(minted).length > 10 && Object.keys(credentials).length === 8);
    const secrets = [
      ...Object.entries(minted).map(([name, { material: text }]) => ({ name, text })),
      ...Object.entries(credentials).map(([name, { seed: text }]) => ({ name, text })),
      { name: "reviewer", text: reviewer.token ?? "" },
      { name: "admin", text: vault.token },
    ];
    assert.deepEqual(leaksIn(places, secrets), []);
    for (const region of ["eu-east", "us-west"]) {
      assert.ok(existsSync(join(copy.folder, "deploy", region)));
      assert.ok(!existsSync(join(copy.folder, "deploy", `${region}-secrets`)));
    }
  });

  test("CI signs in with its own token, and has nothing to change", async () => {
    const env = { VAULT_AUTH_ROLE: "nats-platform-minter", VAULT_AUTH_PATH: "github", VAULT_ID_TOKEN: ciToken() };
    const { code, output } = await bash("npm run up -- --stack prod --expect-no-changes", env);
    assert.equal(code, 0, output);
  });
});

/** The page's shell blocks, in order. */
function commands(): string[] {
  const page = readFileSync(new URL("../../docs/vault.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  assert.ok(blocks.length > 5);
  return blocks;
}

/** Runs a script in the copy as one shell session. */
function bash(script: string, env: NodeJS.ProcessEnv) {
  return execute("bash", ["-euo", "pipefail", "-c", script], { cwd: copy.folder, env: { ...copy.env, ...env } });
}

/** A clone of the project, with a kubectl that reaches the cluster. */
async function readersCopy(kubeconfig: string): Promise<ProjectCopy> {
  const { folder, env } = await freshCopy();
  const name = { GIT_AUTHOR_NAME: "reader", GIT_COMMITTER_NAME: "reader" };
  const address = { GIT_AUTHOR_EMAIL: "reader@example.com", GIT_COMMITTER_EMAIL: "reader@example.com" };
  const made = { folder, env: { ...env, ...name, ...address, HOME: scratch, KUBECONFIG: kubeconfig } };
  const { code, output } = await execute("git", ["init", "--quiet"], { cwd: folder, env: made.env });
  assert.equal(code, 0, output);
  return made;
}

/** What has to be otherwise here, and nothing else, in the files of the two stacks. */
function adapt({ folder }: ProjectCopy, kubeconfig: string): VaultKeys {
  const api = apiServer(kubeconfig);
  writeFileSync(join(folder, "eu-east.pem"), api.authorities);
  const platform = edit(folder, "prod", "platform", {
    "keys.address": vault.address,
    // The cluster has its own class of volumes, and two cores.
    "defaults.nats.jetstream.fileStore.storageClass": "standard",
    "defaults.nats.resolver.storageClass": "standard",
    "defaults.nats.resources": { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "2Gi" } },
    // Neither cert-manager nor the operators for monitoring are here: the page says what to leave out then.
    "regions.eu-east.nats": undefined,
    "regions.eu-east.mqttBridges": undefined,
    "defaults.monitoring": undefined,
    // Argo CD is not what this page is about.
    argocd: undefined,
  });
  edit(folder, "prod-vault", "vault", {
    // The cluster is none that holds Vault: Vault reaches it from outside.
    "clusters.eu-east": { host: api.server, caFile: "eu-east.pem", reviewer: "vaultReviewer" },
    // There is no network to fetch GitHub's keys from.
    "ci.discoveryUrl": undefined,
    "ci.publicKeys": [String(issuer.publicKey.export({ type: "spki", format: "pem" }))],
    "ci.algorithms": ["EdDSA"],
  });
  const { keys: found } = parsePlatform(platform);
  assert.ok(found.store === "vault");
  return found;
}

/** Sets values by their paths in a stack's file; undefined takes one out. Returns what stands there then. */
function edit(folder: string, stack: string, key: "platform" | "vault", changes: Record<string, unknown>): unknown {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const [path, value] of Object.entries(changes)) {
    const place = ["config", `nats-platform:${key}`, ...path.split(".")];
    assert.ok(document.hasIn(place) || document.hasIn(place.slice(0, -1)), `${file} has no ${path}`);
    if (value === undefined) document.deleteIn(place);
    else document.setIn(place, document.createNode(value));
  }
  const text = document.toString({ lineWidth: 0 });
  writeFileSync(file, text);
  return (parse(text) as { config: Record<string, unknown> }).config[`nats-platform:${key}`];
}

function apiServer(kubeconfig: string): { server: string; authorities: string } {
  const { clusters } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
  };
  const { server, "certificate-authority-data": authorities } = clusters[0].cluster;
  return { server, authorities: Buffer.from(authorities, "base64").toString() };
}

/** A token as GitHub gives it to a job on the main branch. */
function ciToken(): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    sub: "repo:fzymgc-house/nats-platform:ref:refs/heads/main",
    aud: AUDIENCE,
    repository: "fzymgc-house/nats-platform",
    ref: "refs/heads/main",
    iat: now,
    nbf: now,
    exp: now + 600,
  };
  const signed = `${part({ alg: "EdDSA", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), issuer.privateKey).toString("base64url")}`;
}
