import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { until } from "../../../tools/cluster/wait.ts";
import { programOfRing, type ControlPlane } from "./control-plane.ts";
import { served } from "./kinds.ts";

/** Where External Secrets is to work: a cluster, or its API alone. */
export type Place = Pick<ControlPlane, "kubeconfig" | "folder" | "kubectl">;

/** A cluster as a place for it; the folder is for its files. */
export function placeIn(cluster: Cluster, folder: string): Place {
  return { kubeconfig: cluster.kubeconfig, folder, kubectl: (...args) => cluster.kubectl(args) };
}

/** The controller of External Secrets, a process on this machine. */
export interface Controller {
  /** The last lines of its log. */
  logs(): string;
  stop(): Promise<void>;
}

/** Only the kinds that the controller reads, whatever it is used for. */
const KINDS = /^(?:external-secrets\.io_(?!cluster(?:external|push))|generators\.external-secrets\.io_generatorstates)/;

/** Makes the controller's kinds known and starts it, as administrator and without its webhook. */
export async function startController(plane: Place): Promise<Controller> {
  const program = programOfRing("external-secrets");
  await defineKinds(plane);
  const logFile = join(plane.folder, "external-secrets.log");
  const log = openSync(logFile, "a");
  const flags = [
    "--metrics-addr=0",
    "--live-addr=0",
    "--enable-cluster-external-secret-reconciler=false",
    "--enable-cluster-push-secret-reconciler=false",
  ];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...flags], {
    stdio: ["ignore", log, log],
    env: { ...process.env, KUBECONFIG: plane.kubeconfig },
  });
  closeSync(log);
  return {
    logs: () => readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-20).join("\n"),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

interface Definition {
  metadata: { name: string };
  spec: { versions: { served: boolean }[] };
}

/** Makes the controller's kinds known. Without the versions that are no longer served: they make the files twice as long. */
export async function defineKinds(plane: Place): Promise<void> {
  const folder = join(dirname(programOfRing("external-secrets")), "..", "crds");
  const definitions = readdirSync(folder)
    .filter((file) => KINDS.test(file))
    .map((file) => parse(readFileSync(join(folder, file), "utf8")) as Definition);
  for (const { spec } of definitions) spec.versions = spec.versions.filter(({ served }) => served);
  const file = join(plane.folder, "kinds.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: definitions }));
  await plane.kubectl("create", "--validate=false", "-f", file);
  await served(plane, definitions);
}

/** What the tests look at in an object that the controller works on. */
export interface Observed {
  readonly spec: unknown;
  readonly isReady: boolean;
  readonly reason: string;
  readonly message: string;
  /** Changes with each round that succeeded after the object had changed. */
  readonly synced: string;
}

interface Wire {
  readonly spec: unknown;
  readonly status?: {
    readonly syncedResourceVersion?: string;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

/** An object as it is now. */
export async function observe(plane: ControlPlane, kind: string, name: string, namespace?: string): Promise<Observed> {
  const where = namespace === undefined ? [] : ["-n", namespace];
  const { spec, status } = JSON.parse(await plane.kubectl("get", kind, name, ...where, "-o", "json")) as Wire;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return {
    spec,
    isReady: ready?.status === "True",
    reason: ready?.reason ?? "",
    message: ready?.message ?? "",
    synced: status?.syncedResourceVersion ?? "",
  };
}

let forced = 0;

/** Asks for a round before its time, as people do: `kubectl annotate externalsecret … force-sync=…`. */
export async function forceRound(plane: ControlPlane, kind: string, name: string, namespace: string): Promise<void> {
  forced += 1;
  await plane.kubectl("annotate", "--overwrite", kind, name, "-n", namespace, `force-sync=${String(forced)}`);
}

/** Asks for a round and waits until it has succeeded. */
export async function refresh(plane: ControlPlane, kind: string, name: string, namespace: string): Promise<void> {
  const before = await observe(plane, kind, name, namespace);
  await forceRound(plane, kind, name, namespace);
  const isDone = async () => {
    const now = await observe(plane, kind, name, namespace);
    return now.isReady && now.synced !== before.synced;
  };
  await until(`${namespace}/${name} is refreshed`, isDone, { seconds: 60 });
}
