import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { Delivery } from "../../../components/credentials/delivery.ts";
import { credentialsSecret } from "../../../components/credentials/secret.ts";
import { goDuration } from "../../../components/external-secrets/duration.ts";
import {
  credentialExternalSecret,
  natsCredentials,
  placeholder,
  pushSecret,
  storeObjects,
  template,
  templatedExternalSecret,
  trustDocument,
  type SecretSource,
} from "../../../components/external-secrets/index.ts";
import { applyTarget } from "../../../components/target/apply.ts";
import { kinds, type Kind } from "../../../components/target/kinds.ts";
import type { ExternalSecretsSettings, VaultKeys } from "../../../config/schema.ts";

const keys: VaultKeys = {
  store: "vault",
  address: "https://vault.example:8200",
  mount: "secret",
  path: "my-team/nats",
  prefix: "nats-platform",
};
const settings: ExternalSecretsSettings = {
  kind: "SecretStore",
  name: "nats-vault",
  create: true,
  authMount: "kubernetes",
  serviceAccount: "nats-vault",
  storeNamespace: "external-secrets",
  audience: "vault",
  refreshInterval: 900,
  push: [],
};
const source: SecretSource = { keys, region: "eu-east", settings };
const labels = { "app.kubernetes.io/managed-by": "nats-platform" };
const asIs = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" };

describe("stores", () => {
  const vault = (role: string, serviceAccountRef: object) => ({
    server: "https://vault.example:8200",
    path: "secret",
    version: "v2",
    checkAndSet: { required: true },
    auth: { kubernetes: { mountPath: "kubernetes", role, serviceAccountRef } },
  });

  test("each receiving namespace has a store and an account of its own, which signs in to that namespace's role", () => {
    const metadata = (namespace: string) => ({ name: "nats-vault", namespace, labels });
    const account = { name: "nats-vault", audiences: ["vault"] };
    assert.deepEqual(storeObjects({ keys, settings, namespaces: ["orders", "billing"] }), {
      serviceAccounts: ["orders", "billing"].map((namespace) => ({
        metadata: metadata(namespace),
        automountServiceAccountToken: false,
      })),
      secretStores: ["orders", "billing"].map((namespace) => ({
        metadata: metadata(namespace),
        spec: { provider: { vault: vault(`nats-platform-${namespace}`, account) } },
      })),
      clusterSecretStores: [],
    });
  });

  test("a store for the whole region has one account, and serves the receiving namespaces only", () => {
    const shared = { ...settings, kind: "ClusterSecretStore" as const, authMount: "eu-east/kubernetes", audience: "v" };
    const account = { name: "nats-vault", namespace: "external-secrets", audiences: ["v"] };
    const provider = vault("nats-platform.region", account);
    provider.auth.kubernetes.mountPath = "eu-east/kubernetes";
    assert.deepEqual(storeObjects({ keys, settings: shared, namespaces: ["orders", "billing"] }), {
      serviceAccounts: [
        {
          metadata: { name: "nats-vault", namespace: "external-secrets", labels },
          automountServiceAccountToken: false,
        },
      ],
      secretStores: [],
      clusterSecretStores: [
        {
          metadata: { name: "nats-vault", labels },
          spec: { conditions: [{ namespaces: ["orders", "billing"] }], provider: { vault: provider } },
        },
      ],
    });
  });

  test("a namespace of Vault and its certificate's authorities are passed on", () => {
    const authorities = "-----BEGIN CERTIFICATE-----\n";
    const inNamespace = { ...keys, namespace: "platform" };
    const { secretStores } = storeObjects({ keys: inNamespace, settings, namespaces: ["orders"], authorities });
    assert.deepEqual(secretStores[0]?.spec.provider.vault, {
      ...vault("nats-platform-orders", { name: "nats-vault", audiences: ["vault"] }),
      namespace: "platform",
      caBundle: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
    });
  });

  test("none is made where they exist already, or where nobody receives anything", () => {
    const none = { serviceAccounts: [], secretStores: [], clusterSecretStores: [] };
    for (const kind of ["SecretStore", "ClusterSecretStore"] as const) {
      assert.deepEqual(storeObjects({ keys, settings: { ...settings, kind, create: false }, namespaces: ["a"] }), none);
      assert.deepEqual(storeObjects({ keys, settings: { ...settings, kind }, namespaces: [] }), none);
    }
  });
});

