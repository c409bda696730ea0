import { clusterQuestions } from "./cluster-targets.ts";
import { heal } from "./heal-stack.ts";
import { say } from "./progress.mjs";
import { PROJECT, Trouble } from "./project.ts";
import { pulumi, pulumiInTerminal, withoutStack, withSession, type Session } from "./session.ts";
import { stackFile } from "./stack-file.ts";

/** `npm run up`: makes the stack if it is not there, clears what a killed update left, and updates. */
export function up(args: readonly string[]): Promise<number> {
  return withSession(args, async (session) => {
    await select(session);
    const mode = upMode(session, await heal(session));
    const code = await pulumiInTerminal(session, ["up", "--stack", session.stack, ...mode, ...withoutStack(args)]);
    if (code !== 0) clusterQuestions(stackFile(PROJECT, session.stack)).forEach(say);
    return code;
  });
}

/** `npm run preview`. */
export function preview(args: readonly string[]): Promise<number> {
  return withSession(args, async (session) => {
    await select(session);
    return pulumiInTerminal(session, ["preview", "--stack", session.stack, ...withoutStack(args)]);
  });
}

/** `npm run pulumi -- ...`: any command of the engine, with the same engine, backend and passphrase. */
export function anyPulumi(args: readonly string[]): Promise<number> {
  return withSession(args, (session) => pulumiInTerminal(session, args));
}

async function select(session: Session): Promise<void> {
  const selected = await pulumi(session, ["stack", "select", "--create", "--stack", session.stack]);
  if (selected.code !== 0) throw new Trouble(selected.stderr.trim());
}

/**
 * An update that changes a cluster shows its preview, and asks if it can. One that only writes files does not ask, but is previewed
 * as well: what is refused (the deletion of a protected key, somebody else's file) is refused before anything has happened. Only
 * the first one has nothing to lose, and saves the time.
 */
function upMode({ facts }: Session, { isEmpty }: { isEmpty: boolean }): string[] {
  if (facts.hasClusterTarget || facts.isVaultSetup) return process.stdin.isTTY && process.stdout.isTTY ? [] : ["--yes"];
  return isEmpty ? ["--yes", "--skip-preview"] : ["--yes"];
}
