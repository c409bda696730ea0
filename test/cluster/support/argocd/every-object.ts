import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** What the values of a configuration are to be like. */
export interface EveryObject {
  /** Namespace of Argo CD. */
  readonly namespace: string;
  /** Address of a Vault in which the secrets are; absent: they are secret values of the configuration. */
  readonly vault?: string;
  /** A certificate in PEM. */
  readonly certificate: string;
  /** With certificates that nobody checks, which only a stack with its keys in the state may have. */
  readonly isInsecure?: boolean;
}

/** A configuration, and the secrets that it names. */
export interface WithSecrets {
  readonly platform: unknown;
  /** By what the configuration calls them: names of configuration values, or `path#field`. */
  readonly secrets: Readonly<Record<string, string>>;
}

const { privateKey } = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** Everything that can be configured for Argo CD, in one stack: each kind of object, each login, each setting of a sync. */
export function everyObject({ namespace, vault, certificate, isInsecure = false }: EveryObject): WithSecrets {
  const secrets = new Map<string, string>();
  const from = (name: string, value: string) => {
    const place = vault === undefined ? name : `argocd/${name}#value`;
    secrets.set(place, value);
    return place;
  };
  const key = (name: string) => from(name, privateKey);
  const insecure = isInsecure ? { insecure: true } : {};
  const platform = {
    operator: { name: "every" },
    ...(vault === undefined ? {} : { keys: { store: "vault", address: vault, path: "team/nats" } }),
    argocd: {
      ...{ target: { render: "deploy/argocd" }, version: "3.2.11", namespace, progressiveSyncs: true, plugin: {} },
      notifications: [{ trigger: "on-sync-failed", service: "slack", recipients: ["fleet", "night shift"] }],
      repositories: {
        spog: { url: "git@git.example:team/spog.git", ssh: { keyFrom: key("spog") }, knownHosts: [host] },
        forks: { url: "https://git.example/forks", template: true, basic: basic(from("forks", "a template's")) },
        password: { url: "https://git.example/password.git", lfs: true, basic: basic(from("password", '{"}`{{ $')) },
        bearer: {
          ...{ url: "https://git.example/bearer.git", proxy: "http://proxy.example:3128" },
          bearer: { tokenFrom: from("bearer", "bearer-of-git") },
          clientCertificate: { certificate, keyFrom: key("bearer-certificate") },
        },
        app: {
          ...{ url: "https://ghe.example/team/app.git", secret: "the-app" },
          githubApp: {
            ...{ id: "7", installation: "8", keyFrom: key("app") },
            enterpriseUrl: "https://ghe.example/api/v3",
          },
        },
        charts: { url: "https://charts.example", type: "helm", basic: basic(from("charts", "of-charts")), ...insecure },
        registry: {
          url: "oci://registry.example/charts",
          type: "oci",
          basic: basic(from("registry", "of-a-registry")),
        },
      },
      clusters: {
        "eu-east": {
          ...{ server: "https://eu-east.example:6443", ca: certificate, serverName: "kubernetes", shard: 1 },
          token: { from: from("eu-east", "bearer-of-the-cluster") },
          ...{ projectScoped: true, labels: { tier: "edge" } },
        },
        "us-west": {
          server: "https://us-west.example:6443",
          clientCertificate: { certificate, keyFrom: key("us-west") },
        },
        eks: {
          server: "https://eks.example",
          eks: { clusterName: "eks", roleArn: "arn:aws:iam::1:role/r", profile: "p" },
        },
        gke: { server: "https://gke.example", gke: true, ...insecure },
        exec: {
          server: "https://exec.example",
          // Nothing goes there.
          ...{ namespaces: ["auth", "recursor"], clusterResources: true },
          exec: { command: "login", args: ["--for", "us"], env: { REGION: "us" } },
        },
      },
      ...withoutSecrets,
    },
    regions: {
      "eu-east": {
        target: { render: "deploy/eu-east" },
        externalSecrets: { authMount: "kubernetes-eu-east" },
        argocd: { values: { agents: { auth: { region: { name: "eu-east" } } } } },
      },
      "us-west": {
        target: { render: "deploy/us-west" },
        externalSecrets: { authMount: "kubernetes-us-west" },
      },
      "home-1": { target: { render: "deploy/home-1" }, argocd: { cluster: "in-cluster" } },
      "home-2": { target: { render: "deploy/home-2" }, argocd: { cluster: "in-cluster", platform: false } },
    },
  };
  return { platform, secrets: Object.fromEntries(secrets) };
}

function basic(passwordFrom: string): object {
  return { username: "argocd", passwordFrom };
}

const host = "git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO0W0TsmxZh1H8xs3zxrBUX25YzuD8w7GQRTz7tUcWJG";

/** Project, Applications and fleets. */
const withoutSecrets = parse(readFileSync(join(import.meta.dirname, "every-object.yaml"), "utf8")) as object;
