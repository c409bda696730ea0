import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import {
  credentialExternalSecret,
  documentExternalSecret,
  natsCredentials,
  placeholder,
  pushSecret,
  storeObjects,
  template,
  templatedExternalSecret,
  trustDocument,
  type SecretSource,
} from "../../components/external-secrets/index.ts";
import { CHECKSUM_ANNOTATION } from "../../components/credentials/checksum.ts";
import type { Delivery } from "../../components/credentials/delivery.ts";
import { marksOf } from "../../components/generated/marks.ts";
import { kinds, type Kind } from "../../components/target/kinds.ts";
import type { ManifestArgs } from "../../components/target/index.ts";
import { readerPolicyName, regionReaderPolicyName } from "../../components/vault/names.ts";
import { readerPolicy, regionReaderPolicy } from "../../components/vault/policies.ts";
import { readerRoles, type KubernetesRole } from "../../components/vault/roles.ts";
import { parsePlatform } from "../../config/parse.ts";
import type { ExternalSecretsSettings, VaultKeys } from "../../config/schema.ts";
import { serverConf } from "../../nats/conf/server.ts";
import { parseCreds } from "../../nats/creds.ts";
import { textOfData } from "../../providers/content/content.ts";
import { mintContent } from "../../providers/content/recipe.ts";
import { credentialPath, keyPath, pushedPath, trustPath } from "../../providers/vault/paths.ts";
import { until } from "../../tools/cluster/wait.ts";
import type { TestVault } from "../support/vault.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { forceRound, observe, refresh, startController, type Controller } from "./support/external-secrets.ts";
import { startTrustedServer, type TrustedServer } from "./support/trusted-server.ts";
import { mountLogin, startTlsVault } from "./support/vault-login.ts";

const REGION = "eu-east";
const NAMESPACES = ["nats", "orders", "billing"];
const orders: Delivery = {
  account: "SERVICES",
  user: "orders",
  namespace: "orders",
  secret: "orders-nats",
  format: "creds",
  immutable: false,
};
const checksum = "a".repeat(64);

