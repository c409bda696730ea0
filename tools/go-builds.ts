import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GoBuild } from "./go.ts";
import { PROJECT } from "./project.ts";

const GO = join(import.meta.dirname, "go");
const PULUMI_SDK = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const KUBERNETES = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Version of the Pulumi CLI that we build, or have the vendor's installer fetch: the one that go.mod names, without "v". */
export const PULUMI_VERSION: string = pinned(
  join(GO, "pulumi", "go.mod"),
  /^require github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)$/m,
);

/** Version of Argo CD that the cluster ring runs, without "v". */
export const ARGOCD_VERSION: string = pinned(
  join(GO, "argocd", "go.mod"),
  /^\tgithub\.com\/argoproj\/argo-cd\/v3 v(\S+)/m,
);

/** The Pulumi CLI. */
export const pulumiBuild: GoBuild = {
  name: "pulumi",
  title: `the Pulumi CLI ${PULUMI_VERSION}`,
  takes: "about 5 minutes",
  source: join(GO, "pulumi"),
  packages: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  programs: ["pulumi"],
  variables: { [PULUMI_SDK]: `v${PULUMI_VERSION}` },
};

/** nats-server, nats and nsc. */
export const natsBuild: GoBuild = {
  name: "nats",
  title: "nats-server, nats and nsc",
  takes: "about 2 minutes",
  source: join(GO, "nats"),
  packages: "tool",
  programs: ["nats-server", "nats", "nsc"],
};

/**
 * The nats-server of the minor version before ours, for what is true of a region that is being updated. Its name is its own, so that on
 * PATH neither stands for the other.
 */
export const natsBeforeBuild: GoBuild = {
  name: "nats-before",
  title: "nats-server of the version before",
  takes: "about a minute",
  source: join(GO, "nats-before"),
  packages: "tool",
  programs: ["nats-server-before"],
};

/** The Kubernetes provider, at the version of the `@pulumi/kubernetes` that the project uses. */
export const kubernetesBuild: GoBuild = {
  name: "kubernetes-provider",
  title: "Pulumi's Kubernetes provider",
  takes: "about 10 minutes",
  source: join(GO, "kubernetes-provider"),
  packages: ".",
  programs: ["pulumi-resource-kubernetes"],
  variables: {
    [`${KUBERNETES}/pkg/version.Version`]: pinned(join(PROJECT, "package.json"), /"@pulumi\/kubernetes": "(\S+)"/),
  },
  embed: {
    module: KUBERNETES,
    files: ["cmd/pulumi-resource-kubernetes/schema.json", "cmd/pulumi-resource-kubernetes/terraform-mapping.json"],
  },
};

/** A Vault with the few engines that the tests use. */
export const vaultBuild: GoBuild = {
  name: "vault",
  title: "Vault with what the tests need of it",
  takes: "about 5 minutes",
  source: join(GO, "vault"),
  packages: ".",
  programs: ["vault"],
};

/** The Vault provider, at the version of the `@pulumi/vault` that the project uses. */
export const vaultProviderBuild: GoBuild = {
  name: "vault-provider",
  title: "Pulumi's Vault provider",
  takes: "about 3 minutes",
  source: join(GO, "vault-provider"),
  packages: ".",
  programs: ["pulumi-resource-vault"],
  variables: { "main.version": pinned(join(PROJECT, "package.json"), /"@pulumi\/vault": "(\S+)"/) },
};

/** The controller of External Secrets, and beside it in `crds` the definitions of its kinds. */
export const externalSecretsBuild: GoBuild = {
  name: "external-secrets",
  title: "External Secrets",
  takes: "about 7 minutes",
  source: join(GO, "external-secrets"),
  packages: "tool",
  programs: ["external-secrets"],
  keep: { module: "github.com/external-secrets/external-secrets", folder: "config/crds/bases", as: "crds" },
};

