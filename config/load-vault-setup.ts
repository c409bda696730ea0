import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../nats/problem.ts";
import { fail, isSecret, structuredValue } from "./load.ts";
import { readVaultSetup, type VaultSetupConfig } from "./parse-vault-setup.ts";
import { pathText } from "./problem.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

/** A set-up with the secret values that it names. */
export interface LoadedVaultSetup extends VaultSetupConfig {
  /** The token under a name from `reviewer`, marked as a secret. */
  readonly token: (name: string) => pulumi.Output<string>;
}

/**
 * The configuration of the current stack, if it is one that sets up a Vault.
 * @throws pulumi.RunError (a message without a stack trace) that lists every problem.
 */
export function loadVaultSetup(folder: string = project): LoadedVaultSetup | undefined {
  const config = new pulumi.Config("nats-platform");
  if (config.get("vault") === undefined) return undefined;
  const alone = config.get("platform") === undefined ? [] : [twoInOne];
  if (isSecret(config, "vault")) return fail([...alone, secretInside]);
  const read = readVaultSetup(structuredValue(config, "vault"), (name) => textOf(join(folder, name)));
  const problems = [...alone, ...read.problems, ...reviewerProblems(read.config, config)];
  if (problems.length > 0 || read.config === undefined) return fail(problems);
  return { ...read.config, token: (name) => config.requireSecret(name) };
}

/** The text of a file of the project. */
export function projectFile(name: string): string {
  return readFileSync(join(project, name), "utf8");
}

const twoInOne: Problem = {
  path: "vault",
  found: "a platform in the same stack",
  allowed:
    "who sets up a Vault may do more than who runs the platform: give each a stack of its own, and name the platform's in vault.stack",
};

/** Pulumi hands out an encrypted value inside an object unmarked, so that another problem might show it. */
const secretInside: Problem = {
  path: "vault",
  found: "an encrypted value (secure:) in it",
  allowed: "nothing in it is secret: the token that the set-up is made with comes from VAULT_TOKEN or ~/.vault-token",
};

function reviewerProblems(known: VaultSetupConfig | undefined, config: pulumi.Config): Problem[] {
  return Object.entries(known?.setup.clusters ?? {}).flatMap(([region, { reviewer: name }]) => {
    if (name === undefined) return [];
    const path = pathText(["clusters", region, "reviewer"]);
    const command = `type \`pulumi config set --secret ${name}\` and paste the token when asked`;
    const value = config.get(name);
    if (value === undefined)
      return [{ path, found: `the name ${name}`, allowed: `there is no such value: ${command}` }];
    if (!isSecret(config, name))
      return [{ path, found: `${name} in plain text`, allowed: `a token must be encrypted: ${command}` }];
    if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return [];
    const found = `a value in ${name} that is no service account's token (not shown)`;
    return [{ path, found, allowed: `such a token is needed here: ${command}` }];
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR") return undefined;
    throw error;
  }
}
