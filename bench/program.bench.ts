/**
 * How long the program itself takes, without the engine: the whole of it for 1, 10 and 100 regions, and from the start of
 * its process to the first resource that it asks for (the aim is less than 1.5 s). `npm run bench program`.
 *
 * Every number is the median of five processes, because a process loads its modules once.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { platformOf, runProgram } from "../test/support/program.ts";

const RUNS = 5;
const REGIONS = [1, 10, 100];

interface Measured {
  readonly milliseconds: number;
  /** Time that the process had a core for: what other work on the machine changes less. */
  readonly busy: number;
  readonly resources: number;
}

const none: Measured = { milliseconds: Number.NaN, busy: Number.NaN, resources: 0 };

/** The dev stack with this many regions, each with its servers; the users' credentials go to the first one. */
function platformWith(regions: number): unknown {
  const platform = platformOf("dev") as { regions: Record<string, { nats: unknown }> };
  const names = Array.from({ length: regions - 1 }, (_, place) => `region-${String(place + 1)}`);
  const others = names.map(
    (name) => [name, { ...platform.regions.local, target: { render: `deploy/${name}` } }] as const,
  );
  return { ...platform, regions: { ...platform.regions, ...Object.fromEntries(others) } };
}

/** Runs the program to its end, with the real providers. */
async function wholeProgram(regions: number): Promise<Measured> {
  const registrations = await runProgram({ stack: "dev", platform: platformWith(regions) });
  return { milliseconds: performance.now(), busy: busyMilliseconds(), resources: registrations.length };
}

/** Runs the program until it registers something beside the stack itself. */
async function firstResource(): Promise<Measured> {
  let first: Measured | undefined;
  const newResource = ({ type, inputs }: pulumi.runtime.MockResourceArgs) => {
    if (type !== "pulumi:pulumi:Stack")
      first ??= { milliseconds: performance.now(), busy: busyMilliseconds(), resources: 1 };
    return { id: "bench", state: inputs as Record<string, unknown> };
  };
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    "nats-platform",
    "dev",
  );
  pulumi.runtime.setAllConfig({ "nats-platform:platform": JSON.stringify(platformOf("dev")) });
  await pulumi.runtime.runInPulumiStack(() => import("../index.ts") as Promise<unknown>);
  return first ?? none;
}

function busyMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs this file again as the process that is measured, which counts from its own start. */
function measure(what: string): Measured {
  const results = Array.from({ length: RUNS }, () => {
    // What counts is the number: a program that is left at its first resource complains, and ends with a code of its own.
    const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--child", what], {
      encoding: "utf8",
    });
    const number = stdout.split("\n").find((line) => line.startsWith("{"));
    if (number === undefined) throw new Error(`the program did not get there: ${stderr}`);
    return JSON.parse(number) as Measured;
  });
  const sorted = results.sort((a, b) => a.milliseconds - b.milliseconds);
  return sorted[Math.floor(RUNS / 2)] ?? none;
}

const child = process.argv.indexOf("--child");
if (child !== -1) {
  const what = process.argv[child + 1] ?? "";
  const measured = what === "first" ? await firstResource() : await wholeProgram(Number(what));
  console.log(JSON.stringify(measured));
  process.exit(0);
}

const rows = [
  ["process start to the first resource (aim: 1500 ms)", measure("first")] as const,
  ...REGIONS.map((regions) => [`whole program, ${regions} region(s)`, measure(String(regions))] as const),
];
console.log(`the program without the engine, median of ${RUNS}`);
for (const [what, { milliseconds, busy, resources }] of rows) {
  const numbers = [`${milliseconds.toFixed(0)} ms`, `${busy.toFixed(0)} ms busy`, `${resources} resources`];
  console.log(what.padEnd(52), ...numbers.map((number) => number.padStart(15)));
}
