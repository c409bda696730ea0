import assert from "node:assert/strict";
import { test } from "node:test";
import { messageFor, refusesArgocd, type Row, VAULT } from "./wrong-argocd.ts";

/** Keys in a Vault, and a login that Argo CD has from there; the region is in Argo CD's own cluster. */
function beside(argocd: string, region = "", more = ""): string {
  const uses = "repositories: { hub: { url: 'git@github.com:x/y.git', ssh: { keyFrom: 'argo/git#key' } } }";
  return `{ ${VAULT}, argocd: { ${uses}, ${argocd} }, regions: { local: { argocd: { cluster: in-cluster }, ${region} } }, ${more} }`;
}

const delivered = (secret: string) =>
  `accounts: { A: { users: { u: { deliver: [{ region: local, namespace: argocd, secret: ${secret} }] } }, allow: [{ region: '*', namespaces: ['*'] }] } }`;
const cluster = "externalSecrets: { kind: ClusterSecretStore }";
const elsewhere = (cluster: string) =>
  `{ ${VAULT}, argocd: { clusters: { local: { server: 'https://local.example', token: { from: 'argo/local#token' } } }, ${cluster} } }`;

const rows: readonly Row[] = [
  [
    "one login for two clusters",
    elsewhere(""),
    'argocd.externalSecrets.authMount: found "kubernetes" (the default), but region local has the same and is in cluster local, and a login is of one cluster: name the one of the cluster that Argo CD runs in',
  ],
  [
    "one store of all namespaces for Argo CD and a region in its cluster",
    beside(cluster, cluster),
    'argocd.externalSecrets.name: found "nats-vault" (the default), but region local makes a ClusterSecretStore of that name in the same cluster: give one of them another',
  ],
  [
    "two stores of all namespaces with one service account",
    beside("externalSecrets: { kind: ClusterSecretStore, name: argo }", cluster),
    'argocd.externalSecrets.serviceAccount: found "nats-vault" (the default), but region local makes the service account external-secrets/nats-vault in the same cluster: another serviceAccount, with a login of its own (authMount)',
  ],
  [
    "two stores in Argo CD's namespace",
    beside("", "", delivered("nats")),
    "argocd.externalSecrets.create: found true (the default), but region local makes a SecretStore of that name in namespace argocd of the same cluster: with create: false Argo CD's Secrets come from that one",
  ],
  [
    "two stores with one service account in Argo CD's namespace",
    beside("externalSecrets: { name: argo }", "", delivered("nats")),
    'argocd.externalSecrets.serviceAccount: found "nats-vault" (the default), but region local makes the service account argocd/nats-vault in the same cluster: create: false, with the name of its store',
  ],
  [
    "a delivery into a repository's Secret",
    beside("externalSecrets: { create: false }", "", delivered("repo-hub")),
    'argocd.repositories.hub.secret: found "repo-hub" (the default), but accounts.A.users.u.deliver[0] makes a Secret of that name in the same namespace of the same cluster',
  ],
  [
    "Secrets pushed from beside Argo CD",
    "argocd: { externalSecrets: { push: [{ namespace: argocd, secret: x }] } }",
    "argocd.externalSecrets.push: found Secrets, but nothing is pushed from beside Argo CD: what begins in a cluster goes into Vault from a region's",
  ],
  [
    "a key of the platform's own",
    `{ ${VAULT}, argocd: { clusters: { c: { server: 'https://x.example', token: { from: 'nats/keys/operator#material' } } } } }`,
    'argocd.clusters.c.token.from: found "nats/keys/operator#material", but what is below nats is the platform\'s own (keys.path), which Argo CD must not read: put this secret elsewhere',
  ],
];

refusesArgocd("", rows, (yaml) => yaml);

const generated =
  "secrets: { natsAuth: [{ secretName: cluster-c, generate: true, deliver: [{ region: local, namespace: argocd }] }] }";

refusesArgocd(
  "",
  [
    [
      "a generated Secret that is a cluster's",
      `{ argocd: { clusters: { c: { server: 'https://x.example', gke: true } } }, regions: { local: { argocd: { cluster: in-cluster } } }, ${generated} }`,
      'argocd.clusters.c.secret: found "cluster-c" (the default), but secrets.natsAuth.cluster-c makes a Secret of that name in the same namespace of the same cluster',
    ],
  ],
  (yaml) => yaml,
);

for (const [title, yaml] of Object.entries({
  "a region in Argo CD's cluster with its login": beside(""),
  "a store of the region's for what it delivers": beside("externalSecrets: { create: false }", "", delivered("nats")),
  "a region elsewhere with a login of its own": elsewhere("externalSecrets: { authMount: kubernetes-tools }"),
  "a login that goes unused": `{ ${VAULT}, argocd: { clusters: { local: { server: 'https://x.example', gke: true } } } }`,
  "a path that begins like the platform's": `{ ${VAULT}, argocd: { clusters: { c: { server: 'https://x.example', token: { from: 'nats-argo/c#token' } } } } }`,
  "a Secret of that name in another cluster": `{ argocd: { clusters: { c: { server: 'https://x.example', gke: true } } }, ${generated} }`,
}))
  test(`${title} is right`, () => {
    assert.equal(messageFor(yaml), "(no error)");
  });
