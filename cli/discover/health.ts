import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the controller says of itself. */
export interface Health {
  /** Whether it knows everything that asks, so that it can act. */
  readonly ready: boolean;
  readonly [fact: string]: unknown;
}

/** Where the health can be asked for. */
export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves /healthz (the process answers) and /readyz (it has seen everything that asks). */
export async function startHealth(port: number, health: () => Health): Promise<HealthServer> {
  const server = createServer(({ url }, response) => {
    const state = health();
    const status = url === "/healthz" ? 200 : url !== "/readyz" ? 404 : state.ready ? 200 : 503;
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(state)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, () => {
      resolve();
    });
  });
  return { port: (server.address() as AddressInfo).port, stop: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
