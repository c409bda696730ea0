import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import { readersOf } from "../../../components/vault/readers.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { parseCreds } from "../../../nats/creds.ts";
import { verifyJwt } from "../../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, type Seed } from "../../../nats/nkeys.ts";
import { appliedRegion, glassPlatform, glassSecrets, vaultKeys } from "../../support/glass.ts";
import { manifestsOf, runProgram, type Registration } from "../../support/program.ts";

const labels = {
  "app.kubernetes.io/managed-by": "nats-platform",
  "nats-platform/generated": "true",
  "nats-platform/platform": "acme",
};

interface Rendered {
  readonly metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  readonly data: Record<string, string>;
  readonly immutable?: boolean;
}

/** The manifests of a kind by their names; values of Secrets as text. */
function rendered(registrations: readonly Registration[], kind: string): Record<string, Rendered> {
  const manifests = manifestsOf(registrations).filter(({ manifest }) => manifest.kind === kind);
  const entries = manifests.map(({ manifest }) => {
    const found = manifest as unknown as Rendered;
    const plain = kind !== "Secret" || (found.data as object | undefined) === undefined;
    const data = plain
      ? found.data
      : Object.fromEntries(Object.entries(found.data).map(([name, value]) => [name, text(value)]));
    return [found.metadata.name, { ...found, data }] as const;
  });
  return Object.fromEntries(entries);
}

function text(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}

function withEntry(family: string, name: string, entry: object): Record<string, unknown> {
  const secrets = glassSecrets() as Record<string, Record<string, object>>;
  const entries = secrets[family] ?? {};
  return glassPlatform({ secrets: { ...secrets, [family]: { ...entries, [name]: { ...entries[name], ...entry } } } });
}

/** The keys that a run mints for generated Secrets. */
function keysOf(registrations: readonly Registration[]): string[] {
  return registrations
    .filter(({ type, name }) => type.endsWith("nats:Key") && name.startsWith("Secret."))
    .map(({ name }) => name)
    .sort();
}

