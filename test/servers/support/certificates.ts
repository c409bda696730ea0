import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { stringify } from "yaml";
import type { Rendered } from "../../../cli/local/manifests.ts";
import type { RunningServer } from "../../../cli/local/server.ts";
import { serverPaths } from "../../../nats/conf/server.ts";
import type { Authority } from "../../../tools/cluster/certificates.ts";

/** Where a server of a region presents a certificate. */
export type Listener = keyof typeof serverPaths.certificates;

/** Both of them. */
export const listeners: readonly Listener[] = ["client", "mqtt"];

/** The fields of a Secret as cert-manager makes it. */
export type TlsFields = Readonly<Record<"tls.crt" | "tls.key" | "ca.crt", string>>;

/** A certificate for the servers on this machine. */
export async function issueFor(authority: Authority, name: string): Promise<TlsFields> {
  // @nats-io/transport-node 3 checks an address as if it were localhost.
  const { certificate, key } = await authority.issue(name, "nats", "nats", ["127.0.0.1", "localhost"]);
  const text = (file: string) => readFileSync(file, "utf8");
  return { "tls.crt": text(certificate), "tls.key": text(key), "ca.crt": text(authority.certificate) };
}

/** Puts a Secret beside the rendered ones, as one that was taken out of a cluster. */
export function addSecret({ secrets }: Rendered, name: string, fields: TlsFields): void {
  const data = Object.fromEntries(
    Object.entries(fields).map(([field, text]) => [field, Buffer.from(text).toString("base64")]),
  );
  const type = "kubernetes.io/tls";
  const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "nats" }, type, data };
  writeFileSync(join(secrets, `secret.nats.${name}.yaml`), stringify(manifest));
}

/** Changes the files of a server that runs, as kubelet does when their Secret has changed. */
export function replaceFiles({ place }: Pick<RunningServer, "place">, listener: Listener, fields: TlsFields): void {
  for (const [name, text] of Object.entries(fields))
    writeFileSync(join(place.folder, serverPaths.certificates[listener], name), text);
}

/** The certificate that a server presents to a new connection, as PEM. */
export async function presented({ url, mqttUrl = "" }: RunningServer, listener: Listener, ca: string): Promise<string> {
  const { hostname: host, port } = new URL(listener === "client" ? url : mqttUrl);
  const plain = connect(Number(port), host);
  // NATS begins in plain text: the server says what it is, and that it wants TLS.
  if (listener === "client") await once(plain, "data");
  const socket = connectTls({ socket: plain, host, ca });
  await once(socket, "secureConnect");
  const raw = socket.getPeerX509Certificate()?.toString() ?? "";
  socket.destroy();
  return raw;
}
