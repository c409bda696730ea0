import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLUSTER_LABEL, COMPONENT_LABEL, components } from "../../../nats/alerts/series.ts";
import { startExporterCommand, type ExporterCommand } from "./exporter.ts";
import type { Target } from "./prometheus.ts";
import { regionName, type TestRegion } from "./region.ts";

/** Starts the system exporter beside a region, as its user there. */
export function startSystemExporter(region: TestRegion, mqttClients: readonly string[] = []): Promise<ExporterCommand> {
  const creds = join(region.folder, "system-exporter.creds");
  writeFileSync(creds, region.credential("SYS", `${regionName}-system-exporter`).creds, { mode: 0o600 });
  return startExporterCommand([
    ...region.urls.flatMap((url) => ["--server", url]),
    ...["--creds", creds, "--interval", "1s"],
    ...mqttClients.flatMap((id) => ["--mqtt-client", id]),
  ]);
}

/** How its PodMonitor has it scraped. */
export function systemTarget({ address }: ExporterCommand): Target {
  const labels = { [CLUSTER_LABEL]: regionName, [COMPONENT_LABEL]: components.system };
  return { address, labels: { ...labels, namespace: "nats", pod: "nats-system-exporter-0" } };
}
