import { createServer, request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request on its way to Vault. */
export interface Passing {
  readonly method: string;
  /** Below /v1/, with the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** How many requests came before it. */
  readonly index: number;
}

/** What becomes of a request: it passes; it is answered here; or Vault does it, and the answer is lost on its way back. */
export type Fate =
  | undefined
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly lost: () => unknown };

/** Stands between a client and a Vault, and makes trouble. */
export interface Proxy {
  readonly address: string;
  readonly seen: readonly Passing[];
  stop(): Promise<void>;
}

/** Starts a proxy before a Vault. @param fate judges each request before it is passed on */
export async function startProxy(vault: string, fate: (passing: Passing) => Fate | Promise<Fate>): Promise<Proxy> {
  const seen: Passing[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const passing = {
      method: incoming.method ?? "",
      path: (incoming.url ?? "").replace(/^\/v1\//, ""),
      headers: incoming.headers,
      index: seen.length,
    };
    seen.push(passing);
    void Promise.resolve(fate(passing)).then((decided) => {
      if (decided !== undefined && "status" in decided) {
        incoming.resume();
        outgoing.writeHead(decided.status, decided.headers);
        outgoing.end(typeof decided.body === "string" ? decided.body : JSON.stringify(decided.body ?? { errors: [] }));
        return;
      }
      const forwarded = request(new URL(incoming.url ?? "", vault), {
        method: incoming.method,
        headers: incoming.headers,
      });
      forwarded.on("error", () => outgoing.destroy());
      forwarded.on("response", (response) => {
        if (decided !== undefined) {
          response.resume();
          response.on("end", () => {
            decided.lost();
            outgoing.destroy();
          });
          return;
        }
        outgoing.writeHead(response.statusCode ?? 0, response.headers);
        response.pipe(outgoing);
      });
      incoming.pipe(forwarded);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
