import { chooseBackend, type Backend } from "./backend.ts";
import { ensure, withPath } from "./ensure.ts";
import { PROJECT } from "./project.ts";
import { run, runInTerminal, type Finished } from "./run.ts";
import { withoutSalt } from "./salt.ts";
import { stackFacts, stackFile, type StackFacts } from "./stack-file.ts";

/** The stack that a newcomer gets. */
const DEFAULT_STACK = "dev";

/** Everything that a Pulumi command on one stack needs. */
export interface Session {
  readonly stack: string;
  readonly facts: StackFacts;
  readonly backend: Backend;
  readonly env: NodeJS.ProcessEnv;
}

/** Finds the engine, the backend and the passphrase for the stack that the arguments name, and does `work` with them. */
export async function withSession<T>(args: readonly string[], work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(stackOf(args));
  if (!session.backend.hasOurPassphrase) return work(session);
  return withoutSalt(stackFile(PROJECT, session.stack), () => work(session));
}

async function openSession(stack: string): Promise<Session> {
  const facts = stackFacts(stackFile(PROJECT, stack));
  const folders = await ensure([
    "engine",
    ...(facts.hasClusterTarget ? ["kubernetes-provider" as const] : []),
    ...(facts.isVaultSetup ? ["vault-provider" as const] : []),
  ]);
  const { hasOwnSecretsProvider } = facts;
  const backend = chooseBackend({ project: PROJECT, env: process.env, hasOwnSecretsProvider });
  const settings = { PULUMI_SKIP_UPDATE_CHECK: "true", NATS_PLATFORM_NODE: process.execPath };
  return { stack, facts, backend, env: withPath(folders, { ...process.env, ...settings, ...backend.env }) };
}

/** Runs `pulumi` and keeps its output. */
export function pulumi(session: Session, args: readonly string[]): Promise<Finished> {
  return run("pulumi", args, { cwd: PROJECT, env: session.env });
}

/** Runs `pulumi` in this terminal. */
export function pulumiInTerminal(session: Session, args: readonly string[]): Promise<number> {
  return runInTerminal("pulumi", args, { cwd: PROJECT, env: session.env });
}

/** The stack that arguments name with `--stack NAME`, `--stack=NAME` or `-s NAME`; else `$PULUMI_STACK`, else dev. */
export function stackOf(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const place = own.findIndex((argument) => argument === "--stack" || argument === "-s");
  const joined = own.find((argument) => argument.startsWith("--stack="))?.slice("--stack=".length);
  const named = place === -1 ? joined : own[place + 1];
  return named ?? env.PULUMI_STACK ?? DEFAULT_STACK;
}

/** The same arguments without the ones that name a stack. */
export function withoutStack(args: readonly string[]): string[] {
  return args.filter((argument, place) => {
    const before = args[place - 1];
    return (
      !["--stack", "-s"].includes(argument) &&
      !["--stack", "-s"].includes(before ?? "") &&
      !argument.startsWith("--stack=")
    );
  });
}
