import { after, before } from "node:test";
import { startCluster, type Cluster } from "../../../tools/cluster/cluster.ts";
import { natsImage, type Image } from "../../../tools/cluster/images.ts";
import { mosquittoImage } from "../../../tools/cluster/mosquitto-image.ts";
import { which } from "../../../tools/run.ts";
import { exporterImage } from "./monitoring.ts";

/** Name of the cluster's context. */
export const CONTEXT = "ring";

/** The image of a bridge's broker, as the dev stack has it; Mosquitto's clients are in it too. */
export const BROKER_IMAGE = "eclipse-mosquitto:2.0.22";

/** A cluster for the tests of one `describe`, in which this is called: started before the first one, gone after the last. */
export function clusterOfTheseTests({
  volumes,
  images = () => Promise.resolve([]),
  hasPolicies,
}: {
  volumes: number;
  /** Whether NetworkPolicies are enforced. */
  hasPolicies?: boolean;
  /** What is to be had beside the images of the servers' and the brokers' pods. */
  images?: () => Promise<readonly Image[]>;
}): () => Cluster {
  let cluster: Cluster | undefined;
  before(async () => {
    const server = which("nats-server");
    if (server === undefined) throw new Error("no nats-server on PATH: run this with `npm test cluster`");
    const mosquitto = await mosquittoImage(BROKER_IMAGE);
    const all = [natsImage("nats:2.15.2-alpine", server), exporterImage(), mosquitto, ...(await images())];
    cluster = await startCluster({ context: CONTEXT, images: all, volumes, hasPolicies });
  });
  after(() => cluster?.stop());
  return () => {
    if (cluster === undefined) throw new Error("the cluster has not been started");
    return cluster;
  };
}
