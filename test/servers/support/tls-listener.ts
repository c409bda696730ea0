import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { readRendered, secretsOf } from "../../../cli/local/manifests.ts";
import { succeed } from "../../../tools/cluster/box.ts";
import type { RenderedStack } from "./region.ts";

/** A certificate that was made for a listener. */
export interface ListenerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate that nobody else has signed, in the place of the one that was there. */
export async function makeCertificate(folder: string, days: number): Promise<ListenerCertificate> {
  const [certificate, key] = [join(folder, "listener.crt"), join(folder, "listener.key")];
  await succeed("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", String(days), "-subj", "/CN=nats", "-keyout", key, "-out", certificate],
  ]);
  return { certificate, key };
}

/** Adds a WebSocket listener with TLS to every server, each on a free port. */
export function addTlsListener(stack: RenderedStack, { certificate, key }: ListenerCertificate): void {
  const all = secretsOf(readRendered(stack.rendered));
  const { file } =
    all.find(({ metadata }) => metadata.name === "nats-config") ?? assert.fail("there is no nats-config");
  const manifest = parse(readFileSync(file, "utf8")) as { stringData: Record<string, string> };
  const listener = `websocket { host: "127.0.0.1", port: -1, tls { cert_file: "${certificate}", key_file: "${key}" } }`;
  manifest.stringData["nats.conf"] = `${manifest.stringData["nats.conf"] ?? ""}\n${listener}\n`;
  writeFileSync(file, stringify(manifest));
}
