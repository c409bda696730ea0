import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withPath } from "./ensure.ts";
import { PROJECT } from "./project.ts";
import type { Ring, Selection } from "./rings.ts";
import { run, runInTerminal } from "./run.ts";

/** How a ring ended. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What it printed, unless it went to the terminal at once. */
  readonly output: string;
}

/** Runs the tests of a ring with these folders first on PATH. `isLive`: its output goes to the terminal as it comes. */
export async function runRing(
  ring: Ring,
  { options, files }: Pick<Selection, "options" | "files">,
  folders: readonly string[],
  isLive: boolean,
): Promise<Outcome> {
  const temporary = mkdtempSync(join(tmpdir(), "nats-platform-ring-"));
  const report = join(temporary, "report.tap");
  const args = [
    "--test",
    `--test-timeout=${ring.testTimeoutMinutes * 60_000}`,
    ...(ring.filesAtOnce === undefined ? [] : [`--test-concurrency=${ring.filesAtOnce}`]),
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...["--test-reporter=tap", `--test-reporter-destination=${report}`],
    ...options,
    ...(files.length > 0 ? files : [`test/${ring.name}/**/*.test.ts`]),
  ];
  const where = { cwd: PROJECT, env: ringEnvironment(folders, process.env) };
  try {
    if (isLive) return outcomeOf(report, await runInTerminal(process.execPath, args, where), "");
    const { code, stdout, stderr } = await run(process.execPath, args, where);
    return outcomeOf(report, code, stdout + stderr);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** What tests see of the world: our tools, and nothing of the user's own Pulumi, cluster, Vault or NATS contexts. */
export function ringEnvironment(folders: readonly string[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(PULUMI_|KUBECONFIG$|VAULT_|NATS_(?!PLATFORM_))/.test(name));
  return withPath(folders, {
    ...Object.fromEntries(kept),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NATS_PLATFORM_NODE: process.execPath,
  });
}

function outcomeOf(report: string, code: number, output: string): Outcome {
  const { passed, failed } = countTests(existsSync(report) ? readFileSync(report, "utf8") : "");
  // Red without a red test: the runner itself failed, or found no test to run.
  const hasHiddenFailure = failed === 0 && (code !== 0 || passed === 0);
  return {
    passed,
    failed: hasHiddenFailure ? 1 : failed,
    output: passed + failed === 0 ? `${output}\nno test has run\n` : output,
  };
}

/** Reads the closing lines of Node's TAP report. A test that did not pass (skipped and to-do ones too) has failed. */
export function countTests(tap: string): { passed: number; failed: number } {
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const passed = count("pass");
  return { passed, failed: count("tests") - passed };
}
