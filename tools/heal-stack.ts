import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ownFolder } from "./backend.ts";
import { locksOf, removeLock, withoutOurPending, writeCheckpoint, type Checkpoint } from "./heal.ts";
import { say } from "./progress.mjs";
import { PROJECT, Trouble } from "./project.ts";
import { pulumi, type Session } from "./session.ts";

/**
 * Clears what an update that was killed has left behind, as far as that is safe; says what it did, and what it leaves to the user.
 * Tells whether the stack is still empty.
 */
export async function heal(session: Session): Promise<{ isEmpty: boolean }> {
  healLocks(session);
  const { deployment } = await healPending(session);
  return { isEmpty: (deployment.resources ?? []).length === 0 };
}

function healLocks({ backend, stack }: Session): void {
  for (const lock of locksOf(backend.url, projectName(), stack.split("/").at(-1) ?? stack)) {
    const { pid, hostname, username, timestamp } = lock.content;
    const holder = `process ${pid} on ${hostname} (${username}, ${timestamp})`;
    if (lock.holder === "dead") {
      removeLock(lock);
      say(`removed the lock of an update that was killed: ${holder} is gone`);
    } else {
      const known = lock.holder === "alive" ? "is running" : "may still be running";
      throw new Trouble(
        `stack ${stack} is being updated: ${holder} ${known}. Wait for it; if it is gone for certain, ` +
          `\`npm run pulumi -- cancel --stack ${stack}\` removes its lock`,
      );
    }
  }
}

async function healPending(session: Session): Promise<Checkpoint> {
  const exported = await pulumi(session, ["stack", "export", "--stack", session.stack]);
  if (exported.code !== 0)
    throw new Trouble(`the state of stack ${session.stack} can't be read: ${exported.stderr.trim()}`);
  const { checkpoint, dropped, left } = withoutOurPending(JSON.parse(exported.stdout) as Checkpoint);
  for (const { type, resource } of left) {
    say(
      `an update was killed while it was ${type} ${resource.urn}: see whether that is there, then run ` +
        `\`npm run pulumi -- refresh --stack ${session.stack}\`, which asks what to do`,
    );
  }
  if (dropped.length === 0) return checkpoint;
  await importCheckpoint(session, checkpoint);
  say(`cleared ${dropped.length} unfinished operation(s) of an update that was killed; this update does them again`);
  return checkpoint;
}

async function importCheckpoint(session: Session, checkpoint: Checkpoint): Promise<void> {
  const folder = mkdtempSync(join(ownFolder(PROJECT), "heal-"));
  try {
    const file = join(folder, "checkpoint.json");
    writeCheckpoint(file, checkpoint);
    const imported = await pulumi(session, ["stack", "import", "--stack", session.stack, "--file", file]);
    if (imported.code !== 0) throw new Trouble(`the healed state could not be stored: ${imported.stderr.trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function projectName(): string {
  return (parse(readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}
