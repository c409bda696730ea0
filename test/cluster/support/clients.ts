import { Resolver } from "node:dns/promises";
import type { TestContext } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { until } from "../../../tools/cluster/wait.ts";
import { listens } from "./listens.ts";
import { secretContent, serverPods } from "./objects.ts";

/** The addresses that the cluster's own name server gives for a name. */
export async function lookUp({ dns }: Cluster, name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2000 });
  resolver.setServers([dns]);
  return (await resolver.resolve4(name)).sort();
}

/**
 * Connects as a workload does: to the URL and with the credentials of the Secret that was delivered to it. Only the name's
 * resolution is done here, for the test is not in a pod. The client comes back by itself when its server goes, and ends with the test.
 */
export async function connectWith(
  context: TestContext,
  cluster: Cluster,
  namespace: string,
  secret: string,
): Promise<NatsConnection> {
  const content = await secretContent(cluster, namespace, secret);
  const url = new URL(content.URLS ?? "");
  const [address = ""] = await lookUp(cluster, url.hostname);
  // kube-proxy knows of a server a moment after the pod is ready.
  await until(`${url.host} leads to a server`, () => listens(Number(url.port), address), { seconds: 60 });
  return connectTo(context, `${address}:${url.port}`, content["nats.creds"] ?? "");
}

/** Connects to one server, until the end of the test. */
export async function connectTo(context: TestContext, server: string, creds: string): Promise<NatsConnection> {
  const connection = await connect({
    servers: server,
    authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
    timeout: 10_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
  context.after(() => connection.close());
  return connection;
}

/** Makes a stream that three servers hold. Just after its first start the cluster refuses that for a moment, with changing reasons. */
export async function makeStream(connection: NatsConnection, name: string, subjects: string[]): Promise<void> {
  const make = async () => {
    const manager = await jetstreamManager(connection, { timeout: 10_000 });
    return manager.streams.add({ name, subjects, num_replicas: 3 });
  };
  await until(`stream ${name} is made`, make, { seconds: 60 });
}

/** Name of the server that leads JetStream, if they agree on one and it is of this size. */
export async function metaLeader(cluster: Cluster, namespace: string, size: number): Promise<string | undefined> {
  const pods = await serverPods(cluster, namespace);
  const views = await Promise.all(
    pods.map(async ({ address }) => {
      const answer = await fetch(`http://${address}:8222/jsz`, { signal: AbortSignal.timeout(2000) });
      return ((await answer.json()) as { meta_cluster?: { leader?: string; cluster_size?: number } }).meta_cluster;
    }),
  );
  const leaders = new Set(views.map((view) => (view?.cluster_size === size ? view.leader : undefined)));
  return leaders.size === 1 ? [...leaders][0] : undefined;
}
