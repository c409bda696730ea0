import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "./box.ts";

/** A certificate and its private key: files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** What signs a cluster's certificates, and the pair of keys for service account tokens. */
export interface Authority extends Certificate {
  readonly tokenKey: string;
  readonly tokenPublicKey: string;
  /** Makes a certificate; `user` and `group` are what Kubernetes takes a client for. */
  issue(file: string, user: string, group: string, addresses?: readonly string[]): Promise<Certificate>;
}

const ecKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Makes a certificate authority that keeps its files in a folder. */
export async function makeAuthority(folder: string): Promise<Authority> {
  const files = (name: string) => ({ certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) });
  const ca = files("ca");
  const tokenKey = join(folder, "tokens.key");
  await succeed("openssl", [
    "req",
    "-x509",
    ...ecKey,
    "-subj",
    "/CN=cluster",
    "-keyout",
    ca.key,
    "-out",
    ca.certificate,
  ]);
  await succeed("openssl", [
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-out",
    tokenKey,
  ]);
  // kube-apiserver 1.34 finds no public key in a private one of this format.
  const tokenPublicKey = join(folder, "tokens.pub");
  await succeed("openssl", ["pkey", "-in", tokenKey, "-pubout", "-out", tokenPublicKey]);
  return {
    ...ca,
    tokenKey,
    tokenPublicKey,
    async issue(file, user, group, addresses = []) {
      const own = files(file);
      const names = addresses.map((address) => (/^[\d.]+$/.test(address) ? `IP:${address}` : `DNS:${address}`));
      const extensions = [
        "basicConstraints=critical,CA:FALSE",
        ...(names.length > 0 ? [`subjectAltName=${names.join(",")}`] : []),
      ];
      await succeed("openssl", [
        ...["req", "-x509", ...ecKey, "-CA", ca.certificate, "-CAkey", ca.key],
        ...["-subj", `/O=${group}/CN=${user}`, ...extensions.flatMap((extension) => ["-addext", extension])],
        ...["-keyout", own.key, "-out", own.certificate],
      ]);
      return own;
    },
  };
}

/** Writes a kubeconfig with one context and everything in it, readable by its owner only. */
export function writeKubeconfig(
  file: string,
  { context, server, ca, client }: { context: string; server: string; ca: string; client: Certificate },
): string {
  const base64 = (path: string) => readFileSync(path).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": base64(ca) } }],
    users: [
      {
        name: context,
        user: { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.key) },
      },
    ],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
