import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { until } from "../../../tools/cluster/wait.ts";
import type { ControlPlane } from "./control-plane.ts";

/** What the tests look at in a pod. */
export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly address: string;
  readonly isReady: boolean;
  readonly restarts: number;
}

interface Wire {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: {
      readonly podIP?: string;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
      readonly containerStatuses?: readonly { readonly restartCount: number }[];
    };
  }[];
}

/** The server pods of a namespace, by name. */
export async function serverPods(cluster: Cluster, namespace: string): Promise<Pod[]> {
  const answer = await cluster.kubectl([
    "get",
    "pods",
    "-n",
    namespace,
    "-l",
    "app.kubernetes.io/name=nats,app.kubernetes.io/component=server",
    "-o",
    "json",
  ]);
  return (JSON.parse(answer) as Wire).items
    .map(({ metadata, status }) => ({
      name: metadata.name,
      uid: metadata.uid,
      address: status.podIP ?? "",
      isReady: status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true,
      restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The content of a Secret, decoded. Throws when it is not there. */
export async function secretContent(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<Record<string, string>> {
  const { data } = JSON.parse(await cluster.kubectl(["get", "secret", name, "-n", namespace, "-o", "json"])) as {
    data: Record<string, string>;
  };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

/** Makes namespaces that workloads would have made, each with the service account without which it takes no pod. */
export async function makeNamespaces(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names) await cluster.kubectl(["create", "namespace", name]);
  for (const name of names) await hasServiceAccount(name, (...args) => cluster.kubectl(args));
}

/** Waits until a new namespace has the service account that Kubernetes' controllers make in each: until then it refuses pods. */
export async function hasServiceAccount(namespace: string, kubectl: ControlPlane["kubectl"]): Promise<void> {
  const ask = () => kubectl("get", "serviceaccount", "default", "-n", namespace);
  await until(`${namespace} has its service account`, ask, { seconds: 60 });
}

/** Folder of the node that a claim has got as its volume. */
export async function folderOfClaim(cluster: Cluster, namespace: string, claim: string): Promise<string> {
  const field = (path: string) => ["-o", `jsonpath={.spec.${path}}`];
  const volume = await cluster.kubectl(["get", "pvc", claim, "-n", namespace, ...field("volumeName")]);
  return cluster.kubectl(["get", "pv", volume, ...field("local.path")]);
}
