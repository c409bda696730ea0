import type { ArgocdCluster } from "../../argocd/cluster-schema.ts";
import { IN_CLUSTER } from "../../argocd/clusters.ts";
import { secretProblem } from "../../argocd/secret-looking.ts";
import { type Finding, listed, type Path, show } from "../../problem.ts";
import { existing } from "../accounts.ts";
import type { Rule } from "../rule.ts";
import { certificateProblem } from "./certificates.ts";

const logins = ["token", "clientCertificate", "eks", "gke", "exec"] as const;

/** Every cluster has a name and an address of its own, and one login; regions are in clusters that there are. */
export const argocdClusters: Rule = function* ({ argocd, keys, regions }) {
  if (argocd === undefined) return;
  const first = new Map<string, string>();
  for (const [name, cluster] of Object.entries(argocd.clusters)) {
    const path = ["argocd", "clusters", name];
    if (name === IN_CLUSTER) {
      const allowed = "that is the one that Argo CD runs in, which it knows: it can be named without standing here";
      yield { path, found: show(name), allowed };
    }
    yield* addressProblems(name, cluster, first, path);
    yield* loginProblems(cluster, path);
    yield* tlsProblems(cluster, keys.store === "vault", path);
    if (cluster.clusterResources && cluster.namespaces.length === 0) {
      const allowed = "without namespaces, objects without one are included anyway: leave it out";
      yield { path: [...path, "clusterResources"], found: "true", allowed };
    }
    for (const label of Object.keys(cluster.labels).filter((it) => /(?:^|\.)argoproj\.io\//.test(it))) {
      yield {
        path: [...path, "labels", label],
        found: show(label),
        allowed: "labels of argoproj.io are Argo CD's own",
      };
    }
  }
  const names = [...Object.keys(argocd.clusters), IN_CLUSTER];
  for (const [region, settings] of Object.entries(regions)) {
    const wanted = settings.argocd?.cluster;
    if (wanted === undefined || names.includes(wanted)) continue;
    const allowed = `argocd.clusters has ${existing("cluster", names, wanted)}`;
    yield { path: ["regions", region, "argocd", "cluster"], found: show(wanted), allowed };
  }
};

/** Argo CD finds a cluster's Secret by its address (argo-cd 3.2, util/db/cluster.go): of two with one, it would take either. */
function* addressProblems(
  name: string,
  { server }: ArgocdCluster,
  first: Map<string, string>,
  path: Path,
): Generator<Finding> {
  const address = server.toLowerCase();
  if (/^https:\/\/kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?(?::443)?$/.test(address)) {
    const allowed = `that is the cluster that Argo CD runs in: name it ${IN_CLUSTER}, and leave it out here`;
    yield { path: [...path, "server"], found: show(server), allowed };
    return;
  }
  const other = first.get(address);
  if (other === undefined) {
    first.set(address, name);
    return;
  }
  const allowed = `argocd.clusters.${other} has the same, and Argo CD would take either for it`;
  yield { path: [...path, "server"], found: show(server), allowed };
}

/** What only a Secret could tell Argo CD of a cluster. */
const settings = [
  ...(["ca", "serverName", "insecure", "namespaces", "clusterResources", "projectScoped"] as const),
  ...(["shard", "labels", "secret"] as const),
] as const;

function* loginProblems(cluster: ArgocdCluster, path: Path): Generator<Finding> {
  const given = logins.filter((login) => cluster[login] !== undefined && cluster[login] !== false);
  if (cluster.existing) {
    const beside = [...given, ...settings.filter((field) => isSet(cluster[field]))];
    if (beside.length === 0) return;
    const allowed =
      "with existing: true no Secret is made, and nothing of this reaches Argo CD: leave out one or the other";
    yield { path: [...path, "existing"], found: `existing: true beside ${listed(beside, "and")}`, allowed };
    return;
  }
  if (given.length !== 1) {
    const found = given.length === 0 ? "no login" : listed(given, "and");
    yield { path, found, allowed: `exactly one of ${listed(logins, "and")} is needed here, or existing: true` };
  }
  if (cluster.exec !== undefined) {
    const { args, env } = cluster.exec;
    const problems = [
      ...argumentProblems(args, [...path, "exec", "args"]),
      ...secretProblem([...path, "exec", "env"], env),
    ];
    const allowed =
      "it stands here in plain text: the program has to find it elsewhere (a token can be a secret value: token.from)";
    yield* problems.map((problem) => ({ ...problem, allowed }));
  }
}

function isSet(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== false;
}

/** An argument may be a secret by the option before it, or in one word with it. */
function* argumentProblems(args: readonly string[], path: Path): Generator<Finding> {
  for (const [index, argument] of args.entries()) {
    const [, option, value] = /^--?([\w.-]+)=(.*)$/s.exec(argument) ?? [];
    const before = /^--?([\w.-]+)$/.exec(args[index - 1] ?? "")?.[1];
    const isOption = argument.startsWith("-");
    const key = option ?? (isOption ? undefined : before);
    const [problem] = secretProblem(key === undefined ? [] : [key], value ?? argument);
    if (problem !== undefined) yield { ...problem, path: [...path, index] };
  }
}

function* tlsProblems(cluster: ArgocdCluster, isInVault: boolean, path: Path): Generator<Finding> {
  const { ca, insecure, clientCertificate } = cluster;
  if (insecure && ca !== undefined) {
    const allowed =
      "with ca the certificate is checked, and Kubernetes' clients refuse both: leave out one or the other";
    yield { path: [...path, "insecure"], found: "insecure: true beside ca", allowed };
  }
  if (insecure && isInVault) {
    const allowed = "this is for development, and keys in Vault are not: give ca";
    yield { path: [...path, "insecure"], found: "true", allowed };
  }
  yield* certificateProblem(ca, [...path, "ca"]);
  yield* certificateProblem(clientCertificate?.certificate, [...path, "clientCertificate", "certificate"]);
}
