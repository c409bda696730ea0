import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "../../../tools/cluster/certificates.ts";

/** Repositories by HTTPS, for whoever has a password. */
export interface GitServer {
  /** Ends without a slash: the path of a repository below the folder follows. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What a Git server is to serve, and to whom. */
export interface GitServerArgs {
  /** The bare repositories are below it. */
  readonly folder: string;
  /** For the address 127.0.0.1. */
  readonly certificate: Certificate;
  readonly username: string;
  readonly password: string;
}

/** Serves repositories through git's own program for that, on a free port of the loopback. */
export async function serveRepositories({
  folder,
  certificate,
  username,
  password,
}: GitServerArgs): Promise<GitServer> {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const tls = { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
  const server = createServer(tls, (request, response) => {
    if (request.headers.authorization === expected) answer(folder, request, response);
    else response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** By CGI: the request in variables and on the standard input; the answer with its header before it. */
function answer(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "https://127.0.0.1");
  const header = (name: string) => String(request.headers[name] ?? "");
  const child = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
    },
  });
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf("\r\n\r\n");
    const lines = all.subarray(0, end).toString().split("\r\n");
    const headers = lines.map((line) => line.split(": ", 2) as [string, string]);
    const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
    response.writeHead(Number.parseInt(status, 10), headers.filter(([name]) => name !== "Status").flat());
    response.end(all.subarray(end + 4));
  });
}
