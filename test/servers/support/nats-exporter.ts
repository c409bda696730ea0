import { spawn } from "node:child_process";
import { once } from "node:events";
import { exporterArguments, type ExporterSettings } from "../../../nats/exporter.ts";

/** The program that the image of the exporter runs, as the ring has built it. */
const program = "prometheus-nats-exporter";

/** A real exporter. It dies with this process. */
export interface NatsExporter {
  /** Where it is scraped. */
  readonly address: string;
  readonly port: number;
  kill(): Promise<void>;
}

/** Starts the exporter with the arguments that the pods give it. It listens once its server has told its name. */
export function startNatsExporter(monitorUrl: string, port: number, settings: ExporterSettings): NatsExporter {
  const args = exporterArguments(settings, monitorUrl, port);
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], { stdio: "ignore" });
  return {
    address: `127.0.0.1:${String(port)}`,
    port,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