/**
 * The exporter of the servers' metrics, and beside it the definitions of the kinds that monitoring is made of: of the Grafana operator in
 * `grafana-crds`, of the Prometheus operator in `prometheus-crds`.
 */
export const exporterBuild: GoBuild = {
  name: "exporter",
  title: "the NATS exporter for Prometheus",
  takes: "about half a minute",
  source: join(GO, "exporter"),
  packages: "tool",
  programs: ["prometheus-nats-exporter"],
  keep: [
    { module: "github.com/grafana/grafana-operator/v5", folder: "config/crd/bases", as: "grafana-crds" },
    {
      module: "github.com/prometheus-operator/prometheus-operator",
      folder: "example/prometheus-operator-crd",
      as: "prometheus-crds",
    },
  ],
};

/**
 * Argo CD: one program, which is what ARGOCD_BINARY_NAME says. Beside it the definitions of its kinds in `crds`, and in `config` the
 * ConfigMaps and the Secret that each installation has.
 */
export const argocdBuild: GoBuild = {
  name: "argocd",
  title: "Argo CD",
  takes: "about 8 minutes",
  source: join(GO, "argocd"),
  packages: "github.com/argoproj/argo-cd/v3/cmd",
  programs: ["argocd"],
  variables: { "github.com/argoproj/argo-cd/v3/common.version": ARGOCD_VERSION },
  keep: [
    { module: "github.com/argoproj/argo-cd/v3", folder: "manifests/crds", as: "crds" },
    { module: "github.com/argoproj/argo-cd/v3", folder: "manifests/base/config", as: "config" },
  ],
};

/** helm and helmfile, with which Argo CD and its plugin render charts. */
export const helmfileBuild: GoBuild = {
  name: "helmfile",
  title: "helm and helmfile",
  takes: "about 3 minutes",
  source: join(GO, "helmfile"),
  packages: "tool",
  programs: ["helm", "helmfile"],
};

const CLUSTER_VERSION = pinned(join(GO, "kubernetes", "go.mod"), /^\tk8s\.io\/kubernetes v(\S+)/m);
const [major = "", minor = ""] = CLUSTER_VERSION.split(".");

/** Kubernetes itself, for the cluster ring: the control plane, kubelet and kubectl. */
export const clusterBuild: GoBuild = {
  name: "kubernetes",
  title: `Kubernetes ${CLUSTER_VERSION}`,
  takes: "about 6 minutes",
  source: join(GO, "kubernetes"),
  packages: "tool",
  programs: ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubelet", "kubectl"],
  // Without these the API server calls itself v0.0.0, and clients that look at versions refuse it.
  variables: Object.fromEntries(
    ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((versionPackage) => [
      [`${versionPackage}.gitVersion`, `v${CLUSTER_VERSION}`],
      [`${versionPackage}.gitMajor`, major],
      [`${versionPackage}.gitMinor`, minor],
    ]),
  ),
};

/** The store of the Kubernetes API server. */
export const etcdBuild: GoBuild = {
  name: "etcd",
  title: "etcd",
  takes: "about half a minute",
  source: join(GO, "etcd"),
  packages: ".",
  programs: ["etcd"],
};

/** The cluster's DNS. */
export const corednsBuild: GoBuild = {
  name: "coredns",
  title: "CoreDNS",
  takes: "about a minute",
  source: join(GO, "coredns"),
  packages: ".",
  programs: ["coredns"],
};

/** What enforces NetworkPolicies on the ring's node. */
export const kubeRouterBuild: GoBuild = {
  name: "kube-router",
  title: "kube-router",
  takes: "about 2 minutes",
  source: join(GO, "kube-router"),
  packages: "tool",
  programs: ["kube-router"],
};

function pinned(file: string, pattern: RegExp): string {
  const version = pattern.exec(readFileSync(file, "utf8"))?.[1];
  if (version === undefined) throw new Error(`${file}: found no line like ${String(pattern)}`);
  return version;
}
