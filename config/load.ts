import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../nats/problem.ts";
import { argocdSecretUses } from "./argocd/secret-uses.ts";
import { givenProblem, wordFor } from "./given.ts";
import { configKey } from "./names.ts";
import { readPlatform } from "./parse.ts";
import { ConfigError, inOrder, pathText, show } from "./problem.ts";
import type { Platform } from "./schema.ts";
import { secretForm } from "./secret-forms.ts";
import { type SeedUse, seedUses } from "./seed-uses.ts";
import { valuesMaterial } from "./values-file.ts";

export { parsePlatform } from "./parse.ts";
export { ConfigError } from "./problem.ts";

/** Secret values that the configuration names with `seedFrom`. */
export interface ConfigSecrets {
  /** The seed, password, token or private key under a name from `seedFrom` and its like, marked as a secret. */
  readonly seed: (name: string) => pulumi.Output<string>;
}

/**
 * The configuration of the current stack.
 * @throws pulumi.RunError (a message without a stack trace) that lists every problem.
 */
export function loadPlatform(): { platform: Platform; secrets: ConfigSecrets } {
  const config = new pulumi.Config("nats-platform");
  if (isSecret(config, "platform")) return fail([secureInside]);
  const { problems, platform } = readPlatform(structuredValue(config, "platform"));
  // With keys in a Vault, seeds come from there, and the configuration holds none.
  const uses = platform?.keys.store === "state" ? [...seedUses(platform), ...argocdSecretUses(platform)] : [];
  const file = platform?.secrets.fromValues;
  const valueOf = (name: string) =>
    name.startsWith(VALUES) && file !== undefined ? valuesMaterial(file, name) : config.get(name);
  const all = [
    ...problems,
    ...uses.flatMap((use) => seedProblem(use, config, valueOf(use.name))),
    ...authorityProblems(platform),
  ];
  if (all.length > 0 || platform === undefined) return fail(all);
  const named = new Set(uses.map(({ name }) => name));
  return {
    platform,
    secrets: {
      seed: (name) => {
        if (!named.has(name)) throw new Error(`No seedFrom names the configuration value ${name}`);
        return name.startsWith(VALUES) ? pulumi.secret(valueOf(name) ?? "") : config.requireSecret(name);
      },
    },
  };
}

/** @throws pulumi.RunError (a message without a stack trace) that lists the problems. */
export function fail(problems: readonly Problem[]): never {
  throw new pulumi.RunError(new ConfigError(inOrder(problems)).message);
}

/** A structured value of the configuration. */
export function structuredValue(config: pulumi.Config, name: string): unknown {
  const text = config.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not structured: hand the text on, and the schema says what it should be.
    return text;
  }
}

/**
 * Pulumi decrypts a `secure:` value inside an object and hands it out unmarked; all it tells is that the key holds one.
 * Nothing else is checked then, because another problem might show the value.
 */
const secureInside: Problem = {
  path: "platform",
  found: "an encrypted value (secure:) in it",
  allowed:
    "secrets stand beside it: give each a name of its own (pulumi config set --secret <name>) and write seedFrom: <name> here",
};

function authorityProblems(platform: Platform | undefined): Problem[] {
  if (platform?.keys.store !== "vault" || platform.keys.caFile === undefined) return [];
  const { caFile } = platform.keys;
  const isThere = existsSync(caFile) && readFileSync(caFile, "utf8").includes("BEGIN CERTIFICATE");
  if (isThere) return [];
  return [{ path: "keys.caFile", found: show(caFile), allowed: "a file with certificates in PEM is needed there" }];
}

/** What stands for something in a values file begins so; the name of a configuration value can't. */
const VALUES = "values.";

function seedProblem(use: SeedUse, config: pulumi.Config, value: string | undefined): Problem[] {
  const { path, name } = use;
  const problem = (found: string, allowed: string) => [{ path: pathText(path), found, allowed }];
  // A token that stands here in place of its name: no line that follows may repeat it.
  if (secretForm(name) !== undefined || /^[0-9a-f]{20,}$/i.test(name))
    return problem("a value that may be a secret (not shown)", configKey.allowed);
  const isOfFile = name.startsWith(VALUES);
  const command = isOfFile
    ? "it stands in the values file"
    : use.kind === "privateKey" || use.kind === "tlsKey"
      ? `type \`pulumi config set --secret ${name} < FILE\` with the file of the ${wordFor(use)}`
      : `type \`pulumi config set --secret ${name}\` and paste the ${wordFor(use)} when asked${use.kind === "foreignPassword" ? " (one of several lines: add `< FILE`)" : ""}`;
  if (value === undefined) return problem(`the name ${name}`, `there is no such value: ${command}`);
  if (!isOfFile && !isSecret(config, name))
    return problem(`${name} in plain text`, `a ${wordFor(use)} must be encrypted: ${command}`);
  const wrong = givenProblem(use, value);
  return wrong === undefined ? [] : problem(wrong.found, `${wrong.allowed}: ${command}`);
}

/** The SDK has `isConfigSecret` but keeps it out of its types. */
export function isSecret(config: pulumi.Config, name: string): boolean {
  const runtime = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
  return runtime.isConfigSecret(`${config.name}:${name}`);
}
