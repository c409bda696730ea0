import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer } from "../../../cli/local/server.ts";
import { statusOf } from "../../../cli/local/health.ts";
import type { AlertContext } from "../../../nats/alerts/alert.ts";
import { CLUSTER_LABEL, COMPONENT_LABEL, components } from "../../../nats/alerts/series.ts";
import type { AlertChange } from "../../../nats/alerts/table.ts";
import type { ExporterSettings } from "../../../nats/exporter.ts";
import type { Run } from "../../support/program.ts";
import { freePort } from "./free-port.ts";
import { eventually } from "./monitoring.ts";
import { startNatsExporter, type NatsExporter } from "./nats-exporter.ts";
import { startPrometheus, type Prometheus, type Target } from "./prometheus.ts";
import { natsServer, regionName, startDev, type RenderedStack, type TestRegion } from "./region.ts";
import { rulesOf, scaled, type RuleGroup } from "./scaled-rules.ts";

/** How a region is watched. What is absent is as for users. */
export interface WatchSettings {
  readonly run?: Omit<Run, "stack">;
  /** Adds to what was rendered, before it starts. */
  readonly add?: (stack: RenderedStack) => void;
  /** The nats-server to run, where it is not the present one. */
  readonly executable?: string;
  readonly context?: Partial<AlertContext>;
  readonly changes?: Readonly<Record<string, AlertChange>>;
  readonly exporter?: Partial<ExporterSettings>;
  /** Time between two scrapes. The rules count on 15 seconds, divided by the factor. */
  readonly scrapeSeconds?: number;
  /** Time between two evaluations, where it is not the rules' own. */
  readonly evaluationSeconds?: number;
  /** By what the durations of the rules are divided (see {@link scaled}). */
  readonly factor?: number;
}

/** One pod: a server and the exporter beside it. */
export interface WatchedPod {
  readonly name: string;
  /** The server that runs there now, or did last. */
  readonly server: RunningServer;
  readonly exporter: NatsExporter;
  /** Ends the server at once; the exporter goes on. */
  killServer(): Promise<void>;
  /** Ends both, and takes the pod out of what is scraped, as when a node is gone. */
  remove(): Promise<void>;
  /** Starts what does not run. A removed pod comes back with another address. What is changed with its server stays so. */
  restore(change?: ServerChange): Promise<void>;
}

/** What is to be another one when a server starts again. */
export interface ServerChange {
  readonly executable?: string;
  /** Changes the text of each of its files. */
  readonly rewrite?: (text: string) => string;
}

/** The dev region with an exporter beside each server, and a Prometheus that evaluates the region's alerts. */
export interface WatchedRegion {
  readonly region: TestRegion;
  readonly pods: readonly WatchedPod[];
  readonly context: AlertContext;
  readonly prometheus: Prometheus;
  readonly factor: number;
  /** Has something scraped besides the servers' exporters. */
  scrape(target: Target): void;
  /** Another Prometheus on the same targets, with its own intervals and scale. */
  watchAgain(
    settings: Pick<WatchSettings, "scrapeSeconds" | "evaluationSeconds" | "factor" | "changes">,
  ): Promise<Prometheus>;
  end(): Promise<void>;
}

/** What the alerts of the dev region follow from, when nothing is connected to it from elsewhere. */
export const devContext: AlertContext = {
  region: regionName,
  replicas: 3,
  exporter: { streams: "consumers" },
  lameDuckSeconds: 30,
  scrapeSeconds: 15,
  hasSystemExporter: false,
  hasTls: false,
  hasMqtt: true,
  keepsMqttConsumers: false,
  kubelet: undefined,
  expected: { gateways: 0, leafnodes: 0 },
  bridges: [],
  tokens: [],
};

/** Alerts of what is started after the region. */
const quietLater: readonly string[] = ["NatsSystemExporterDown", "NatsGatewayDown", "NatsLeafnodeDown"];

