import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** What the tools have to know of a stack before its program runs. */
export interface StackFacts {
  /** A region of it applies to a cluster: the Kubernetes provider is needed. */
  readonly hasClusterTarget: boolean;
  /** It sets a Vault up: the Vault provider is needed. */
  readonly isVaultSetup: boolean;
  /** Its secrets are encrypted by a service (a cloud KMS, the Pulumi service), not under a passphrase. */
  readonly hasOwnSecretsProvider: boolean;
  /** It holds encrypted values. */
  readonly hasSecrets: boolean;
}

const NO_FILE: StackFacts = {
  hasClusterTarget: false,
  isVaultSetup: false,
  hasOwnSecretsProvider: false,
  hasSecrets: false,
};

/** Settings file of a stack; `organization/project/name` counts by its last part, as it does for Pulumi. */
export function stackFile(project: string, stack: string): string {
  return join(project, `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`);
}

/** Reads the facts from a stack's file; one that does not exist has none of them. */
export function stackFacts(file: string): StackFacts {
  return existsSync(file) ? factsOf(readFileSync(file, "utf8")) : NO_FILE;
}

/** Reads the facts from the text of a stack's file. What it says wrong is left for the program to report. */
export function factsOf(text: string): StackFacts {
  const file = record(tryParse(text));
  const config = record(file.config);
  const platform = record(config["nats-platform:platform"]);
  const regions = Object.values(record(platform.regions)).map(record);
  const defaults = record(record(platform.defaults).target);
  const provider = file.secretsprovider;
  return {
    hasClusterTarget: [defaults, ...regions.map((region) => record(region.target))].some((it) => "context" in it),
    isVaultSetup: "nats-platform:vault" in config,
    hasOwnSecretsProvider: typeof provider === "string" && provider !== "passphrase",
    hasSecrets: JSON.stringify(config).includes('"secure":'),
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function tryParse(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}
