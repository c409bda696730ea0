import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a program says of itself. */
export interface Health {
  /** Whether it can do its work: the controller knows everything that asks, the exporter hears the servers. */
  readonly ready: boolean;
  /** Whether its process works at all; false: it should be started anew. Absent: whoever answers is well. */
  readonly isWell?: boolean;
  readonly [fact: string]: unknown;
}

/** A page beside the health. */
export type Page = () => Promise<{ readonly type: string; readonly text: string }>;

/** Where the health can be asked for. */
export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves /healthz (the process answers), /readyz (it can do its work), and pages by their paths. */
export async function startHealth(
  port: number,
  health: () => Health,
  pages: Readonly<Record<string, Page>> = {},
): Promise<HealthServer> {
  const server = createServer(({ url = "" }, response) => {
    const page = Object.hasOwn(pages, url) ? pages[url] : undefined;
    if (page !== undefined) {
      void page().then(
        ({ type, text }) => response.writeHead(200, { "content-type": type }).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    const state = health();
    const answers: Record<string, boolean> = { "/healthz": state.isWell !== false, "/readyz": state.ready };
    const status = !Object.hasOwn(answers, url) ? 404 : answers[url] === true ? 200 : 503;
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