/** Every test goes on where the one before it ended. */
describe("External Secrets brings from Vault what a region's namespaces may have", () => {
  const undo: (() => Promise<void>)[] = [];
  let plane: ControlPlane;
  let vault: TestVault;
  let controller: Controller;
  let server: TrustedServer;
  let source: SecretSource;

  before(async () => {
    plane = await startControlPlane();
    undo.push(() => plane.stop());
    server = await startTrustedServer(join(plane.folder, "nats"));
    undo.push(() => server.stop());
    vault = await startTlsVault(plane);
    undo.push(() => vault.stop());
    source = sourceOf(vault.address, {});
    for (const name of [...NAMESPACES, "strangers", source.settings.storeNamespace])
      await plane.kubectl("create", "namespace", name);
    await mountLogin(vault, plane, source.settings.authMount, source.settings.storeNamespace);
    await setPolicies();
    for (const role of rolesOf(source, NAMESPACES)) await bindRole(role);
    controller = await startController(plane);
    undo.push(() => controller.stop());
    await applyStores(source, NAMESPACES);
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test("credentials in Vault become the Secret with which a workload connects", async (context) => {
    await writeCreds(server.credsOf("orders"));
    await apply("ExternalSecret", credentialExternalSecret(source, orders, checksum));
    const { metadata, content } = await secretOf("orders", "orders-nats");
    assert.deepEqual(content, {
      "nats.creds": server.credsOf("orders"),
      URLS: server.url,
      ACCOUNT_NAME: "SERVICES",
    });
    assert.equal(metadata.labels["nats-platform/account"], "SERVICES");
    assert.equal(metadata.labels["nats-platform/user"], "orders");
    assert.equal(metadata.labels["app.kubernetes.io/managed-by"], "nats-platform");
    assert.equal(metadata.annotations["nats-platform/checksum"], checksum);
    const connection = await connectWith(context, content);
    await connection.flush();
  });

  test("new credentials in Vault arrive with a refresh, and connect as a new user", async (context) => {
    const { content: old } = await secretOf("orders", "orders-nats");
    await writeCreds(server.credsOf("orders", 1));
    await refresh(plane, "externalsecret", "orders-nats", "orders");
    const { content } = await secretOf("orders", "orders-nats");
    assert.equal(content["nats.creds"], server.credsOf("orders", 1));
    assert.notEqual(seedIn(content), seedIn(old));
    await (await connectWith(context, content)).flush();
  });

  test("the controller leaves what was written as it was written", async () => {
    const { spec } = await observe(plane, "externalsecret", "orders-nats", "orders");
    assert.deepEqual(spec, credentialExternalSecret(source, orders, checksum).spec);
    const { secretStores } = stores(source, ["orders"]);
    assert.deepEqual((await observe(plane, "secretstore", "nats-vault", "orders")).spec, secretStores[0]?.spec);
  });

  test("what is generated arrives as the provider wrote it, with the labels by which all of it is found", async () => {
    const { data } = await mintContent({ type: "nkey", kind: "user" }, undefined);
    await write(
      credentialPath(source.keys.path, { region: REGION, namespace: "orders", secret: "mint" }),
      textOfData(data),
    );
    const secret = {
      namespace: "orders",
      name: "mint",
      labels: marksOf("acme"),
      annotations: { [CHECKSUM_ANNOTATION]: checksum },
    };
    await apply("ExternalSecret", documentExternalSecret(source, secret));
    const { content, metadata } = await secretOf("orders", "mint");
    assert.deepEqual(content, textOfData(data));
    for (const [name, value] of Object.entries(marksOf("acme"))) assert.equal(metadata.labels[name], value);
    assert.equal(metadata.annotations[CHECKSUM_ANNOTATION], checksum);
  });

  test("a namespace can't have what is another's: Vault refuses its store", async () => {
    const stolen = credentialExternalSecret(source, orders, checksum);
    stolen.metadata.namespace = "billing";
    await apply("ExternalSecret", stolen);
    await assertFails("billing", "orders-nats", /permission denied/);
    await assertNoSecret("billing", "orders-nats");
  });

  test("a namespace without a role can't borrow another's", async () => {
    const { serviceAccounts, secretStores } = stores(source, ["orders"]);
    for (const object of [...serviceAccounts, ...secretStores]) object.metadata.namespace = "strangers";
    await place({ serviceAccounts, secretStores, clusterSecretStores: [] });
    const store = () => observe(plane, "secretstore", "nats-vault", "strangers");
    await until("the store is refused", async () => (await store()).reason === "InvalidProviderConfig", patience());
    await assertEvent("strangers", "nats-vault", /namespace not authorized/);
    const stolen = credentialExternalSecret(source, orders, checksum);
    stolen.metadata.namespace = "strangers";
    await apply("ExternalSecret", stolen);
    await assertFails("strangers", "orders-nats", /"nats-vault" is not ready/);
    await assertNoSecret("strangers", "orders-nats");
  });

  test("a text gets the values that only Vault holds, and nothing else of it changes", async () => {
    const password = randomBytes(32).toString("base64url");
    await write(keyPath(source.keys.path, `${REGION}.routes`), { kind: "password", publicId: "x", material: password });
    const conf = (routePassword: string) =>
      serverConf({
        cluster: REGION,
        routes: ["a", "b"].map((host) => `nats://route:${routePassword}@${host}:6222`),
        routeLogin: { user: "route", password: routePassword },
        jetstream: { maxFileBytes: 1, maxMemoryBytes: 1 },
        operatorJwt: server.operator.jwt,
        systemAccount: server.accounts.SYS.publicKey as Parameters<typeof serverConf>[0]["systemAccount"],
        lameDuck: { gracePeriodSeconds: 10, durationSeconds: 30 },
      });
    const odd = (value: string) =>
      `{{ .other }} {{- /* */ -}} {{{${value}}}} {${value}{{ {{{{ }} "{{" \`{{\` {{ end }}{{ .routePasswordToo }}${value}{`;
    const ours = placeholder("routePassword");
    const wanted = templatedExternalSecret(source, {
      namespace: "nats",
      name: "nats-config",
      labels: { "app.kubernetes.io/name": "nats" },
      templates: { "nats.conf": template(conf(ours), ["routePassword"]), odd: template(odd(ours), ["routePassword"]) },
      values: {
        routePassword: { path: keyPath(source.keys.path, `${REGION}.routes`), property: "material" },
      },
    });
    await apply("ExternalSecret", wanted);
    const { content, metadata } = await secretOf("nats", "nats-config");
    assert.deepEqual(content, { "nats.conf": conf(password), odd: odd(password) });
    assert.equal(metadata.labels["app.kubernetes.io/name"], "nats");
    assert.deepEqual((await observe(plane, "externalsecret", "nats-config", "nats")).spec, wanted.spec);
  });

  test("nats-credentials holds the JWTs for a push Job, under the names that it reads", async () => {
    await write(trustPath(source.keys.path), trustDocument(server.operator, server.accounts));
    await apply("ExternalSecret", natsCredentials(source, "nats"));
    const { content } = await secretOf("nats", "nats-credentials");
    assert.deepEqual(content, {
      operator_jwt: server.operator.jwt,
      operator_public: server.operator.publicKey,
      sys_account_jwt: server.accounts.SYS.jwt,
      sys_account_public: server.accounts.SYS.publicKey,
      services_account_jwt: server.accounts.SERVICES.jwt,
      services_account_public: server.accounts.SERVICES.publicKey,
    });
  });

  test("while Vault is sealed the Secret stays, to the byte, and the status says why it isn't fresh", async () => {
    const before = await rawSecret("orders", "orders-nats");
    await vault.seal();
    await forceRound(plane, "externalsecret", "orders-nats", "orders");
    await assertFails("orders", "orders-nats", /Vault is sealed/);
    assert.equal(await rawSecret("orders", "orders-nats"), before);
    await vault.unseal();
    await refresh(plane, "externalsecret", "orders-nats", "orders");
    assert.equal(await rawSecret("orders", "orders-nats"), before);
  });

  test("a document that is deleted in Vault takes no Secret with it", async () => {
    const before = await rawSecret("orders", "orders-nats");
    const path = credentialPath(source.keys.path, { region: REGION, ...orders });
    await vault.must("DELETE", `secret/data/${path}`);
    await forceRound(plane, "externalsecret", "orders-nats", "orders");
    await assertFails("orders", "orders-nats", /Secret does not exist/);
    assert.equal(await rawSecret("orders", "orders-nats"), before);
    await vault.must("POST", `secret/undelete/${path}`, { versions: [2] });
    await refresh(plane, "externalsecret", "orders-nats", "orders");
  });

  test("an immutable Secret is made once: it stays as it was, which no status says, and comes anew when it is deleted", async () => {
    const fixed: Delivery = { ...orders, secret: "orders-fixed", immutable: true };
    const isFixed = () => plane.kubectl("get", "secret", fixed.secret, "-n", "orders", "-o", "jsonpath={.immutable}");
    await writeCreds(server.credsOf("orders"), fixed);
    await apply("ExternalSecret", credentialExternalSecret(source, fixed, checksum));
    const { content: first, metadata } = await secretOf("orders", fixed.secret);
    assert.equal(metadata.annotations["nats-platform/checksum"], checksum);
    assert.equal(await isFixed(), "true");

    const changed = credentialExternalSecret(source, fixed, "b".repeat(64));
    await writeCreds(server.credsOf("orders", 1), fixed);
    await apply("ExternalSecret", changed);
    await refresh(plane, "externalsecret", fixed.secret, "orders");
    const kept = await secretOf("orders", fixed.secret);
    assert.deepEqual(kept.content, first);
    assert.equal(kept.metadata.annotations["nats-platform/checksum"], checksum, "what tells that it is an old one");

    await plane.kubectl("delete", "secret", fixed.secret, "-n", "orders");
    const second = await secretOf("orders", fixed.secret);
    assert.equal(second.content["nats.creds"], server.credsOf("orders", 1));
    assert.equal(second.metadata.annotations["nats-platform/checksum"], "b".repeat(64));
    assert.equal(await isFixed(), "true");
    assert.deepEqual((await observe(plane, "externalsecret", fixed.secret, "orders")).spec, changed.spec);
  });

  describe("a key that began in the cluster", () => {
    const document = { kind: "user", publicId: "U", material: "first" };
    let path: string;

    before(async () => {
      path = pushedPath(source.keys.path, { region: REGION, namespace: "nats", secret: "cluster-key" });
      await apply("Secret", { metadata: { name: "cluster-key", namespace: "nats" }, stringData: document });
    });

    test("is written into Vault once, as one version", async () => {
      const wanted = pushSecret(source, { namespace: "nats", secret: "cluster-key", path });
      await apply("PushSecret", wanted);
      const isPushed = async () => (await observe(plane, "pushsecret", "cluster-key", "nats")).isReady;
      await until("the key is pushed", isPushed, patience());
      assert.deepEqual(await stored(), { data: document, version: 1 });
      assert.deepEqual((await observe(plane, "pushsecret", "cluster-key", "nats")).spec, wanted.spec);
    });

    test("isn't overwritten when the cluster's changes", async () => {
      await apply("Secret", {
        metadata: { name: "cluster-key", namespace: "nats" },
        stringData: { ...document, material: "second" },
      });
      await refresh(plane, "pushsecret", "cluster-key", "nats");
      assert.deepEqual(await stored(), { data: document, version: 1 });
    });

    test("isn't written anew where it was deleted: it can still be restored", async () => {
      await vault.must("DELETE", `secret/data/${path}`);
      await forceRound(plane, "pushsecret", "cluster-key", "nats");
      const push = () => observe(plane, "pushsecret", "cluster-key", "nats");
      await until("the push is refused", async () => (await push()).reason === "Errored", patience());
      assert.match((await push()).message, /check-and-set parameter did not match the current version/);
      await vault.must("POST", `secret/undelete/${path}`, { versions: [1] });
      assert.deepEqual(await stored(), { data: document, version: 1 });
    });

    test("leaves one alone that was minted elsewhere", async () => {
      const minted = pushedPath(source.keys.path, { region: REGION, namespace: "nats", secret: "minted" });
      await write(minted, { ...document, material: "minted" });
      await apply("Secret", { metadata: { name: "minted", namespace: "nats" }, stringData: document });
      await apply("PushSecret", pushSecret(source, { namespace: "nats", secret: "minted", path: minted }));
      const isDone = async () => (await observe(plane, "pushsecret", "minted", "nats")).isReady;
      await until("the round is done", isDone, patience());
      const { data } = await vault.must("GET", `secret/data/${minted}`);
      assert.equal((data.data as typeof document).material, "minted");
      assert.equal((data.metadata as { version: number }).version, 1);
    });

    async function stored(): Promise<{ data: unknown; version: unknown }> {
      const { data } = await vault.must("GET", `secret/data/${path}`);
      return { data: data.data, version: (data.metadata as { version: number }).version };
    }
  });

  test("one store for the region serves the receiving namespaces, and no other", async () => {
    const shared = sourceOf(vault.address, { kind: "ClusterSecretStore", name: "nats-vault-region" });
    for (const role of rolesOf(shared, ["billing"])) await bindRole(role);
    await applyStores(shared, ["billing"]);
    const billing = { ...orders, user: "billing", namespace: "billing", secret: "billing-nats" };
    await writeCreds(server.credsOf("billing"), billing);
    await apply("ExternalSecret", credentialExternalSecret(shared, billing, checksum));
    assert.equal((await secretOf("billing", "billing-nats")).content["nats.creds"], server.credsOf("billing"));

    const stranger = { ...orders, namespace: "strangers", secret: "by-region" };
    await apply("ExternalSecret", credentialExternalSecret(shared, stranger, checksum));
    await assertFails("strangers", "by-region", /denied by spec.condition/);
    await assertNoSecret("strangers", "by-region");
    const { clusterSecretStores } = stores(shared, ["billing"]);
    const { spec } = await observe(plane, "clustersecretstore", "nats-vault-region");
    assert.deepEqual(spec, clusterSecretStores[0]?.spec);
  });

  test("when Vault is gone the Secret stays, and still connects", async (context) => {
    const before = await rawSecret("orders", "orders-nats");
    await vault.stop();
    await forceRound(plane, "externalsecret", "orders-nats", "orders");
    await assertFails("orders", "orders-nats", /connection refused/);
    assert.equal(await rawSecret("orders", "orders-nats"), before);
    const { content } = await secretOf("orders", "orders-nats");
    await (await connectWith(context, content)).flush();
  });

  function patience() {
    return { seconds: 60, explain: () => controller.logs() };
  }

  async function apply<K extends Kind>(kind: K, manifest: ManifestArgs[K]): Promise<void> {
    await plane.apply({ apiVersion: kinds[kind].apiVersion, kind, ...manifest });
  }

  function stores(from: SecretSource, namespaces: readonly string[]) {
    const authorities = readFileSync(plane.authority.certificate, "utf8");
    return storeObjects({ keys: from.keys, settings: from.settings, namespaces, authorities });
  }

  async function place({ serviceAccounts, secretStores, clusterSecretStores }: ReturnType<typeof storeObjects>) {
    for (const manifest of serviceAccounts) await apply("ServiceAccount", manifest);
    for (const manifest of secretStores) await apply("SecretStore", manifest);
    for (const manifest of clusterSecretStores) await apply("ClusterSecretStore", manifest);
  }

  function applyStores(from: SecretSource, namespaces: readonly string[]): Promise<void> {
    return place(stores(from, namespaces));
  }

  /** The policies that components/vault gives to this region's readers: of each namespace, and of the region. */
  async function setPolicies(): Promise<void> {
    const set = (name: string, policy: string) => vault.must("PUT", `sys/policies/acl/${name}`, { policy });
    const { keys } = source;
    for (const reader of readers(NAMESPACES))
      await set(readerPolicyName(keys.prefix, reader), readerPolicy(keys, reader));
    await set(regionReaderPolicyName(keys.prefix, REGION), regionReaderPolicy(keys, REGION));
  }

  async function bindRole(role: KubernetesRole): Promise<void> {
    await vault.must("POST", `auth/${role.mount}/role/${role.name}`, {
      bound_service_account_names: [role.serviceAccount],
      bound_service_account_namespaces: [role.namespace],
      audience: role.audience,
      token_policies: role.policies,
      token_ttl: "10m",
    });
  }

  async function write(path: string, data: object): Promise<void> {
    await vault.must("POST", `secret/data/${path}`, { data });
  }

  async function writeCreds(creds: string, delivery = orders): Promise<void> {
    const path = credentialPath(source.keys.path, { region: REGION, ...delivery });
    await write(path, { "nats.creds": creds, URLS: server.url, ACCOUNT_NAME: delivery.account });
  }

  function rawSecret(namespace: string, name: string): Promise<string> {
    return plane.kubectl("get", "secret", name, "-n", namespace, "-o", "json");
  }

  /** Waits until the Secret is there. */
  async function secretOf(namespace: string, name: string) {
    const text = await until(`Secret ${namespace}/${name} is there`, () => rawSecret(namespace, name), patience());
    const { metadata, data } = JSON.parse(text) as {
      metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      data: Record<string, string>;
    };
    const decode = ([key, value]: [string, string]) => [key, Buffer.from(value, "base64").toString()] as const;
    return { metadata, content: Object.fromEntries(Object.entries(data).map(decode)) as Record<string, string> };
  }

  /** Waits until an external secret says that it has failed, for this reason. */
  async function assertFails(namespace: string, name: string, why: RegExp): Promise<void> {
    const now = () => observe(plane, "externalsecret", name, namespace);
    await until(
      `${namespace}/${name} has failed`,
      async () => (await now()).reason === "SecretSyncedError",
      patience(),
    );
    await assertEvent(namespace, name, why);
  }

  async function assertEvent(namespace: string, name: string, message: RegExp): Promise<void> {
    const about = ["--field-selector", `involvedObject.name=${name}`, "-o", "jsonpath={.items[*].message}"];
    const events = () => plane.kubectl("get", "events", "-n", namespace, ...about);
    const what = `an event of ${namespace}/${name} says ${String(message)}`;
    await until(what, async () => message.test(await events()), patience());
  }

  async function assertNoSecret(namespace: string, name: string): Promise<void> {
    await assert.rejects(rawSecret(namespace, name), /NotFound/);
  }
});

function readers(namespaces: readonly string[]) {
  return namespaces.map((namespace) => {
    const hasServers = namespace === "nats";
    return { region: REGION, namespace, hasServers, ...(hasServers ? { pushes: ["cluster-key", "minted"] } : {}) };
  });
}

/** The roles that components/vault gives to the stores of this source. */
function rolesOf({ keys, settings }: SecretSource, namespaces: readonly string[]): KubernetesRole[] {
  return readerRoles(keys, readers(namespaces), () => settings);
}

/** A region's source as the configuration gives it, on a Vault that was started for the test. */
function sourceOf(address: string, externalSecrets: Partial<ExternalSecretsSettings>): SecretSource {
  const { keys, regions } = parsePlatform({
    operator: { name: "o" },
    keys: { store: "vault", address, path: "my-team/nats" },
    regions: { [REGION]: { target: { render: "deploy" }, externalSecrets } },
  });
  const region = regions[REGION];
  assert.ok(region);
  return { keys: keys as VaultKeys, region: REGION, settings: region.externalSecrets };
}

function seedIn(content: Record<string, string>): string {
  return parseCreds(content["nats.creds"] ?? "").seed;
}

/** Connects as a workload does, with what is in its Secret alone. */
async function connectWith(context: TestContext, content: Record<string, string>): Promise<NatsConnection> {
  const connection = await connect({
    servers: content.URLS ?? "",
    authenticator: credsAuthenticator(new TextEncoder().encode(content["nats.creds"])),
    timeout: 10_000,
  });
  context.after(() => connection.close());
  return connection;
}
