import { readFileSync } from "node:fs";
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { mistake } from "../provider.ts";

/** One request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Milliseconds until the answer must be there. */
  readonly timeout: number;
}

/** Its answer. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Sends requests; throws what Node throws when there is no answer. */
export type Send = (request: WireRequest) => Promise<WireAnswer>;

/** What the TLS of a connection to Vault needs beside what the system trusts, as in Vault's own tools. */
export interface TlsFiles {
  /** Authorities of Vault's certificate. */
  readonly caFile?: string | undefined;
  /** The client's certificate and its key, where Vault asks for one. */
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
}

/** Connections that are kept open between requests. */
export function sender({ caFile, certificateFile, keyFile, serverName }: TlsFiles): Send {
  const https = new HttpsAgent({
    keepAlive: true,
    ...(caFile === undefined ? {} : { ca: pem(caFile) }),
    ...(certificateFile === undefined ? {} : { cert: pem(certificateFile) }),
    ...(keyFile === undefined ? {} : { key: pem(keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
  const http = new HttpAgent({ keepAlive: true });
  return ({ method, url, headers, body, timeout }) =>
    new Promise((resolve, reject) => {
      const [request, agent] = url.protocol === "https:" ? [requestHttps, https] : [requestHttp, http];
      const signal = AbortSignal.timeout(timeout);
      const sent = request(url, { method, agent, signal, headers: { ...headers, ...length(body) } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
}

function length(body: string | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) };
}

function pem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw mistake(`${file}: it can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}
