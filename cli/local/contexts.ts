import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Credential } from "./credentials.ts";
import { writePrivate } from "./server.ts";

/** What the `nats` command is to find. */
export interface ContextSettings {
  readonly region: string;
  readonly credentials: readonly Credential[];
  readonly urls: readonly string[];
  /** File with the authority that the servers' certificates are checked against. Absent: the system's own authorities. */
  readonly caFile?: string | undefined;
  /** The region's own folder. */
  readonly folder: string;
}

/** Contexts of the `nats` command. */
export interface Contexts {
  /** Goes into XDG_CONFIG_HOME; the user's own configuration is left alone. */
  readonly configHome: string;
  /** Path of the creds file of each context, by the context's name. */
  readonly credsFiles: Readonly<Record<string, string>>;
}

/** The name of a user's context, such as local-SERVICES-orders. */
export function contextName(region: string, { account, user }: Pick<Credential, "account" | "user">): string {
  return `${region}-${account}-${user}`;
}

/** Writes one context and one creds file for each user, in place of all that were there. */
export function writeContexts({ region, credentials, urls, caFile, folder }: ContextSettings): Contexts {
  const configHome = join(folder, "config");
  const credsFolder = join(folder, "creds");
  // natscli 0.4 reads contexts from here.
  const contextFolder = join(configHome, "nats", "context");
  for (const old of [contextFolder, credsFolder]) rmSync(old, { recursive: true, force: true });
  const credsFiles: Record<string, string> = {};
  for (const credential of credentials) {
    const name = contextName(region, credential);
    const creds = join(credsFolder, `${name}.creds`);
    const description = `${credential.user} of account ${credential.account}, as in Secret ${credential.secret}`;
    writePrivate(creds, credential.creds);
    writePrivate(
      join(contextFolder, `${name}.json`),
      `${JSON.stringify({ description, url: urls.join(","), creds, ca: caFile }, undefined, 2)}\n`,
    );
    credsFiles[name] = creds;
  }
  return { configHome, credsFiles };
}
