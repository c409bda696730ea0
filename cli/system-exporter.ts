import { startHealth } from "./discover/health.ts";
import { logLines } from "./discover/log.ts";
import { readArguments } from "./system-exporter/arguments.ts";
import { startExporter } from "./system-exporter/exporter.ts";

/**
 * `npm run cli -- system-exporter --server URL --creds FILE`: serves Prometheus what only the system account knows of the servers, until
 * SIGTERM or Ctrl-C. In a cluster it runs in a pod (components/monitoring).
 */
export async function systemExporter(args: readonly string[]): Promise<number> {
  const { port, ...settings } = readArguments(args);
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      stopping.abort();
    });
  }
  const exporter = startExporter(settings, logLines, stopping.signal);
  const metrics = async () => ({ type: exporter.contentType, text: await exporter.metrics() });
  const server = await startHealth(port, () => exporter.health(), { "/metrics": metrics });
  logLines("info", "started", { port: server.port });
  try {
    await exporter.ended;
  } finally {
    await server.stop();
  }
  logLines("info", "stopped");
  return 0;
}
