import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { createServer, request as ask, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { stringify } from "yaml";
import { makeAuthority } from "../../tools/cluster/certificates.ts";
import { startVault, type Answer, type TestVault } from "../support/vault.ts";
import type { Finished } from "./support/command.ts";
import { freshCopy, npmPulumi, pulumi, type ProjectCopy } from "./support/project-copy.ts";
import { filesOf } from "./support/rendered.ts";
import { scratch } from "./support/scratch.ts";
import { nameOf, stateOf } from "./support/state.ts";

const issuer = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");
// The kubernetes login of Vault does not take EdDSA.
const accounts = generateKeyPairSync("rsa", { modulusLength: 2048 });
const now = Math.floor(Date.now() / 1000);

let vault: TestVault;
let cluster: Cluster;
let copy: ProjectCopy;

/** The set-up that most tests look at; each stack that changes it has a Vault path of its own, or changes it back. */
const setup = () => ({
  stack: "team",
  createMount: true,
  audit: { file: join(scratch, "audit.log") },
  ci: {
    publicKeys: [String(issuer.publicKey.export({ type: "spki", format: "pem" }))],
    algorithms: ["EdDSA"],
    issuer: "https://ci.example",
    audiences: ["vault"],
    claims: { repository: "team/platform", ref: ["refs/heads/main", "refs/heads/next"] },
    ttl: "5m",
  },
  rotators: { keys: ["account.IOT"], claims: { repository: "team/platform", environment: "rotation" }, ttl: "10m" },
  jobs: { east: { serviceAccount: "minter", namespace: "nats" } },
  clusters: { east: { host: cluster.address }, west: { host: cluster.address } },
});

const delivery = (region: string, namespace: string) => ({ region, namespace, secret: "orders-nats" });

function platform(deliver: readonly object[], access: object = {}) {
  return {
    operator: { name: "team" },
    keys: {
      store: "vault",
      address: vault.address,
      mount: "keys",
      path: "team/nats",
      transit: { mount: "nats-transit" },
      ...access,
    },
    accounts: { IOT: { users: { orders: { deliver } }, allow: [{ region: "*", namespaces: ["*"] }] } },
    regions: {
      east: { target: { render: "deploy/east" } },
      west: {
        target: { render: "deploy/west" },
        externalSecrets: { kind: "ClusterSecretStore", authMount: "kubernetes-west", serviceAccount: "eso" },
      },
    },
  };
}
const deliveries = () => [delivery("east", "orders"), delivery("west", "orders")];

before(async () => {
  vault = await startVault();
  cluster = await startCluster();
  const fresh = await freshCopy();
  copy = { ...fresh, env: { ...fresh.env, VAULT_TOKEN: vault.token, HOME: scratch } };
  configure("team", "platform", platform(deliveries()));
  assert.equal((await npmPulumi(copy, ["stack", "init", "team-vault"])).code, 0);
});
after(async () => {
  cluster.server.close();
  await vault.stop();
});

describe("a stack that sets up a Vault", () => {
  test("says what is wrong, in both files, before anything happens", async () => {
    configure("team-vault", "vault", { ...setup(), stack: "tam", clusters: { est: { host: "east" } } });
    const { code, output } = await run(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /stack: found "tam", but there is no file Pulumi\.tam\.yaml/);
    assert.match(output, /clusters\.est\.host: found "east", but an address/);
    assert.doesNotMatch(output, /at .*\.ts:\d+/);
  });

  test("warns when nothing writes an audit, and when that can't be told", async () => {
    configure("team-vault", "vault", { ...setup(), audit: undefined });
    const asked = await run(["preview"]);
    assert.equal(asked.code, 0, asked.output);
    assert.match(asked.output, /warning: The Vault at http:\S+ has no audit device: nobody will ever know/);

    const poor = { ...copy, env: { ...copy.env, VAULT_TOKEN: await vault.tokenWith(["default"]) } };
    const { output } = await run(["preview"], poor);
    assert.match(output, /warning: Whether the Vault at http:\S+ has an audit device can't be told: .*sys\/audit/);
  });

  test("is applied, and is then left alone, whatever else the environment says about Vault", async () => {
    configure("team-vault", "vault", setup());
    const { code, output } = await run(["up", "--yes"]);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /warning: (?!using pulumi-resource-vault from \$PATH)/);
    assert.deepEqual(await changes(), []);
    const refresh = await run(["refresh", "--yes", "--expect-no-changes"]);
    assert.equal(refresh.code, 0, refresh.output);
    const shell = {
      TERRAFORM_VAULT_MAX_TTL: "60",
      VAULT_MAX_RETRIES: "5",
      VAULT_SKIP_VERIFY: "true",
      VAULT_ADDR: "http://127.0.0.1:1",
    };
    assert.deepEqual(await changes({ ...copy, env: { ...copy.env, ...shell } }), []);
  });

  test("leaves no token in the state, the copy's files and the output", async () => {
    const state = await stateOf(copy, "team-vault");
    const exported = await run(["stack", "export", "--show-secrets"]);
    const preview = await run(["preview", "--diff", "--show-sames"]);
    const places = [exported.output, preview.output, ...Object.values(filesOf(copy, ".nats-platform"))];
    for (const text of places) assert.ok(!text.includes(vault.token));
    const provider = state.resources.find(({ type }) => type === "pulumi:providers:vault");
    assert.equal(provider?.inputs.address, vault.address);
    assert.ok(!("token" in provider.inputs) && !("token" in provider.outputs));
  });

  test("gives the mount versions, no expiry, and an audit", async () => {
    const { data } = await vault.must("GET", "keys/config");
    assert.deepEqual([data.max_versions, data.cas_required, data.delete_version_after], [20, false, "0s"]);
    await vault.ask("GET", "keys/data/seen-in-the-audit");
    assert.match(readFileSync(join(scratch, "audit.log"), "utf8"), /seen-in-the-audit/);
  });

  test("lets CI in, which then may what the minter may, for as long as it was given", async () => {
    const { token, seconds, policies } = await login("jwt", "nats-platform-minter", ciToken());
    assert.deepEqual(policies, ["default", "nats-platform-minter"]);
    assert.equal(seconds, 300);
    const write = (path: string, cas: number) =>
      vault.ask("POST", `keys/data/${path}`, { data: { kind: "account" }, options: { cas } }, token);
    assert.equal((await write("team/nats/keys/account.CI", 0)).status, 200);
    assert.equal((await write("team/nats/keys/account.CI", 1)).status, 403);
    assert.equal((await write("other/nats/keys/account.CI", 0)).status, 403);
    const made = await vault.ask("POST", "nats-transit/keys/operator.signing-1", { type: "ed25519" }, token);
    assert.equal(made.status, 200, made.errors.join());
    assert.equal((await vault.ask("DELETE", "keys/metadata/team/nats/keys/account.CI", undefined, token)).status, 403);
    assert.equal((await vault.ask("GET", "sys/policies/acl/nats-platform-minter", undefined, token)).status, 403);
    const renewed = await vault.ask("POST", "auth/token/renew-self", { increment: "24h" }, token);
    assert.ok((renewed.body.auth as { lease_duration: number }).lease_duration <= 300);
    await login("jwt", "nats-platform-minter", ciToken({ ref: "refs/heads/next" }));
  });

  test("lets in nobody whose token is another's, for another, or not signed by the issuer", async () => {
    const wrong = {
      "another repository": ciToken({ repository: "team/other" }),
      "another branch": ciToken({ ref: "refs/heads/else" }),
      "both values of a claim": ciToken({ ref: "refs/heads/main,refs/heads/next" }),
      "no repository": ciToken({ repository: undefined }),
      "another audience": ciToken({ aud: "other" }),
      "another issuer": ciToken({ iss: "https://other.example" }),
      "an expired one": ciToken({ iat: now - 7200, nbf: now - 7200, exp: now - 3600 }),
      "a stranger's signature": ciToken({}, stranger.privateKey),
    };
    for (const [what, jwt] of Object.entries(wrong)) {
      const { status } = await vault.ask("POST", "auth/jwt/login", { role: "nats-platform-minter", jwt }, "");
      assert.equal(status, 400, what);
    }
    const { status } = await vault.ask("POST", "auth/jwt/login", { role: "nats-platform-rotator", jwt: ciToken() }, "");
    assert.equal(status, 400, "CI outside the rotation's environment");
  });

  test("lets the rotator replace the key that is named, for ten minutes in all", async () => {
    await vault.must("POST", "keys/data/team/nats/keys/account.IOT", { data: { kind: "account" } });
    const rotation = ciToken({ environment: "rotation" });
    const { token, policies } = await login("jwt", "nats-platform-rotator", rotation);
    assert.deepEqual(policies, ["default", "nats-platform-rotator"]);
    const replace = (key: string) =>
      vault.ask("POST", `keys/data/team/nats/keys/${key}`, { data: { kind: "account" } }, token);
    assert.equal((await replace("account.IOT")).status, 200);
    assert.equal((await replace("account.CI")).status, 403);
    const { data } = await vault.ask("GET", "auth/token/lookup-self", undefined, token);
    assert.equal(data.explicit_max_ttl, 600);
  });

  test("lets External Secrets read what is its namespace's, as that namespace's service account", async () => {
    const place = (path: string) => `keys/data/team/nats/creds/${path}/orders-nats`;
    for (const path of ["east/orders", "east/nats", "west/orders"]) {
      await vault.must("POST", place(path), { data: { URLS: path } });
    }
    const reads = async (token: string, path: string) => (await vault.ask("GET", place(path), undefined, token)).status;

    const orders = await login("kubernetes", "nats-platform-orders", cluster.token("orders", "nats-vault"));
    assert.deepEqual(orders.policies, ["default", "nats-platform.east.orders"]);
    assert.deepEqual(
      [
        await reads(orders.token, "east/orders"),
        await reads(orders.token, "east/nats"),
        await reads(orders.token, "west/orders"),
      ],
      [200, 403, 403],
    );
    const store = await login("kubernetes-west", "nats-platform.region", cluster.token("external-secrets", "eso"));
    assert.deepEqual([await reads(store.token, "west/orders"), await reads(store.token, "east/orders")], [200, 403]);
    const jobs = await login("kubernetes", "nats-platform.minter", cluster.token("nats", "minter"));
    assert.deepEqual(jobs.policies, ["default", "nats-platform-minter"]);

    const wrong: [string, string, string][] = [
      ["kubernetes", "nats-platform-orders", cluster.token("nats", "nats-vault")],
      ["kubernetes", "nats-platform-orders", cluster.token("orders", "default")],
      ["kubernetes", "nats-platform-orders", cluster.token("orders", "nats-vault", "other")],
      ["kubernetes", "nats-platform.minter", cluster.token("orders", "minter")],
      ["kubernetes-west", "nats-platform.region", cluster.token("orders", "eso")],
    ];
    for (const [mount, role, jwt] of wrong) {
      const { status, errors } = await vault.ask("POST", `auth/${mount}/login`, { role, jwt }, "");
      assert.equal(status, 403, `${role}: ${errors.join()}`);
    }
  });

  test("follows the platform: a delivery into another namespace is one policy and one role", async () => {
    configure(
      "team",
      "platform",
      platform([...deliveries(), delivery("east", "billing"), delivery("west", "billing")]),
    );
    assert.deepEqual(await changes(), [
      "create vault.policy.nats-platform.east.billing",
      "create vault.role.kubernetes.nats-platform-billing",
    ]);
    configure("team", "platform", platform(deliveries()));
  });

  test("takes the rotator's right away when it is no longer configured", async () => {
    configure("team-vault", "vault", { ...setup(), rotators: undefined });
    const { code, output } = await run(["up", "--yes"]);
    assert.equal(code, 0, output);
    assert.equal((await vault.ask("GET", "sys/policies/acl/nats-platform-rotator")).status, 404);
    const jwt = ciToken({ environment: "rotation" });
    assert.equal((await vault.ask("POST", "auth/jwt/login", { role: "nats-platform-rotator", jwt }, "")).status, 400);
  });

  test("lets Vault fetch the issuer's keys, and is left alone then too", async () => {
    const { publicKeys, algorithms, issuer: other, ...ci } = setup().ci;
    configure("team-vault", "vault", { ...setup(), ci: { ...ci, discoveryUrl: cluster.address } });
    const { code, output } = await run(["up", "--yes"]);
    assert.equal(code, 0, output);
    assert.deepEqual(await changes(), []);
    const { policies } = await login(
      "jwt",
      "nats-platform-minter",
      ciToken({ iss: cluster.address }, accounts.privateKey),
    );
    assert.deepEqual(policies, ["default", "nats-platform-minter"]);
    for (const jwt of [
      ciToken({}, accounts.privateKey),
      ciToken({ iss: cluster.address }),
      String(publicKeys),
      other,
      algorithms.join(),
    ]) {
      assert.equal((await vault.ask("POST", "auth/jwt/login", { role: "nats-platform-minter", jwt }, "")).status, 400);
    }
  });

  test("speaks to a Vault whose certificate is signed by the authority that keys.caFile names, and by no other", async (t) => {
    const folder = join(scratch, "certificates");
    mkdirSync(folder);
    const authority = await makeAuthority(folder);
    const { address, server } = await startTlsFront(
      vault.address,
      await authority.issue("vault", "vault", "vault", ["127.0.0.1"]),
    );
    t.after(() => server.close());
    t.after(() => {
      configure("team", "platform", platform(deliveries()));
    });
    copyFileSync(authority.certificate, join(copy.folder, "vault-ca.pem"));
    configure("team", "platform", platform(deliveries(), { address, caFile: "vault-ca.pem" }));
    configure("team-vault", "vault", { ...setup(), audit: undefined });
    const asked = await run(["preview", "--refresh"]);
    assert.equal(asked.code, 0, asked.output);
    assert.doesNotMatch(asked.output, /warning: (?:The Vault|Whether)/);
    configure("team-vault", "vault", setup());
    const { code, output } = await run(["up", "--yes", "--refresh"]);
    assert.equal(code, 0, output);
    const { resources } = await stateOf(copy, "team-vault");
    const provider = resources.find(({ type }) => type === "pulumi:providers:vault");
    assert.equal(
      provider?.inputs.caCertFile,
      "vault-ca.pem",
      "a path of this machine's would be a change on the next one",
    );

    // Something to write: a provider that has nothing to do speaks to nobody.
    configure("team", "platform", platform([...deliveries(), delivery("east", "billing")], { address }));
    const wrong = await run(["up", "--yes"]);
    assert.notEqual(wrong.code, 0, wrong.output);
    assert.match(wrong.output, /certificate/);
  });

  test("does not take a mount away: every key would go with it", async () => {
    configure("team-vault", "vault", { ...setup(), createMount: false });
    const { code, output } = await run(["up", "--yes"]);
    assert.notEqual(code, 0);
    assert.match(output, /vault\.kv.*protected|protected.*vault\.kv/s);
    assert.equal((await vault.ask("GET", "keys/data/team/nats/keys/account.CI")).status, 200);
    const { resources } = await stateOf(copy, "team-vault");
    const kept = resources.filter(({ protect }) => protect === true).map(({ urn }) => nameOf(urn));
    assert.deepEqual(kept.sort(), ["vault.kv", "vault.transit"]);
  });
});

/** Writes a stack's file. */
function configure(stack: string, key: "platform" | "vault", value: object): void {
  const file = join(copy.folder, `Pulumi.${stack}.yaml`);
  const written = JSON.parse(JSON.stringify({ config: { [`nats-platform:${key}`]: value } })) as object;
  writeFileSync(file, `${salt(file)}${stringify(written)}`);
}

/** What the engine itself keeps in the file: the salt of its secrets. */
function salt(file: string): string {
  try {
    return /^encryptionsalt: .*\n/m.exec(readFileSync(file, "utf8"))?.[0] ?? "";
  } catch {
    return "";
  }
}

function run(args: readonly string[], where: ProjectCopy = copy): Promise<Finished> {
  return pulumi(where, [...args, "--stack", "team-vault"]);
}

async function changes(where: ProjectCopy = copy): Promise<string[]> {
  const { code, stdout, output } = await run(["preview", "--json"], where);
  assert.equal(code, 0, output);
  const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
  return steps
    .filter(({ op }) => op !== "same")
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

async function login(mount: string, role: string, jwt: string) {
  const answer: Answer = await vault.ask("POST", `auth/${mount}/login`, { role, jwt }, "");
  assert.equal(answer.status, 200, answer.errors.join());
  const auth = answer.body.auth as { client_token: string; lease_duration: number; policies: string[] };
  return { token: auth.client_token, seconds: auth.lease_duration, policies: auth.policies };
}

/** A token as CI's provider makes them. */
function ciToken(claims: object = {}, key: KeyObject = issuer.privateKey): string {
  return jwtOf(
    {
      iss: "https://ci.example",
      sub: "repo:team/platform:ref:refs/heads/main",
      aud: "vault",
      repository: "team/platform",
      ref: "refs/heads/main",
      iat: now,
      nbf: now,
      exp: now + 3600,
      ...claims,
    },
    key,
  );
}

function jwtOf(claims: object, key: KeyObject): string {
  const isRsa = key.asymmetricKeyType === "rsa";
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: isRsa ? "RS256" : "EdDSA", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign(isRsa ? "sha256" : null, Buffer.from(signed), key).toString("base64url")}`;
}

/** What of a cluster a login needs: tokens of service accounts, the review of them, and as an issuer its keys. */
interface Cluster {
  readonly address: string;
  readonly server: Server;
  token(namespace: string, serviceAccount: string, audience?: string): string;
}

async function startCluster(): Promise<Cluster> {
  let address = "";
  const server = createServer((request, response) => {
    const found = {
      issuer: address,
      jwks_uri: `${address}/keys`,
      authorization_endpoint: address,
      token_endpoint: address,
    };
    const documents: Record<string, object> = {
      "/.well-known/openid-configuration": {
        ...found,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      },
      "/keys": { keys: [{ ...accounts.publicKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
    };
    response.setHeader("Content-Type", "application/json");
    const document = documents[request.url ?? ""];
    if (document !== undefined) {
      response.end(JSON.stringify(document));
      return;
    }
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { spec } = JSON.parse(body) as { spec: { token: string; audiences?: string[] } };
      const claims = JSON.parse(Buffer.from(spec.token.split(".")[1] ?? "", "base64url").toString()) as {
        sub: string;
        aud: string[];
      };
      const audiences = claims.aud.filter((audience) => spec.audiences?.includes(audience) ?? true);
      const user = { username: claims.sub, uid: `uid-of-${claims.sub}`, groups: ["system:serviceaccounts"] };
      const status = audiences.length > 0 ? { authenticated: true, user, audiences } : { error: "invalid audience" };
      response.end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  return {
    address,
    server,
    token: (namespace, serviceAccount, audience = "vault") => {
      const sub = `system:serviceaccount:${namespace}:${serviceAccount}`;
      const inside = { namespace, serviceaccount: { name: serviceAccount, uid: `uid-of-${sub}` } };
      const common = { iss: "https://kubernetes.default.svc", iat: now, nbf: now, exp: now + 3600 };
      return jwtOf({ ...common, sub, aud: [audience], "kubernetes.io": inside }, accounts.privateKey);
    },
  };
}

/** TLS before a server that speaks plain HTTP. */
async function startTlsFront(behind: string, files: { certificate: string; key: string }) {
  const server = createTlsServer(
    { cert: readFileSync(files.certificate), key: readFileSync(files.key) },
    (incoming, outgoing) => {
      const { method = "GET", url = "/", headers } = incoming;
      const passed = ask(`${behind}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(passed);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `https://127.0.0.1:${port}`, server };
}
