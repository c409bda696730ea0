import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { eventually } from "./monitoring.ts";
import type { RuleGroup } from "./scaled-rules.ts";

/** Labels of a series or an alert. */
export type Labels = Readonly<Record<string, string>>;

/** What is scraped at an address, with the labels that the PodMonitor gives it. */
export interface Target {
  readonly address: string;
  readonly labels: Labels;
}

/** An alert that is pending or firing. */
export interface ActiveAlert {
  readonly labels: Labels;
  readonly state: "pending" | "firing";
}

/** One result of an instant query. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** How to run Prometheus. */
export interface PrometheusSettings {
  /** Is made; data and configuration go there. */
  readonly folder: string;
  readonly scrapeSeconds: number;
  readonly rules: readonly RuleGroup[];
  readonly targets: readonly Target[];
}

/** A real Prometheus. It dies with this process. */
export interface Prometheus {
  readonly url: string;
  /** @param at seconds since 1970; now unless given */
  query(expression: string, at?: number): Promise<Sample[]>;
  /** Alerts of this name, or all of them. */
  alerts(name?: string): Promise<ActiveAlert[]>;
  /** Replaces what is scraped, as when a pod comes or goes. */
  setTargets(targets: readonly Target[]): void;
  /** Replaces the rules, as after an update. */
  setRules(rules: readonly RuleGroup[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Prometheus. */
export async function startPrometheus(settings: PrometheusSettings): Promise<Prometheus> {
  const { folder, scrapeSeconds } = settings;
  mkdirSync(folder, { recursive: true });
  const targetFile = join(folder, "targets.json");
  const setTargets = (targets: readonly Target[]) => {
    const text = JSON.stringify(targets.map(({ address, labels }) => ({ targets: [address], labels })));
    // Renamed into its place: Prometheus reads it as soon as it changes.
    writeFileSync(`${targetFile}.new`, text);
    renameSync(`${targetFile}.new`, targetFile);
  };
  setTargets(settings.targets);
  const interval = `${String(scrapeSeconds * 1000)}ms`;
  // JSON is YAML too.
  const writeRules = (groups: readonly RuleGroup[]) => {
    writeFileSync(join(folder, "rules.yaml"), JSON.stringify({ groups }));
  };
  writeRules(settings.rules);
  const conf = {
    global: { scrape_interval: interval, scrape_timeout: interval },
    rule_files: ["rules.yaml"],
    scrape_configs: [{ job_name: "nats/nats", file_sd_configs: [{ files: ["targets.json"] }] }],
  };
  const confFile = join(folder, "prometheus.yaml");
  writeFileSync(confFile, JSON.stringify(conf));
  const address = `127.0.0.1:${String(await freePort())}`;
  const logFile = join(folder, "prometheus.log");
  const log = openSync(logFile, "a");
  const args = [
    `--config.file=${confFile}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--web.enable-lifecycle",
  ];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "prometheus", ...args], { stdio: ["ignore", log, log] });
  const url = `http://${address}`;
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`prometheus ended:\n${readFileSync(logFile, "utf8")}`);
    return fetch(`${url}/-/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  };
  await eventually("Prometheus is ready", isReady);
  return {
    url,
    query: async (expression, at) => {
      const time: Labels = at === undefined ? {} : { time: String(at) };
      const data = await ask<{ resultType: string; result: unknown }>(url, "query", { query: expression, ...time });
      if (data.resultType !== "vector") throw new Error(`${expression} is a ${data.resultType}, not a vector`);
      const result = data.result as { metric: Labels; value: [number, string] }[];
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    alerts: async (name) => {
      const { alerts } = await ask<{ alerts: ActiveAlert[] }>(url, "alerts");
      return alerts.filter(({ labels }) => name === undefined || labels.alertname === name);
    },
    setTargets,
    setRules: async (rules) => {
      writeRules(rules);
      const { status, statusText } = await fetch(`${url}/-/reload`, { method: "POST" });
      if (status !== 200) throw new Error(`Prometheus does not take the rules: ${statusText}`);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

async function ask<T>(url: string, what: string, parameters: Labels = {}): Promise<T> {
  const body = new URLSearchParams(parameters);
  const response = await fetch(`${url}/api/v1/${what}`, what === "query" ? { method: "POST", body } : {});
  const answer = (await response.json()) as { status: string; error?: string; data: T };
  if (answer.status !== "success") throw new Error(`Prometheus refused ${JSON.stringify(parameters)}: ${answer.error}`);
  return answer.data;
}
