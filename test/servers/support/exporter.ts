import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "../../../tools/project.ts";
import { eventually } from "./monitoring.ts";

/** What the exporter serves: values by series, such as `nats_system_meta_peer_lag{peer="nats-1"}`. */
export type Series = Readonly<Record<string, number>>;

/** The system exporter under way. */
export interface ExporterCommand {
  /** Where it is scraped. */
  readonly address: string;
  /** What it has said so far, on both streams. */
  said(): string;
  series(): Promise<Series>;
  /** Waits until a condition holds for what it serves. */
  shows(what: string, holds: (series: Series) => boolean, seconds?: number): Promise<Series>;
  /** The status of /readyz or /healthz. */
  status(path: "/readyz" | "/healthz"): Promise<number>;
  /** Sends SIGTERM and waits for the end. */
  end(): Promise<number | null>;
}

/** Starts `system-exporter` with these arguments, on a free port. */
export async function startExporterCommand(args: readonly string[]): Promise<ExporterCommand> {
  const command = [join(PROJECT, "cli/main.ts"), "system-exporter", "--port", "0", ...args];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", process.execPath, ...command]);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const portIn = () => /"message":"started","port":(\d+)/.exec(output)?.[1];
  await eventually("the exporter's port", () => portIn() !== undefined || child.exitCode !== null);
  const url = `http://127.0.0.1:${portIn() ?? assert.fail(output)}`;
  const series = async () => seriesIn(await (await fetch(`${url}/metrics`)).text());
  return {
    address: url.replace("http://", ""),
    said: () => output,
    series,
    shows: async (what, holds, seconds) => {
      let last: Series = {};
      await eventually(what, async () => holds((last = await series())), seconds).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${JSON.stringify(last, undefined, 1)}\n${output}`);
      });
      return last;
    },
    status: async (path) => (await fetch(`${url}${path}`)).status,
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

function seriesIn(text: string): Series {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** The series of one metric: values by labels. */
export function only(series: Series, metric: string): Series {
  return Object.fromEntries(
    Object.entries(series)
      .filter(([name]) => name === metric || name.startsWith(`${metric}{`))
      .map(([name, value]) => [name.slice(metric.length), value]),
  );
}
