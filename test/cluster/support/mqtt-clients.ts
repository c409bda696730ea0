import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { until } from "../../../tools/cluster/wait.ts";
import { BROKER_IMAGE } from "./running-cluster.ts";

/** Where in the cluster something is done: a namespace, and a pod there, or `deployment/` and a name. */
export interface Inside {
  readonly namespace: string;
  readonly pod: string;
}

/** Starts a pod with Mosquitto's clients and nothing to do, in a new namespace with these labels. */
export async function startClient(cluster: Cluster, namespace: string, labels: object = {}): Promise<Inside> {
  const create = (object: object) =>
    cluster.kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", ...object }));
  await create({ kind: "Namespace", metadata: { name: namespace, labels } });
  const containers = [{ name: "main", image: BROKER_IMAGE, command: ["/bin/busybox", "sleep", "3600"] }];
  const spec = { terminationGracePeriodSeconds: 0, containers };
  const pod = { kind: "Pod", metadata: { name: "client", namespace }, spec };
  // Refused until the namespace has its service account.
  await until(`a pod is made in ${namespace}`, () => create(pod), { seconds: 60 });
  await cluster.kubectl(["wait", "pod/client", "-n", namespace, "--for=condition=Ready", "--timeout=180s"]);
  return { namespace, pod: "client" };
}

/** Runs a command in a pod, and returns what it prints. */
export function inside(cluster: Cluster, { namespace, pod }: Inside, command: readonly string[]): Promise<string> {
  return cluster.kubectl(["exec", "-n", namespace, pod, "--", ...command]);
}

/** Whether a connection to host:port comes about from a pod. @throws where the name is unknown, which would say nothing of the port */
export async function reaches(
  cluster: Cluster,
  from: Inside,
  [host, port]: readonly [string, number],
): Promise<boolean> {
  const connect = `nc -w 3 ${host} ${String(port)} -e /bin/busybox true 2>&1 && echo open || true`;
  const answer = await inside(cluster, from, ["/bin/busybox", "sh", "-c", `/bin/busybox ${connect}`]);
  if (answer.includes("bad address")) throw new Error(`${from.namespace}/${from.pod}: ${answer.trim()}`);
  return answer.trim() === "open";
}