describe("with keys in the state and a region that is rendered", () => {
  test("each entry is a Secret in its namespace, and all of them carry the same labels", async () => {
    const secrets = rendered(await runProgram({ stack: "glass", platform: glassPlatform() }), "Secret");
    const names = ["center-token", "jwt-mint-auth", "jwt-mint-nkey", "nats-policy-auth", "nats-user-nkey"];
    const generated = Object.values(secrets).filter(({ metadata }) => metadata.namespace === "glass");
    assert.deepEqual(
      generated.map(({ metadata }) => metadata.name).sort(),
      names.map((name) => `glass-${name}`),
    );
    for (const { metadata } of generated) assert.deepEqual(metadata.labels, labels);
  });

  test("an nkey's Secret has the key pair, a password's the password, and the token is signed by the nkey", async () => {
    const secrets = rendered(await runProgram({ stack: "glass", platform: glassPlatform() }), "Secret");
    const { publicKey, seed } = secrets["glass-jwt-mint-nkey"]?.data ?? {};
    assert.equal(publicKey, publicKeyOf(seed as Seed));
    assert.match(secrets["glass-nats-policy-auth"]?.data.password ?? "", /^[A-Za-z0-9]{32}$/);
    const { claims } = verifyJwt(secrets["glass-jwt-mint-auth"]?.data.token ?? "");
    assert.equal(claims.iss, publicKey);
    assert.deepEqual(claims.nats, { robot_type: "service", type: "robot", version: 2 });
  });

  test("an application verifies its token with the key set that lies beside it", async () => {
    const run = await runProgram({ stack: "glass", platform: glassPlatform() });
    const token = rendered(run, "Secret")["glass-center-token"]?.data.token ?? "";
    const keySet = rendered(run, "ConfigMap")["glass-jwt-mint-nkey-jwks"];
    assert.equal(keySet?.metadata.namespace, "glass");
    const keys = createLocalJWKSet(JSON.parse(keySet.data["jwks.json"] ?? "") as { keys: [] });
    const { payload } = await jwtVerify(token, keys, { issuer: "https://mint.example", audience: "glass-center" });
    assert.equal(payload.sub, "robot:center");
    assert.deepEqual(payload["nats-platform"], { token_type: "robot" });
  });

  test("a key set has the next key before anything is signed with it, and the last one after", async () => {
    const kids = async (rotation: number) => {
      const platform = withEntry("natsNKeys", "jwtMint", { rotation });
      const run = await runProgram({ stack: "glass", platform, fixed: true });
      const content = rendered(run, "ConfigMap")["glass-jwt-mint-nkey-jwks"]?.data["jwks.json"] ?? "";
      return (JSON.parse(content) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const [before, after, later] = [await kids(0), await kids(1), await kids(2)];
    assert.deepEqual([before.length, after.length, later.length], [2, 3, 3]);
    assert.equal(before[1], after[0], "the key that a rotation brings was known before");
    assert.equal(before[0], after[2], "tokens of the last key are still verified");
    assert.ok(!later.includes(before[0] ?? ""), "two rotations later the first key is out");
  });

  test("an nkey that is given has no next key, and one of kind user is asked of what signs for applications", async () => {
    const platform = withEntry("natsNKeys", "jwtMint", { generate: false, seedFrom: "mint" });
    const secretConfig = { mint: encodeSeed("user", new Uint8Array(32).fill(5)) };
    const run = await runProgram({ stack: "glass", platform, secretConfig });
    assert.deepEqual(
      keysOf(run).filter((name) => name.includes("mint-nkey")),
      ["Secret.glass-jwt-mint-nkey"],
    );
    const kindOf = (name: string) =>
      (run.find((it) => it.name === name)?.inputs.content as { recipe: { kind?: string } }).recipe.kind;
    assert.equal(kindOf("Secret.glass-jwt-mint-nkey"), "user");
    assert.equal(kindOf("Secret.glass-nats-user-nkey"), undefined);
  });

  test("a token that is given can be given another time in a stack that never had the first one", async () => {
    const natsJwtAuth = { robot: { secretName: "robot", tokenFrom: "robot", rotation: 1 } };
    const platform = glassPlatform({ secrets: glassSecrets({ natsJwtAuth }) });
    const run = await runProgram({ stack: "glass", platform, secretConfig: { robot: "e30.e30.x" } });
    assert.deepEqual(rendered(run, "Secret").robot?.data, { token: "e30.e30.x" });
  });

  test("a rotation makes another key and keeps the old one", async () => {
    const first = await runProgram({ stack: "glass", platform: glassPlatform(), fixed: true });
    const platform = withEntry("natsAuth", "policy", { rotation: 1 });
    const second = await runProgram({ stack: "glass", platform, fixed: true });
    assert.deepEqual(
      keysOf(second).filter((name) => !keysOf(first).includes(name)),
      ["Secret.glass-nats-policy-auth.r1"],
    );
    assert.ok(keysOf(second).includes("Secret.glass-nats-policy-auth"));
    const [one, other] = [first, second].map((run) => rendered(run, "Secret")["glass-nats-policy-auth"]);
    assert.notEqual(one?.data.password, other?.data.password);
    assert.notEqual(
      one?.metadata.annotations["nats-platform/checksum"],
      other?.metadata.annotations["nats-platform/checksum"],
    );
  });

  test("a checksum stays while content stays, and holds nothing of it", async () => {
    const runs = [await runProgram({ stack: "glass", platform: glassPlatform(), fixed: true })];
    runs.push(
      await runProgram({
        stack: "glass",
        platform: withEntry("natsAuth", "other", { secretName: "other", generate: true }),
        fixed: true,
      }),
    );
    const [first, second] = runs.map((run) => rendered(run, "Secret"));
    for (const [name, secret] of Object.entries(first ?? {})) assert.deepEqual(secret, second?.[name], name);
  });

  test("a token is signed anew when its window ends, and nothing else changes then", async (context) => {
    const second = 1_800_000_000;
    const at = async (now: number) => {
      context.mock.timers.enable({ apis: ["Date"], now: now * 1000 });
      const secrets = rendered(await runProgram({ stack: "glass", platform: glassPlatform(), fixed: true }), "Secret");
      context.mock.timers.reset();
      return Object.fromEntries(Object.entries(secrets).filter(([, { metadata }]) => metadata.namespace === "glass"));
    };
    const windowSeconds = 60 * 86_400;
    const end = Math.floor(second / windowSeconds) * windowSeconds + windowSeconds;
    const [first, last, next] = [await at(second), await at(end - 1), await at(end)];
    assert.deepEqual(first, last);
    const changed = Object.keys(first).filter((name) => JSON.stringify(first[name]) !== JSON.stringify(next[name]));
    assert.deepEqual(changed, ["glass-center-token"]);
  });

  test("a password can be given, with a user name and the hash that a server takes", async () => {
    const entry = { generate: false, passwordFrom: "policyPassword", username: "policy", bcrypt: true };
    const run = await runProgram({
      stack: "glass",
      platform: withEntry("natsAuth", "policy", entry),
      secretConfig: { policyPassword: "correct horse" },
    });
    const { data } = rendered(run, "Secret")["glass-nats-policy-auth"] ?? assert.fail();
    assert.equal(data.password, "correct horse");
    assert.equal(data.username, "policy");
    assert.match(data.passwordHash ?? "", /^\$2b\$11\$/);
  });

  test("a robot that talks to NATS is a user by its role's key, with its claims as tags", async () => {
    const secrets = glassSecrets({
      natsJwtAuth: {
        worker: {
          ...{
            secretName: "glass-worker-nats",
            generate: true,
            format: "nats",
            overwrite: true,
            account: "SERVICES",
            role: "robot",
          },
          claims: ["robot_type:worker"],
        },
      },
    });
    const roles = { robot: { publish: ["robots.>"] } };
    const accounts = { SERVICES: { roles, allow: [{ region: "eu", namespaces: ["glass"] }] } };
    const run = await runProgram({ stack: "glass", platform: glassPlatform({ secrets, accounts }) });
    const { stringData } = rendered(run, "Secret")["glass-worker-nats"] as unknown as {
      stringData: Record<string, string>;
    };
    const { claims } = verifyJwt(parseCreds(stringData["nats.creds"] ?? "").jwt);
    assert.equal(claims.name, "worker");
    assert.deepEqual(claims.nats?.tags, ["robot_type:worker"]);
    const role = run.find(({ name }) => name === "account.SERVICES.role.robot");
    assert.ok(role);
    assert.ok(!keysOf(run).some((name) => name.includes("worker")));
  });

  test("an entry that is not enabled is nothing at all", async () => {
    const run = await runProgram({ stack: "glass", platform: withEntry("natsAuth", "policy", { enabled: false }) });
    assert.equal(rendered(run, "Secret")["glass-nats-policy-auth"], undefined);
    assert.ok(!keysOf(run).includes("Secret.glass-nats-policy-auth"));
  });

  test("one entry goes to several namespaces and regions, with the same content", async () => {
    const deliver = [
      { region: "eu", namespace: "glass" },
      { region: "eu", namespace: "audit" },
      { region: "us", namespace: "glass" },
    ];
    const regions = { eu: { target: { render: "deploy/eu" } }, us: { target: { render: "deploy/us" } } };
    const secrets = { deliver, natsAuth: { policy: { secretName: "shared", generate: true } } };
    const run = await runProgram({ stack: "glass", platform: glassPlatform({ secrets, regions }) });
    const files = manifestsOf(run).filter(({ manifest }) => manifest.metadata.name === "shared");
    assert.deepEqual(files.map(({ path }) => path).sort(), [
      "deploy/eu-secrets/secret.audit.shared.yaml",
      "deploy/eu-secrets/secret.glass.shared.yaml",
      "deploy/us-secrets/secret.glass.shared.yaml",
    ]);
    const contents = files.map(({ manifest }) => JSON.stringify((manifest as unknown as Rendered).data));
    assert.equal(new Set(contents).size, 1);
  });
});

describe("in a region that is applied", () => {
  test("a Secret looks for one that is there, and no Secret of Kubernetes' provider is made of it", async () => {
    const run = await runProgram({ stack: "glass", platform: glassPlatform({ regions: appliedRegion }), fixed: true });
    const secrets = run.filter(({ type }) => type === "pulumi-nodejs:dynamic/cluster:Secret");
    assert.equal(secrets.length, 5);
    const { inputs, secrets: marked } =
      secrets.find(({ inputs }) => inputs.name === "glass-jwt-mint-nkey") ?? assert.fail();
    assert.deepEqual(inputs.cluster, { context: "eu", clusterIdentifier: "eu-1", kubeconfig: "/none" });
    assert.deepEqual(inputs.marks, labels);
    assert.equal(inputs.overwrite, false);
    assert.ok(
      marked.some((path) => path.startsWith("source")),
      marked.join(),
    );
    const key = run.find(({ name }) => name === "Secret.glass-jwt-mint-nkey");
    const { existing } = key?.inputs.content as { existing: object[] };
    assert.deepEqual(existing, [{ cluster: inputs.cluster, namespace: "glass", name: "glass-jwt-mint-nkey" }]);
  });

  test("what is in the cluster counts for the first key of an entry alone, and not where ours is to take its place", async () => {
    const platform = (entry: object) => ({ ...withEntry("natsAuth", "policy", entry), regions: appliedRegion });
    const rotated = await runProgram({ stack: "glass", platform: platform({ rotation: 1 }), fixed: true });
    const looks = (name: string, run: readonly Registration[]) =>
      "existing" in (run.find((it) => it.name === name)?.inputs.content as object);
    assert.equal(looks("Secret.glass-nats-policy-auth", rotated), true);
    assert.equal(looks("Secret.glass-nats-policy-auth.r1", rotated), false);
    const taken = await runProgram({ stack: "glass", platform: platform({ overwrite: true }), fixed: true });
    assert.equal(looks("Secret.glass-nats-policy-auth", taken), false);
  });
});

describe("with keys in Vault", () => {
  test("a region that is rendered gets External Secrets, and no value is in what is rendered", async () => {
    const run = await runProgram({ stack: "glass", platform: glassPlatform({ keys: vaultKeys }), fixed: true });
    assert.deepEqual(Object.keys(rendered(run, "Secret")), []);
    const documents = run.filter(({ type }) => type === "pulumi-nodejs:dynamic/vault:Secret");
    assert.deepEqual(
      documents.map(({ inputs }) => (inputs.place as { path: string }).path).sort(),
      ["center-token", "jwt-mint-auth", "jwt-mint-nkey", "nats-policy-auth", "nats-user-nkey"].map(
        (name) => `nats/creds/eu/glass/glass-${name}`,
      ),
    );
    const external = rendered(run, "ExternalSecret")["glass-jwt-mint-nkey"] as unknown as {
      spec: { target: { template: { metadata: { labels: object } } } };
    };
    assert.deepEqual(external.spec.target.template.metadata.labels, labels);
  });

  test("a namespace may read its Secrets from Vault where External Secrets brings them, and not where Pulumi writes them", () => {
    const namespaces = (regions: object) =>
      readersOf(parsePlatform(glassPlatform({ keys: vaultKeys, regions }))).map(({ namespace }) => namespace);
    assert.deepEqual(namespaces({ eu: { target: { render: "deploy/eu" } } }), ["nats", "glass"]);
    assert.deepEqual(namespaces(appliedRegion), ["nats"]);
  });

  test("a cluster that Pulumi reaches is written to by the provider, which reads the key where it is", async () => {
    const platform = glassPlatform({ keys: vaultKeys, regions: appliedRegion });
    const run = await runProgram({ stack: "glass", platform, fixed: true });
    const secret = run.find(({ type }) => type === "pulumi-nodejs:dynamic/cluster:Secret");
    const { content } = secret?.inputs.source as { content: { location: { store: string; path: string } } };
    assert.equal(content.location.store, "vault");
    assert.ok(!run.some(({ type }) => type === "pulumi-nodejs:dynamic/vault:Secret"));
  });
});