describe("external secrets", () => {
  const delivery: Delivery = {
    account: "SERVICES",
    user: "orders",
    namespace: "orders",
    secret: "orders-nats",
    format: "creds",
    immutable: false,
  };
  const checksum = "c".repeat(64);
  const spec = (name: string, secretLabels: object, data: object = {}) => ({
    secretStoreRef: { kind: "SecretStore", name: "nats-vault" },
    refreshPolicy: "Periodic",
    refreshInterval: "15m0s",
    target: {
      name,
      creationPolicy: "Owner",
      deletionPolicy: "Retain",
      template: { engineVersion: "v2", mergePolicy: "Replace", metadata: { labels: secretLabels }, ...data },
    },
  });

  test("a delivery's Secret has the marks of one that the program makes itself, and is read from that place's document", () => {
    const { labels: own, annotations } = credentialsSecret(delivery, { fields: {}, checksum }).metadata;
    assert.deepEqual(annotations, { "nats-platform/checksum": checksum });
    const { target, ...rest } = spec("orders-nats", own as object);
    const template = { ...target.template, metadata: { labels: own, annotations } };
    assert.deepEqual(credentialExternalSecret(source, delivery, checksum), {
      metadata: { name: "orders-nats", namespace: "orders", labels: own, annotations },
      spec: {
        ...rest,
        target: { ...target, template },
        dataFrom: [{ extract: { key: "my-team/nats/creds/eu-east/orders/orders-nats", ...asIs } }],
      },
    });
  });

  test("a store that exists already is named as the configuration names it", () => {
    const other = { ...settings, kind: "ClusterSecretStore" as const, name: "vault", create: false };
    const { secretStoreRef } = credentialExternalSecret({ ...source, settings: other }, delivery, checksum).spec;
    assert.deepEqual(secretStoreRef, { kind: "ClusterSecretStore", name: "vault" });
  });

  test("an immutable delivery is one in both stores, and no other says anything of it", () => {
    for (const immutable of [true, false]) {
      const external = credentialExternalSecret(source, { ...delivery, immutable }, checksum).spec.target;
      const own = credentialsSecret({ ...delivery, immutable }, { fields: {}, checksum });
      assert.deepEqual([external.immutable, own.immutable], immutable ? [true, true] : [undefined, undefined]);
    }
  });

  test("a text with a value of Vault's is a template, and the value alone isn't in the Secret", () => {
    const text = template(`password: "${placeholder("routePassword")}"`, ["routePassword"]);
    const made = templatedExternalSecret(source, {
      namespace: "nats",
      name: "nats-config",
      labels: { a: "b" },
      templates: { "nats.conf": text },
      values: { routePassword: { path: "my-team/nats/keys/eu-east.routes", property: "material" } },
    });
    assert.deepEqual(made, {
      metadata: { name: "nats-config", namespace: "nats", labels: { a: "b" } },
      spec: {
        ...spec("nats-config", { a: "b" }, { data: { "nats.conf": 'password: "{{ .routePassword }}"' } }),
        data: [
          {
            secretKey: "routePassword",
            remoteRef: { key: "my-team/nats/keys/eu-east.routes", property: "material", ...asIs },
          },
        ],
      },
    });
  });

  test("nats-credentials is the trust document as it is", () => {
    assert.deepEqual(natsCredentials(source, "nats"), {
      metadata: { name: "nats-credentials", namespace: "nats", labels },
      spec: {
        ...spec("nats-credentials", labels),
        dataFrom: [{ extract: { key: "my-team/nats/trust", ...asIs } }],
      },
    });
  });

  test("a key of the cluster is pushed whole, once, and never deleted from Vault", () => {
    const path = "my-team/nats/keys/account.A.user.u";
    assert.deepEqual(pushSecret(source, { namespace: "nats", secret: "key", path }), {
      metadata: { name: "key", namespace: "nats", labels },
      spec: {
        secretStoreRefs: [{ kind: "SecretStore", name: "nats-vault" }],
        refreshInterval: "15m0s",
        updatePolicy: "IfNotExists",
        deletionPolicy: "None",
        selector: { secret: { name: "key" } },
        data: [{ match: { remoteRef: { remoteKey: path } }, conversionStrategy: "None" }],
      },
    });
  });
});

describe("the trust document", () => {
  const signed = (name: string) => ({ publicKey: `${name} key`, jwt: `${name} jwt` });

  test("has the field names that push Jobs read", () => {
    assert.deepEqual(trustDocument(signed("o"), { SYS: signed("sys"), "Home-IOT": signed("iot") }), {
      operator_jwt: "o jwt",
      operator_public: "o key",
      sys_account_jwt: "sys jwt",
      sys_account_public: "sys key",
      "home-iot_account_jwt": "iot jwt",
      "home-iot_account_public": "iot key",
    });
  });

  test("refuses accounts whose names differ in case alone", () => {
    assert.throws(() => trustDocument(signed("o"), { IOT: signed("a"), Iot: signed("b") }), /accounts\.Iot: another/);
  });
});

