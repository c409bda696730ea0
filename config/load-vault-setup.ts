import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../nats/problem.ts";
import { fail, isSecret, structuredValue } from "./load.ts";
import { readVaultSetup, type VaultSetupConfig } from "./parse-vault-setup.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

/**
 * The configuration of the current stack, if it is one that sets up a Vault.
 * @throws pulumi.RunError (a message without a stack trace) that lists every problem.
 */
export function loadVaultSetup(folder: string = project): VaultSetupConfig | undefined {
  const config = new pulumi.Config("nats-platform");
  if (config.get("vault") === undefined) return undefined;
  const alone = config.get("platform") === undefined ? [] : [twoInOne];
  if (isSecret(config, "vault")) return fail([...alone, secretInside]);
  const read = readVaultSetup(structuredValue(config, "vault"), (name) => textOf(join(folder, name)));
  const problems = [...alone, ...read.problems];
  return problems.length > 0 || read.config === undefined ? fail(problems) : read.config;
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

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR") return undefined;
    throw error;
  }
}
