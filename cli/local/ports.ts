import { createServer, type Server } from "node:net";
import { loopback, type Ports } from "./mapping.ts";

/** The ports that the first server gets if they are free; each further server's are one higher. */
const friendly: Ports = { client: 4222, cluster: 6222, monitor: 8222, mqtt: 1883 };

/**
 * Ports for a number of servers. `friendly` ones are the same at each start as far as they are free; else, and for tests,
 * the system chooses free ones.
 */
export async function choosePorts(servers: number, choice: "friendly" | "free"): Promise<Ports[]> {
  const held: Server[] = [];
  // All are held until the last is chosen, so that no two servers get the same.
  const take = async (wanted: number) => {
    const listener = (choice === "friendly" ? await hold(wanted) : undefined) ?? (await hold(0));
    if (listener === undefined) throw new Error("the system has no free port left");
    held.push(listener.server);
    return listener.port;
  };
  try {
    const chosen: Ports[] = [];
    for (let index = 0; index < servers; index++) {
      chosen.push({
        client: await take(friendly.client + index),
        cluster: await take(friendly.cluster + index),
        monitor: await take(friendly.monitor + index),
        mqtt: await take(friendly.mqtt + index),
      });
    }
    return chosen;
  } finally {
    await Promise.all(held.map(release));
  }
}

function hold(port: number): Promise<{ server: Server; port: number } | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen({ host: loopback, port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? { server, port: address.port } : undefined);
    });
  });
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