describe("templates", () => {
  const values: Record<string, string> = { first: "1st", second: "2nd" };
  const names = Object.keys(values);

  /** What Go makes of a template of ours: text up to the first two braces, then an action up to the next closing two. */
  function evaluate(text: string): string {
    const start = text.indexOf("{{");
    if (start === -1) return text;
    const end = text.indexOf("}}", start);
    const action = text.slice(start + 2, end);
    const [, literal, name = "", filter] =
      /^ (?:"(\{+)"|\.(\w+)(?: \| (\w+))?) $/.exec(action) ?? assert.fail(`an action: ${action}`);
    return text.slice(0, start) + (literal ?? filtered(name, filter)) + evaluate(text.slice(end + 2));
  }

  function filtered(name: string, filter: string | undefined): string {
    const value = values[name] ?? assert.fail(name);
    if (filter === undefined) return value;
    return filter === "toJson" ? JSON.stringify(value) : Buffer.from(value).toString("base64");
  }

  test("a value is put in as JSON or in base64, right before a brace as well", () => {
    const json = `{"key":"${placeholder("first", "b64enc")}","token":${placeholder("second", "toJson")}}`;
    assert.deepEqual(JSON.parse(evaluate(template(json, names))), { key: "MXN0", token: "2nd" });
  });

  test("whatever the text is, it comes out as it was, with the values in their places", () => {
    const part = fc.oneof(
      fc.constantFrom("{", "{{", "}", "}}", " .first }}", "{{ .other }}", '"', "`", "-", " ", "\n", "{{ .firs"),
      fc.string(),
      fc.constantFrom(...names).map((name) => ({ name })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const written = (value: (name: string) => string) =>
          parts.map((it) => (typeof it === "string" ? it : value(it.name))).join("");
        const text = written(placeholder);
        const expected = text.replace(/\{\{ \.(first|second) \}\}/g, (_, name: string) => values[name] ?? "");
        assert.equal(evaluate(template(text, names)), expected);
      }),
      { numRuns: 2000 },
    );
  });

  test("a text without placeholders and double braces is its own template", () => {
    assert.equal(template("a { b: {} }\n", names), "a { b: {} }\n");
  });

  test("a placeholder that wasn't named is text", () => {
    assert.equal(evaluate(template(placeholder("third"), names)), "{{ .third }}");
  });

  test("a placeholder's name must be one in Go", () => {
    for (const name of ["", "a b", "a.b", "1a", "a-b"]) assert.throws(() => placeholder(name), /letters and digits/);
  });
});

test("durations are written as Go writes them back", () => {
  const written = { 1: "1s", 59: "59s", 60: "1m0s", 900: "15m0s", 3600: "1h0m0s", 3661: "1h1m1s", 90_000: "25h0m0s" };
  for (const [seconds, text] of Object.entries(written)) assert.equal(goDuration(Number(seconds)), text);
});

describe("targets", () => {
  test("folders sort accounts and configuration before stores, these before external secrets, and workloads last", () => {
    const order: Kind[] = ["Namespace", "ServiceAccount", "SecretStore", "ExternalSecret", "StatefulSet"];
    const folders = order.map((kind) => kinds[kind].folder);
    assert.deepEqual([...new Set(folders)].sort(), folders);
    assert.equal(kinds.ConfigMap.folder, kinds.ServiceAccount.folder);
    assert.equal(kinds.ClusterSecretStore.folder, kinds.SecretStore.folder);
    assert.equal(kinds.PushSecret.folder, kinds.ExternalSecret.folder);
  });

  test("a cluster gets them under the APIs that External Secrets serves", async () => {
    const registered: Record<string, unknown> = {};
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered[type] = inputs as unknown;
          return { id: name, state: inputs as object };
        },
        call: ({ inputs }) => inputs as object,
      },
      "nats-platform",
      "test",
      false,
    );
    await pulumi.runtime.runInPulumiStack(() => {
      const target = applyTarget("eu-east", { context: "c", clusterIdentifier: "c" });
      const parent = new pulumi.ComponentResource("a:b:C", "parent");
      const { secretStores } = storeObjects({ keys, settings, namespaces: ["a"] });
      const { clusterSecretStores } = storeObjects({
        keys,
        settings: { ...settings, kind: "ClusterSecretStore" },
        namespaces: ["a"],
      });
      for (const store of secretStores) target.place("SecretStore", "store", store, { parent });
      for (const store of clusterSecretStores) target.place("ClusterSecretStore", "shared", store, { parent });
      target.place("ExternalSecret", "trust", natsCredentials(source, "a"), { parent });
      target.place("PushSecret", "push", pushSecret(source, { namespace: "a", secret: "s", path: "p" }), { parent });
      target.place("ConfigMap", "map", { metadata: { name: "m", namespace: "a" }, data: { a: "b" } }, { parent });
      return Promise.resolve();
    });
    await pulumi.runtime.disconnect();
    const of = (api: string, kind: string) =>
      registered[`kubernetes:${api}:${kind}`] as { spec?: unknown; data?: unknown };
    const v1 = "external-secrets.io/v1";
    assert.deepEqual(
      of(v1, "SecretStore").spec,
      storeObjects({ keys, settings, namespaces: ["a"] }).secretStores[0]?.spec,
    );
    assert.ok(of(v1, "ClusterSecretStore").spec);
    assert.deepEqual(of(v1, "ExternalSecret").spec, natsCredentials(source, "a").spec);
    assert.ok(of("external-secrets.io/v1alpha1", "PushSecret").spec);
    assert.deepEqual(of("core/v1", "ConfigMap").data, { a: "b" });
  });
});
