import { join } from "node:path";
import { PROJECT } from "./project.ts";
import type { Outcome } from "./ring-run.ts";
import { run } from "./run.ts";

const CHECKS: readonly (readonly [command: string, ...args: string[]])[] = [
  ["tsc", "--noEmit"],
  ["eslint", "--max-warnings=0", "."],
  ["prettier", "--check", "--log-level=warn", "."],
];

/** Types, lint and format; each counts as one test. */
export async function runChecks(): Promise<Outcome> {
  const reports = await Promise.all(
    CHECKS.map(async ([command, ...args]) => {
      const { code, stdout, stderr } = await run(join(PROJECT, "node_modules", ".bin", command), args, {
        cwd: PROJECT,
      });
      return {
        hasPassed: code === 0,
        output: `${[command, ...args].join(" ")}: ${code === 0 ? "ok" : "failed"}\n${stdout}${stderr}`,
      };
    }),
  );
  const passed = reports.filter((report) => report.hasPassed).length;
  return { passed, failed: reports.length - passed, output: reports.map((report) => report.output).join("") };
}
