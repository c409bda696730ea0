import type { MonitoringSettings } from "../../config/schema.ts";
import { exporterArguments, exporterPort } from "../../nats/exporter.ts";
import { serverPorts } from "../../nats/conf/server.ts";

/** How the exporter beside each server is to be: the region's `monitoring.exporter` section. */
export type ExporterSettings = MonitoringSettings["exporter"];

/** Name of the container's port that is scraped. */
export const METRICS_PORT = "metrics";

/**
 * The exporter beside a server. It has no probes: a server is ready without it, and while a server starts the exporter waits for it and
 * answers nobody. It is no sidecar of Kubernetes (an init container that stays): a server would not start without its image.
 */
export function exporterContainer(settings: ExporterSettings) {
  return {
    name: "exporter",
    image: settings.image,
    args: exporterArguments(settings, `http://localhost:${String(serverPorts.monitor)}/`),
    ports: [{ name: METRICS_PORT, containerPort: exporterPort }],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
  };
}
