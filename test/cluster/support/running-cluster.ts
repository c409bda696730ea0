import { after, before } from "node:test";
import { startCluster, type Cluster } from "../../../tools/cluster/cluster.ts";
import { natsImage } from "../../../tools/cluster/images.ts";
import { which } from "../../../tools/run.ts";

/** Name of the cluster's context. */
export const CONTEXT = "ring";

/** A cluster for the tests of one `describe`, in which this is called: started before the first one, gone after the last. */
export function clusterOfTheseTests({ volumes }: { volumes: number }): () => Cluster {
  let cluster: Cluster | undefined;
  before(async () => {
    const server = which("nats-server");
    if (server === undefined) throw new Error("no nats-server on PATH: run this with `npm test cluster`");
    cluster = await startCluster({ context: CONTEXT, images: [natsImage("nats:2.15.2-alpine", server)], volumes });
  });
  after(() => cluster?.stop());
  return () => {
    if (cluster === undefined) throw new Error("the cluster has not been started");
    return cluster;
  };
}
