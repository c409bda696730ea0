import { runChecks } from "./checks.ts";
import { ensurePrograms } from "./debian.ts";
import { ensure } from "./ensure.ts";
import { duration, say } from "./progress.mjs";
import { Trouble } from "./project.ts";
import { runRing, type Outcome } from "./ring-run.ts";
import { CHECKS, select, type Ring, type Selection } from "./rings.ts";

interface Result extends Outcome {
  readonly name: string;
  readonly ms: number;
}

/**
 * `npm test`: the checks, then the rings, one after another so that they don't starve each other; what the later ones need
 * is built meanwhile. The last line is the total, and the exit code is 0 only if nothing failed.
 */
export async function test(args: readonly string[]): Promise<number> {
  const selection = select(args);
  const tools = selection.rings.map((ring) => ({ ring, folders: ensure(ring.needs) }));
  // Awaited further down; until then a failed build is nobody's unhandled rejection.
  for (const { folders } of tools) folders.catch(() => undefined);

  const results: Result[] = [];
  if (selection.hasChecks) results.push(await timed(CHECKS, runChecks));
  for (const { ring, folders } of tools) {
    results.push(
      await timed(ring.name, async () => {
        await ensurePrograms(`the ring ${ring.name}`, ring.programs ?? []);
        return runOne(ring, selection, await folders);
      }),
    );
  }

  const passed = sum(results.map((result) => result.passed));
  const failed = sum(results.map((result) => result.failed));
  for (const result of results) console.log(summaryLine(result));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function runOne(ring: Ring, selection: Selection, folders: readonly string[]): Promise<Outcome> {
  const isAlone = selection.rings.length === 1 && !selection.hasChecks;
  return runRing(ring, selection, folders, isAlone);
}

async function timed(name: string, work: () => Promise<Outcome>): Promise<Result> {
  const started = Date.now();
  const outcome = await work().catch((error: unknown): Outcome => {
    if (!(error instanceof Trouble)) throw error;
    return { passed: 0, failed: 1, output: `${error.message}\n` };
  });
  if (outcome.output !== "") say(`${process.stderr.isTTY ? "\r\x1b[K" : ""}--- ${name}\n${outcome.output.trimEnd()}`);
  return { name, ms: Date.now() - started, ...outcome };
}

function summaryLine({ name, passed, failed, ms }: Result): string {
  return `${name.padEnd(8)} ${passed} passed, ${failed} failed, ${duration(ms)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
