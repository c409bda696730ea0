import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate as pem } from "../components/argocd.ts";
import { messageFor, refusesArgocd, type Row, VAULT } from "./wrong-argocd.ts";

const certificate = JSON.stringify(pem);

/** What is wrong, a cluster in YAML, and every line of the error after the first: without the cluster's path. */
const rows: readonly Row[] = [
  [
    "no login",
    "{ server: 'https://x.example' }",
    ": found no login, but exactly one of token, clientCertificate, eks, gke and exec is needed here, or existing: true",
  ],
  [
    "two logins",
    "{ server: 'https://x.example', gke: true, token: { from: a } }",
    ": found token and gke, but exactly one of token, clientCertificate, eks, gke and exec is needed here, or existing: true",
  ],
  [
    "a login beside existing",
    "{ server: 'https://x.example', existing: true, gke: true }",
    ".existing: found existing: true beside gke, but with existing: true no Secret is made, and nothing of this reaches Argo CD: leave out one or the other",
  ],
  [
    "settings beside existing",
    "{ server: 'https://x.example', existing: true, insecure: true, namespaces: [a], clusterResources: true, projectScoped: true, shard: 0, labels: { a: b }, secret: x }",
    ".existing: found existing: true beside insecure, namespaces, clusterResources, projectScoped, shard, labels and secret, but with existing: true no Secret is made, and nothing of this reaches Argo CD: leave out one or the other",
  ],
  [
    "insecure beside ca",
    `{ server: 'https://x.example', gke: true, insecure: true, ca: ${certificate} }`,
    ".insecure: found insecure: true beside ca, but with ca the certificate is checked, and Kubernetes' clients refuse both: leave out one or the other",
  ],
  [
    "something else for ca",
    "{ server: 'https://x.example', gke: true, ca: ca.pem }",
    ".ca: found a text that is no certificate, but a certificate in PEM is needed here (-----BEGIN CERTIFICATE-----)",
  ],
  [
    "a certificate that is torn, after a whole one",
    `{ server: 'https://x.example', gke: true, ca: ${JSON.stringify(`${pem}${pem.replace("\nMII", "\nMIJ")}`)} }`,
    ".ca: found a text that is no certificate, but a certificate in PEM is needed here (-----BEGIN CERTIFICATE-----)",
  ],
  [
    "the cluster that Argo CD runs in",
    "{ server: 'https://kubernetes.default.svc', gke: true }",
    '.server: found "https://kubernetes.default.svc", but that is the cluster that Argo CD runs in: name it in-cluster, and leave it out here',
  ],
  [
    "objects without a namespace are there anyway",
    "{ server: 'https://x.example', gke: true, clusterResources: true }",
    ".clusterResources: found true, but without namespaces, objects without one are included anyway: leave it out",
  ],
  [
    "Argo CD's own label",
    "{ server: 'https://x.example', gke: true, labels: { argocd.argoproj.io/secret-type: x } }",
    '.labels["argocd.argoproj.io/secret-type"]: found "argocd.argoproj.io/secret-type", but labels of argoproj.io are Argo CD\'s own',
  ],
  [
    "secrets in what a program is given",
    "{ server: 'https://x.example', exec: { command: login, args: [--password, hunter2, --token=0123456789abcdef01234567, --region, eu], env: { AUTH_TOKEN: q9Zx7Lw2Vb5Nm8Kd3Rt6, DB_PASSWORD: x, MODE: y } } }",
    ".exec.args[1]: found a password (not shown), but it stands here in plain text: the program has to find it elsewhere (a token can be a secret value: token.from)",
    ".exec.args[2]: found what seems to be a secret (not shown), but it stands here in plain text: the program has to find it elsewhere (a token can be a secret value: token.from)",
    ".exec.env.AUTH_TOKEN: found what seems to be a secret (not shown), but it stands here in plain text: the program has to find it elsewhere (a token can be a secret value: token.from)",
    ".exec.env.DB_PASSWORD: found a password (not shown), but it stands here in plain text: the program has to find it elsewhere (a token can be a secret value: token.from)",
  ],
];

refusesArgocd("argocd.clusters.c", rows, (yaml) => `argocd: { clusters: { c: ${yaml} } }`);

const together: readonly Row[] = [
  [
    "one address for two",
    "argocd: { clusters: { a: { server: 'https://x.example', gke: true }, b: { server: 'https://X.example', gke: true } } }",
    'argocd.clusters.b.server: found "https://X.example", but argocd.clusters.a has the same, and Argo CD would take either for it',
  ],
  [
    "the reserved name",
    "argocd: { clusters: { in-cluster: { server: 'https://x.example', gke: true } } }",
    'argocd.clusters.in-cluster: found "in-cluster", but that is the one that Argo CD runs in, which it knows: it can be named without standing here',
  ],
  [
    "a region in a cluster that there isn't",
    "{ argocd: { clusters: { local: { server: 'https://x.example', gke: true } } }, regions: { local: { argocd: { cluster: lokal } } } }",
    'regions.local.argocd.cluster: found "lokal", but argocd.clusters has only the clusters in-cluster and local; did you mean local?',
  ],
  [
    `insecure with keys in Vault`,
    `{ ${VAULT}, argocd: { clusters: { c: { server: 'https://x.example', insecure: true, gke: true } } } }`,
    "argocd.clusters.c.insecure: found true, but this is for development, and keys in Vault are not: give ca",
  ],
];

refusesArgocd(
  "",
  [
    [
      "one folder for Argo CD's objects and a region's",
      "argocd: { target: { render: deploy/local/argocd, secrets: deploy/x-secrets } }",
      'argocd.target.render: found "deploy/local/argocd", but it must be apart from "deploy/local" (regions.local.target.render): neither the same folder nor one inside the other',
    ],
    [
      "a folder of the project's for Argo CD's objects",
      "argocd: { target: { render: docs/argocd, secrets: deploy/x-secrets } }",
      'argocd.target.render: found "docs/argocd", but docs/ belongs to the project itself: choose a folder such as deploy/argocd',
    ],
  ],
  (yaml) => yaml,
);

refusesArgocd("", together, (yaml) => yaml);

test("a region in the cluster that Argo CD runs in is right, without that cluster among the others", () => {
  assert.equal(messageFor("regions: { local: { argocd: { cluster: in-cluster } } }"), "(no error)");
});
