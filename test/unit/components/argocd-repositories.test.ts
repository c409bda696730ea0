import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate, filledIn, inVault, madeWith, plainPlaces, privateKey, values } from "./argocd.ts";

const repositories = {
  charts: { url: "git@git.example:team/charts.git", ssh: { keyFrom: "sshKey" }, insecure: true },
  code: {
    url: "https://git.example/team/code.git",
    ...{ basic: { username: "bot", passwordFrom: "password" }, lfs: true, proxy: "http://proxy.example:3128" },
    clientCertificate: { certificate, keyFrom: "tlsKey" },
  },
  tokens: { url: "https://git.example/team/tokens.git", bearer: { tokenFrom: "token" } },
  hub: {
    url: "https://github.com/team/hub.git",
    githubApp: { id: "17", installation: "4711", keyFrom: "appKey", enterpriseUrl: "https://ghe.example/api/v3" },
  },
  helm: { url: "https://charts.example", type: "helm", basic: { username: "bot", passwordFrom: "password" } },
  registry: {
    ...{ url: "oci://registry.example/charts", type: "oci" },
    basic: { username: "bot", passwordFrom: "password" },
  },
  team: { url: "https://git.example/team", template: true, basic: { username: "bot", passwordFrom: "password" } },
  open: { url: "https://github.com/nats-io/k8s.git", existing: true },
} as const;

const project = "nats-platform";

/** Fields as Argo CD 3.0 to 3.5 reads them (util/db/repository_secrets.go), by Secret. */
const expected: Readonly<Record<string, Record<string, string>>> = {
  "repo-charts": {
    ...{ name: "charts", project, type: "git", url: "git@git.example:team/charts.git" },
    ...{ sshPrivateKey: privateKey, insecure: "true" },
  },
  "repo-code": {
    ...{ name: "code", project, type: "git", url: "https://git.example/team/code.git", username: "bot" },
    ...{ password: values.password, tlsClientCertData: certificate, tlsClientCertKey: privateKey },
    ...{ enableLfs: "true", proxy: "http://proxy.example:3128" },
  },
  "repo-tokens": {
    ...{ name: "tokens", project, type: "git", url: "https://git.example/team/tokens.git" },
    bearerToken: values.token,
  },
  "repo-hub": {
    ...{ name: "hub", project, type: "git", url: "https://github.com/team/hub.git", githubAppID: "17" },
    ...{ githubAppInstallationID: "4711", githubAppPrivateKey: privateKey },
    githubAppEnterpriseBaseUrl: "https://ghe.example/api/v3",
  },
  "repo-helm": {
    ...{ name: "helm", project, type: "helm", url: "https://charts.example" },
    ...{ username: "bot", password: values.password },
  },
  "repo-registry": {
    ...{ name: "registry", project, type: "helm", enableOCI: "true", url: "registry.example/charts" },
    ...{ username: "bot", password: values.password },
  },
  "repo-creds-team": {
    ...{ type: "git", url: "https://git.example/team", username: "bot", password: values.password },
  },
};

test("each repository has a Secret with the fields that Argo CD reads, and one that exists has none", async () => {
  const { find, all } = await madeWith({ repositories }, {}, values);
  const secrets = all.filter(({ manifest }) => manifest.kind === "Secret" && nameOf(manifest).startsWith("repo-"));
  assert.deepEqual(secrets.map(({ manifest }) => nameOf(manifest)).sort(), Object.keys(expected).sort());
  for (const [name, fields] of Object.entries(expected)) {
    const { metadata, stringData } = find("Secret", name);
    assert.deepEqual(stringData, fields, name);
    const type = name.startsWith("repo-creds-") ? "repo-creds" : "repository";
    assert.equal(metadata.labels["argocd.argoproj.io/secret-type"], type);
    assert.equal(metadata.namespace, "argocd");
  }
  assert.ok(secrets.every(({ path, sensitive }) => sensitive && path.startsWith("deploy/argocd-secrets/")));
});

test("what a repository is signed in to with stands nowhere that is not marked as a secret", async () => {
  const encoded = Buffer.from(privateKey).toString("base64").slice(0, 40);
  for (const target of [{ render: "deploy/argocd" }, { context: "tools" }]) {
    const { registrations } = await madeWith({ repositories, target }, {}, values);
    assert.ok(registrations.some(({ name, secrets }) => name === "argocd.repository.charts" && secrets.length > 0));
    for (const text of [values.password, values.token, privateKey.slice(28, 40), encoded]) {
      assert.deepEqual(plainPlaces(registrations, text), []);
    }
  }
});

test("with keys in Vault, External Secrets makes the same Secrets of what is there", async () => {
  const there = { sshKey: "argo/git#key", password: "argo/git#password", token: "argo/git#token" };
  const places: Record<string, string> = { ...there, appKey: "argo/app#key", tlsKey: "argo/tls#key" };
  const text = JSON.stringify({ ...repositories, charts: { ...repositories.charts, insecure: false } });
  const named = JSON.parse(
    text.replace(/"(\w+From)":"(\w+)"/g, (_, field: string, name: string) => {
      return `"${field}":"${places[name] ?? name}"`;
    }),
  ) as { charts: object };
  const knownHosts = ["git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMq"];
  const settings = { repositories: { ...named, charts: { ...named.charts, knownHosts } } };
  const { find, all, registrations } = await madeWith(settings, inVault);
  const vault = Object.fromEntries(Object.entries(values).map(([name, value]) => [places[name] ?? name, value]));
  for (const [name, fields] of Object.entries(expected)) {
    const made = find("ExternalSecret", name);
    const { insecure: _, ...secure } = fields;
    assert.deepEqual(filledIn(made, vault), name === "repo-charts" ? secure : fields, name);
    const { target } = made.spec as { target: { template: { metadata: { labels: Record<string, string> } } } };
    assert.deepEqual(target.template.metadata.labels, made.metadata.labels);
  }
  assert.equal(
    all.filter(({ manifest }) => manifest.kind === "Secret" && nameOf(manifest).startsWith("repo-")).length,
    0,
  );
  assert.deepEqual(find("SecretStore", "nats-vault").metadata.namespace, "argocd");
  assert.equal(registrations.filter(({ name }) => name === "argocd.vault-store.argocd").length, 1);
});

function nameOf(manifest: object): string {
  return (manifest as { metadata: { name: string } }).metadata.name;
}
