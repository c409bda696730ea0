import { after, before } from "node:test";
import { startCluster, type Cluster } from "../../../tools/cluster/cluster.ts";
import { natsImage, type Image } from "../../../tools/cluster/images.ts";
import { which } from "../../../tools/run.ts";
import { exporterImage } from "./monitoring.ts";

/** Name of the cluster's context. */
export const CONTEXT = "ring";

/** A cluster for the tests of one `describe`, in which this is called: started before the first one, gone after the last. */
export function clusterOfTheseTests({
  volumes,
  images = () => Promise.resolve([]),
}: {
  volumes: number;
  /** What is to be had beside the images of the servers' pods. */
  images?: () => Promise<readonly Image[]>;
}): () => Cluster {
  let cluster: Cluster | undefined;
  before(async () => {
    const server = which("nats-server");
    if (server === undefined) throw new Error("no nats-server on PATH: run this with `npm test cluster`");
    const all = [natsImage("nats:2.15.2-alpine", server), exporterImage(), ...(await images())];
    cluster = await startCluster({ context: CONTEXT, images: all, volumes });
  });
  after(() => cluster?.stop());
  return () => {
    if (cluster === undefined) throw new Error("the cluster has not been started");
    return cluster;
  };
}