/** Starts it, and resolves when every server has been scraped and no alert is there any more that comes of the start. */
export async function startWatched(settings: WatchSettings = {}): Promise<WatchedRegion> {
  const { scrapeSeconds = 1, factor = 1, changes = {}, executable = natsServer() } = settings;
  const context = { ...devContext, ...settings.context };
  const exporterSettings = { streams: "consumers", accounts: true, gateways: true, leafnodes: true } as const;
  const region = await startDev(settings.run, settings.add, executable);
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-watched-"));
  const watching: Prometheus[] = [];
  const scraped = new Map<string, NatsExporter>();
  const others: Target[] = [];
  const allTargets = (): Target[] => [
    ...[...scraped].map(([pod, { address }]) => ({ address, labels: serverLabels(pod) })),
    ...others,
  ];
  const retarget = () => {
    for (const prometheus of watching) prometheus.setTargets(allTargets());
  };
  const scrape = (target: Target) => {
    others.push(target);
    retarget();
  };
  const watch: WatchedRegion["watchAgain"] = async (how) => {
    const prometheus = await startPrometheus({
      folder: join(folder, String(watching.length)),
      scrapeSeconds: how.scrapeSeconds ?? scrapeSeconds,
      rules: lookedAt(scaled(rulesOf(context, how.changes ?? changes), how.factor ?? factor), how.evaluationSeconds),
      targets: allTargets(),
    });
    watching.push(prometheus);
    return prometheus;
  };
  const pods: WatchedPod[] = [];
  const end = async () => {
    await Promise.all([...watching.map((it) => it.stop()), ...pods.map((pod) => pod.remove())]);
    await region.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const server of region.servers) {
      const exporting = { ...exporterSettings, ...settings.exporter };
      pods.push(await watchedPod({ ...{ server, exporting, scraped, retarget }, region, executable }));
    }
    const prometheus = await watch(settings);
    await eventually(
      "every server is scraped",
      async () => (await prometheus.query("nats_connz_limit")).length === pods.length,
    );
    const isQuiet = async () =>
      (await prometheus.alerts()).every(({ labels }) => quietLater.includes(labels.alertname ?? ""));
    await eventually("no alert is left of the start", isQuiet, 60);
    return { region, pods, context, prometheus, factor, scrape, watchAgain: watch, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function lookedAt(groups: readonly RuleGroup[], seconds?: number): readonly RuleGroup[] {
  if (seconds === undefined) return groups;
  return groups.map((group) => ({ ...group, interval: `${String(seconds)}s` }));
}

/** Labels of a server, as its PodMonitor gives them. */
export function serverLabels(pod: string): Target["labels"] {
  return { [CLUSTER_LABEL]: regionName, [COMPONENT_LABEL]: components.server, namespace: "nats", pod };
}

interface PodParts {
  readonly server: RunningServer;
  readonly exporting: ExporterSettings;
  /** Which exporters are scraped, by pod: this one is kept in it. */
  readonly scraped: Map<string, NatsExporter>;
  readonly retarget: () => void;
  readonly region: TestRegion;
  readonly executable: string;
}

async function watchedPod(parts: PodParts): Promise<WatchedPod> {
  const { scraped, retarget, region } = parts;
  const { name } = parts.server;
  let { server, executable } = parts;
  const startExporter = async () => startNatsExporter(server.monitorUrl, await freePort(), parts.exporting);
  let exporter = await startExporter();
  scraped.set(name, exporter);
  const killServer = async () => {
    // A frozen process ends by SIGKILL as well.
    if (!server.hasEnded()) server.kill("SIGKILL");
    await server.ended;
  };
  return {
    name,
    get server() {
      return server;
    },
    get exporter() {
      return exporter;
    },
    killServer,
    remove: async () => {
      scraped.delete(name);
      retarget();
      await Promise.all([killServer(), exporter.kill()]);
    },
    restore: async (change = {}) => {
      executable = change.executable ?? executable;
      if (server.hasEnded()) server = await startServer(executable, rewritten(server, change.rewrite));
      if (!scraped.has(name)) {
        exporter = await startExporter();
        scraped.set(name, exporter);
        retarget();
      }
      await eventually(
        `${name} is ready again`,
        async () => (await statusOf(server, region.pods.probes.readiness)) === 200,
      );
    },
  };
}

function rewritten(server: RunningServer, rewrite: (text: string) => string = (text) => text): RunningServer {
  const files = Object.entries(server.files).map(([path, text]) => [path, rewrite(text)] as const);
  return { ...server, files: Object.fromEntries(files) };
}
