import { parse } from "yaml";
import type { Problem } from "../nats/problem.ts";
import { at } from "./merge.ts";
import { asWritten, deepFreeze, findingsOf, isConsequence, readableParts, readPlatform } from "./parse.ts";
import { type Finding, inOrder, type Path } from "./problem.ts";
import { sharedLogins, vaultSetupRules, type VaultPlatform } from "./rules/vault-setup.ts";
import type { Platform } from "./schema.ts";
import { type VaultSetupSettings, vaultSetupSchema } from "./vault-setup-schema.ts";

/** The text of a file of the project; undefined where there is none. */
export type ReadFile = (name: string) => string | undefined;

/** A set-up, and the platform that it is for. */
export interface VaultSetupConfig {
  readonly setup: VaultSetupSettings;
  readonly platform: VaultPlatform;
}

/** What became of an input. */
export interface VaultSetupReading {
  readonly problems: readonly Problem[];
  /** Absent if there are problems. */
  readonly config: VaultSetupConfig | undefined;
}

/** A platform whose keys are in Vault, if that is what a stack has; otherwise why not. */
interface NamedPlatform {
  readonly findings: readonly Finding[];
  /** What is wrong in the stack's own file. */
  readonly problems: readonly Problem[];
  readonly platform: VaultPlatform | undefined;
}

/** The typed set-up of a platform's Vault, with every problem of both configurations. */
export function readVaultSetup(input: unknown, read: ReadFile): VaultSetupReading {
  const result = vaultSetupSchema.safeParse(input);
  const shape = result.success ? [] : findingsOf(result.error, input);
  const setup = result.success ? result.data : readableParts(vaultSetupSchema, input, result.error);
  const named: NamedPlatform =
    setup === undefined ? { findings: [], problems: [], platform: undefined } : platformOf(setup.stack, read);
  const { platform } = named;
  const ruled = [
    ...named.findings,
    ...(setup === undefined ? [] : certificates(setup, read)),
    ...(setup === undefined || platform === undefined ? [] : vaultSetupRules(setup, platform)),
  ].filter((finding) => !isConsequence(finding, shape));
  const problems = inOrder([
    ...[...shape, ...ruled].map((finding) => asWritten(finding, input, "vault")),
    ...named.problems,
  ]);
  const isRight = problems.length === 0 && setup !== undefined && platform !== undefined;
  return { problems, config: isRight ? deepFreeze({ setup, platform }) : undefined };
}

function platformOf(stack: string, read: ReadFile): NamedPlatform {
  const file = `Pulumi.${stack}.yaml`;
  const wrong = (found: string, allowed: string): NamedPlatform => ({
    findings: [{ path: ["stack"], found: `${JSON.stringify(stack)}${found}`, allowed }],
    problems: [],
    platform: undefined,
  });
  const text = read(file);
  if (text === undefined) return wrong("", `there is no file ${file}: name the stack that holds the platform`);
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return wrong("", `${file} is no YAML`);
  }
  const written = at(at(content, "config"), "nats-platform:platform");
  if (written === undefined) return wrong(" without a platform", `${file} must have nats-platform:platform`);
  const { problems, platform } = readPlatform(written);
  if (problems.length > 0 || platform === undefined)
    return { findings: [], problems: inFile(file, problems), platform: undefined };
  if (!isInVault(platform)) {
    return wrong(`, whose keys.store is ${platform.keys.store}`, `keys.store must be vault in ${file}`);
  }
  const shared = [...sharedLogins(platform)].map((finding) => asWritten(finding, written));
  return { findings: [], problems: inFile(file, shared), platform };
}

function inFile(file: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: `${file}: ${problem.path}` }));
}

function isInVault(platform: Platform): platform is VaultPlatform {
  return platform.keys.store === "vault";
}

function* certificates({ ci, clusters }: VaultSetupSettings, read: ReadFile): Generator<Finding> {
  const named: [Path, string | undefined][] = [
    [["ci", "caFile"], ci?.caFile],
    ...Object.entries(clusters).map(([region, { caFile }]): [Path, string | undefined] => [
      ["clusters", region, "caFile"],
      caFile,
    ]),
  ];
  for (const [path, file] of named) {
    if (file === undefined || read(file)?.includes("-----BEGIN CERTIFICATE-----") === true) continue;
    const found = JSON.stringify(file);
    yield { path, found, allowed: "there is no such file with certificates in PEM, relative to the project" };
  }
}
