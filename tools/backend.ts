import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";

/** Where the state is and what its secrets are encrypted under. */
export interface Backend {
  /** Variables to add to the engine's environment. Empty where the user has chosen everything. */
  readonly env: Readonly<Record<string, string>>;
  /** URL of the backend, as far as it can be known without asking the engine. */
  readonly url: string | undefined;
  /** The secrets are encrypted under the passphrase that we make, which is of this folder only. */
  readonly hasOurPassphrase: boolean;
}

/** Where the choices come from. */
export interface BackendChoices {
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  readonly hasOwnSecretsProvider: boolean;
}

/**
 * Decides on a backend. The user's own wins: `PULUMI_BACKEND_URL`, `backend:` in Pulumi.yaml, or a login. Else it is the folder
 * `.nats-platform/state`, with a passphrase that is made once beside it unless the user gives one.
 */
export function chooseBackend(choices: BackendChoices): Backend {
  const url = chosenUrl(choices);
  if (url !== undefined) return { env: {}, url, hasOurPassphrase: false };

  const own = ownFolder(choices.project);
  const state = join(own, "state");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // Without `metadata=skip` the engine (gocloud's fileblob) keeps a file of attributes beside each of its files and writes it in place:
  // a process that is killed in that moment leaves it empty, and no command reads the state any more ("failed to load checkpoint: EOF").
  const env: Record<string, string> = { PULUMI_BACKEND_URL: `${pathToFileURL(state).href}?metadata=skip` };
  const hasPassphrase =
    choices.env.PULUMI_CONFIG_PASSPHRASE !== undefined || choices.env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  const hasOurPassphrase = !hasPassphrase && !choices.hasOwnSecretsProvider;
  if (hasOurPassphrase) env.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile(own);
  return { env, url: env.PULUMI_BACKEND_URL, hasOurPassphrase };
}

/** The project's folder for what is made on this machine: not in Git, readable by its owner only. */
export function ownFolder(project: string): string {
  const folder = join(project, ".nats-platform");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return folder;
}

/** A file with 32 random bytes as hex digits, made at the first call and never written again. */
export function passphraseFile(folder: string): string {
  const file = join(folder, "passphrase");
  if (existsSync(file)) return file;
  // Written beside and linked: it is there whole or not at all, and of two runs at once one wins and both use its words.
  const draft = join(folder, `.passphrase-${process.pid}`);
  writeFileSync(draft, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  return file;
}

function chosenUrl({ project, env }: BackendChoices): string | undefined {
  const fromEnvironment = env.PULUMI_BACKEND_URL;
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;
  return urlOfProject(join(project, "Pulumi.yaml")) ?? urlOfLogin(env);
}

function urlOfProject(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return (parse(readFileSync(file, "utf8")) as { backend?: { url?: string } } | null)?.backend?.url;
}

/** The backend that `pulumi login` has left; an access token in the environment means the Pulumi service. */
function urlOfLogin(env: NodeJS.ProcessEnv): string | undefined {
  const home = env.PULUMI_CREDENTIALS_PATH ?? env.PULUMI_HOME ?? join(env.HOME ?? homedir(), ".pulumi");
  try {
    const { current } = JSON.parse(readFileSync(join(home, "credentials.json"), "utf8")) as { current?: string };
    if (current !== undefined && current !== "") return current;
  } catch {
    // No login.
  }
  return env.PULUMI_ACCESS_TOKEN === undefined ? undefined : "https://api.pulumi.com";
}
