/**
 * What a fleet's Applications cost: time of the program and of a preview (with the engine) for each of 300 Applications, beside the
 * same 300 objects registered with no plan and no checks; and the largest object of each mode at 10, 100 and 300 regions.
 * `npm run bench argocd`.
 *
 * Times of the program are medians of {@link RUNS} processes, those of the engine by the clock; of the whole minus the same stack without the
 * fleet.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { Application, type ApplicationArgs } from "../components/target/argo-cd.ts";
import type { ManifestInputs } from "../providers/manifest.ts";
import {
  freshCopy,
  npmPulumi,
  pulumi as pulumiCommand,
  type ProjectCopy,
} from "../test/engine/support/project-copy.ts";
import { fleetPlatform, regionNames, type FleetMode } from "../test/support/fleet.ts";
import { manifestsOf, runProgram } from "../test/support/program.ts";

const RUNS = 5;
const PREVIEWS = 3;
/** Two components in each. */
const REGIONS = 150;
const APPLICATIONS = 2 * REGIONS;
const MODES: readonly FleetMode[] = ["applications", "applicationSet", "helmfile"];
/** etcd takes no request that is larger (its default, 1.5 MiB). */
const LARGEST = 1.5 * 2 ** 20;

const child = process.argv.indexOf("--child");
if (child !== -1) {
  console.log(JSON.stringify(await measured(process.argv[child + 1] ?? "")));
  process.exit(0);
}

console.log(`${String(APPLICATIONS)} Applications: the program without the engine, median of ${String(RUNS)}`);
const without = median(RUNS, () => inChild("none"));
const peer = median(RUNS, () => inChild("peer")) - median(RUNS, () => inChild("nothing"));
row("the objects alone, no plan and no checks", peer, peer);
for (const mode of MODES) row(mode, median(RUNS, () => inChild(mode)) - without, peer);

console.log(`\n${String(APPLICATIONS)} Applications: a preview of a new stack, median of ${String(PREVIEWS)}`);
const copy = await freshCopy();
const previewWithout = await previewed(copy, platformFor("none"));
for (const mode of MODES) row(mode, (await previewed(copy, platformFor(mode))) - previewWithout);

console.log("\nlargest object, in bytes (of what etcd takes at most), and objects");
for (const mode of MODES) {
  for (const regions of [10, 100, 300]) {
    const objects = await objectsOf(fleetPlatform({ mode, regions: regionNames(regions), ...room(mode) }));
    const largest = Math.max(...objects.map(({ manifest }) => JSON.stringify(manifest).length));
    const share = `${((100 * largest) / LARGEST).toFixed(1)} %`;
    console.log(
      `  ${mode.padEnd(15)} ${String(regions).padStart(4)} regions`,
      String(largest).padStart(9),
      share.padStart(8),
      String(objects.length).padStart(5),
    );
  }
}
process.exit(0);

/** A helmfile fleet has to be told how many regions there is to be room for. */
function room(mode: FleetMode): object {
  return mode === "helmfile" ? { fleet: { helmfile: { path: "argocd/glass-instrumentation", shards: 16 } } } : {};
}

function platformFor(what: string): Record<string, unknown> {
  const regions = regionNames(REGIONS);
  const mode = MODES.find((known) => known === what);
  if (mode !== undefined) return fleetPlatform({ mode, regions, ...room(mode) });
  return fleetPlatform({ mode: "applications", regions, argocd: { fleets: {} } });
}

async function objectsOf(platform: unknown): Promise<ManifestInputs[]> {
  const manifests = manifestsOf(await runProgram({ stack: "bench", fixed: true, platform }));
  return manifests.filter(({ manifest }) => manifest.kind.startsWith("Application"));
}

/** Milliseconds of a core for what this process is for. */
async function measured(what: string): Promise<number> {
  if (what === "peer" || what === "nothing") return peerProgram(what === "peer" ? APPLICATIONS : 0);
  const started = busy();
  await runProgram({ stack: "bench", platform: platformFor(what) });
  return busy() - started;
}

/** A program that makes the same objects and nothing else. */
async function peerProgram(count: number): Promise<number> {
  const spec = (place: number): ApplicationArgs["spec"] => ({
    project: "nats-platform",
    source: { repoURL: "https://git.example/spog.git", targetRevision: "main", path: "helm/glass-instrumentation" },
    destination: { server: "https://kubernetes.default.svc", namespace: `auth-${String(place)}` },
    syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ["ServerSideApply=true"] },
  });
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs }) => ({ id: type, state: inputs as Record<string, unknown> }),
    call: ({ inputs }) => inputs as Record<string, unknown>,
  });
  const started = busy();
  await pulumi.runtime.runInPulumiStack(() => {
    for (let place = 0; place < count; place += 1) {
      const name = `application-${String(place)}`;
      new Application(name, { metadata: { name, namespace: "argocd" }, spec: spec(place) });
    }
    return Promise.resolve({});
  });
  await pulumi.runtime.disconnect();
  return busy() - started;
}

/** Milliseconds for which this process had a core: other work on the machine changes them less than the clock's. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function inChild(what: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--child", what], {
    encoding: "utf8",
  });
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (!/^[\d.]+$/.test(last)) throw new Error(`no number came of ${what}: ${stderr}`);
  return Number(last);
}

/** Milliseconds of a preview with the engine: the median. */
async function previewed(copy: ProjectCopy, platform: unknown): Promise<number> {
  const file = { config: { "nats-platform:platform": platform } };
  writeFileSync(join(copy.folder, "Pulumi.bench.yaml"), stringify(file));
  await npmPulumi(copy, ["stack", "init", "bench"]);
  const times: number[] = [];
  for (let run = 0; run < PREVIEWS; run += 1) {
    const started = performance.now();
    const { code, output } = await pulumiCommand(copy, ["preview", "--stack", "bench"]);
    if (code !== 0) throw new Error(output);
    times.push(performance.now() - started);
  }
  return middle(times);
}

function median(runs: number, take: () => number): number {
  return middle(Array.from({ length: runs }, take));
}

function middle(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function row(what: string, milliseconds: number, beside?: number): void {
  const each = `${(milliseconds / APPLICATIONS).toFixed(2)} ms each`;
  const ratio = beside === undefined ? "" : `${(milliseconds / beside).toFixed(2)} of the first`;
  console.log(`  ${what.padEnd(42)} ${milliseconds.toFixed(0).padStart(7)} ms ${each.padStart(16)}  ${ratio}`);
}
