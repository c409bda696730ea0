import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { merge } from "../../../config/merge.ts";
import { manifestsOf, platformOf, type Registration, runProgram } from "../../support/program.ts";

/** What stands for a private key: only its form matters. */
export const privateKey = `-----BEGIN PRIVATE KEY-----\n${Buffer.from("a private key").toString("base64")}\n-----END PRIVATE KEY-----\n`;

/** A certificate, whose key nobody has. */
export const certificate = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBgTCCASegAwIBAgIUWTsp4nsdM7eFFILtfZFACt9GoC8wCgYIKoZIzj0EAwIw",
  "DTELMAkGA1UEAwwCY2EwIBcNMjYxMTI2MjExMTA4WhgPMjEyNjExMDIyMTExMDha",
  "MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3MbUbSfQ",
  "/mFMv6b4H8Xxbg+fBlt5Q8bsxp1klV0AzszsqO2iiaDcbjMR6/CnWqtQfyHquQ4b",
  "QLzC2fJMc7ghmaNjMGEwHQYDVR0OBBYEFADVr9Lmd5yp6KsDwhk2i3CVqrW7MB8G",
  "A1UdIwQYMBaAFADVr9Lmd5yp6KsDwhk2i3CVqrW7MA8GA1UdEwEB/wQFMAMBAf8w",
  "DgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIDFDSz9UMkXNF54e8OwF",
  "kFTdTAt4TMAn5qtLUHIx30uAAiEAgGpDuKYyJi+XK0ZeLw1rUUWofvCFKqUhDQLp",
  "barNmHc=",
  "-----END CERTIFICATE-----",
  "",
].join("\n");

/** Keys in a Vault. */
export const inVault = { keys: { store: "vault", address: "https://vault.example", path: "nats" } };

/** Values of the configuration by the names that a stack gives them. */
export const values = {
  sshKey: privateKey,
  password: "p4ss{{word}}",
  token: "t0ken",
  appKey: privateKey,
  tlsKey: privateKey,
};

/** The object of a kind and a name. */
export interface Made {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What is made of the dev stack with these Argo CD settings. */
export async function madeWith(argocd: object, more: object = {}, secretConfig: Record<string, string> = {}) {
  const settings = { version: "3.2.11", target: { render: "deploy/argocd" }, ...argocd };
  const platform = merge(merge(platformOf("dev"), { argocd: settings }), more);
  const registrations = await runProgram({ stack: "dev", fixed: true, platform, secretConfig });
  const all = manifestsOf(registrations);
  const find = (kind: string, name: string): Made => {
    const found = all
      .map(({ manifest }) => manifest as unknown as Made)
      .find((it) => it.kind === kind && it.metadata.name === name);
    return found ?? assert.fail(`no ${kind} ${name}`);
  };
  return { registrations, all, find };
}

/** What External Secrets would write with these values in Vault, by `path#field`. */
export function filledIn(made: Made, vault: Readonly<Record<string, string>>): Record<string, string> {
  const { data, target } = made.spec as {
    readonly data: readonly {
      readonly secretKey: string;
      readonly remoteRef: { readonly key: string; readonly property: string };
    }[];
    readonly target: { readonly template: { readonly data: Readonly<Record<string, string>> } };
  };
  const known = new Map(
    data.map(({ secretKey, remoteRef }) => [secretKey, vault[`${remoteRef.key}#${remoteRef.property}`] ?? ""]),
  );
  const action = (name: string, filter?: string) => {
    const value = known.get(name) ?? assert.fail(`no value ${name}`);
    if (filter === undefined) return value;
    return filter === "toJson" ? JSON.stringify(value) : Buffer.from(value).toString("base64");
  };
  return Object.fromEntries(
    Object.entries(target.template.data).map(([field, text]) => [
      field,
      // Go: an action is from the first two braces to the next two.
      text.replace(
        /\{\{ (?:"((?:[^"\\]|\\.)*)"|\.(\w+)(?: \| (\w+))?) \}\}/g,
        (_, literal?: string, name = "", filter?: string) =>
          literal === undefined ? action(name as string, filter) : (JSON.parse(`"${literal}"`) as string),
      ),
    ]),
  );
}

/** Where in a run a text stands that is not marked as a secret. */
export function plainPlaces(registrations: readonly Registration[], text: string): string[] {
  return registrations.flatMap(({ name, inputs, secrets }) =>
    places(inputs, text)
      .filter((at) => !secrets.some((it) => at.startsWith(it)))
      .map((at) => `${name}: ${at}`),
  );
}

function places(value: unknown, text: string, at = ""): string[] {
  if (typeof value === "string") return value.includes(text) ? [at] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => places(item, text, at === "" ? key : `${at}.${key}`));
}
