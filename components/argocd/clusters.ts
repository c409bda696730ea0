import type { ArgocdCluster } from "../../config/argocd/cluster-schema.ts";
import { clusterSecretName } from "../../config/argocd/secret-names.ts";
import type { GivenSecret, GivenValue } from "../secrets/given.ts";
import { secretLabels } from "./labels.ts";

/** Secrets that a cluster's login is made of. */
export type ClusterValue = "token" | "key";

type Values = Readonly<Record<ClusterValue, GivenValue>>;

/** The Secret from which Argo CD learns of a cluster. Undefined where it knows already. */
export function clusterSecret(
  name: string,
  cluster: ArgocdCluster,
  project: string,
): GivenSecret<ClusterValue> | undefined {
  if (cluster.existing) return undefined;
  const { token, clientCertificate, namespaces } = cluster;
  const values = {
    ...(token === undefined ? {} : { token: token.from }),
    ...(clientCertificate === undefined ? {} : { key: clientCertificate.keyFrom }),
  };
  return {
    secret: clusterSecretName(name, cluster),
    labels: { ...cluster.labels, ...secretLabels("cluster") },
    values: values as Record<ClusterValue, string>,
    fields: (given) => ({
      name,
      server: cluster.server,
      config: configText(cluster, given),
      ...(namespaces.length === 0 ? {} : { namespaces: namespaces.join(",") }),
      ...(namespaces.length > 0 && cluster.clusterResources ? { clusterResources: "true" } : {}),
      ...(cluster.projectScoped ? { project } : {}),
      ...(cluster.shard === undefined ? {} : { shard: String(cluster.shard) }),
    }),
  };
}

/** What Argo CD's client of the cluster's API is made of: JSON, with PEM in base64 (argo-cd 3.2, ClusterConfig). */
function configText(cluster: ArgocdCluster, given: Values): string {
  const { token } = cluster;
  const config = JSON.stringify({ ...execOf(cluster), tlsClientConfig: tlsOf(cluster, given) });
  // A JSON string already, with its quotes: in Vault its content is not known here.
  return token === undefined ? config : `${config.slice(0, -1)},"bearerToken":${given.token.json}}`;
}

function tlsOf({ insecure, ca, serverName, clientCertificate }: ArgocdCluster, given: Values): Record<string, unknown> {
  return {
    insecure,
    ...(ca === undefined ? {} : { caData: base64(ca) }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(clientCertificate === undefined
      ? {}
      : { certData: base64(clientCertificate.certificate), keyData: given.key.base64 }),
  };
}

function execOf({ eks, gke, exec }: ArgocdCluster): Record<string, unknown> {
  if (eks !== undefined) {
    const { clusterName, roleArn, profile } = eks;
    const role = roleArn === undefined ? {} : { roleARN: roleArn };
    return { awsAuthConfig: { clusterName, ...role, ...(profile === undefined ? {} : { profile }) } };
  }
  if (gke) return { execProviderConfig: gcp };
  if (exec === undefined) return {};
  const { command, args, env, apiVersion } = exec;
  const variables = Object.keys(env).length === 0 ? {} : { env };
  return { execProviderConfig: { command, ...(args.length === 0 ? {} : { args }), ...variables, apiVersion } };
}

/** The program that comes with Argo CD's images. */
const gcp = { command: "argocd-k8s-auth", args: ["gcp"], apiVersion: "client.authentication.k8s.io/v1beta1" };

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
