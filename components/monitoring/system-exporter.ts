import { systemExporterSecret } from "../../config/system-users.ts";
import type { ManifestArgs } from "../target/index.ts";
import { type SystemUserArgs, systemUserDeployment, type SystemUserFiles } from "./system-user.ts";

/** What the system exporter's pod is made from. */
export interface SystemExporterArgs extends SystemUserArgs {
  /** Client ids of the MQTT clients whose connections are counted. */
  readonly mqttClients: readonly string[];
}

/** Name of the system exporter's Deployment. */
export const systemExporterName = "nats-system-exporter";

/** Labels by which the system exporter's pod is selected. */
export const systemExporterSelector = {
  "app.kubernetes.io/name": "nats",
  "app.kubernetes.io/component": "system-exporter",
} as const;

/** Port of its metrics and its health. */
export const systemExporterPort = 7778;

/** The system exporter. */
export function systemExporterDeployment(args: SystemExporterArgs): ManifestArgs["Deployment"] {
  return systemUserDeployment(args, {
    ...{ name: systemExporterName, secret: systemExporterSecret, selector: systemExporterSelector },
    container: (files) => exporterContainer(args, files),
  });
}

function exporterContainer({ url, mqttClients }: SystemExporterArgs, { creds, ca }: SystemUserFiles) {
  const get = (path: string) => ({ httpGet: { path, port: "metrics" } });
  return {
    args: [
      ...["system-exporter", "--server", url, "--creds", creds],
      ...(ca === undefined ? [] : ["--ca", ca]),
      ...["--port", String(systemExporterPort)],
      ...mqttClients.map((id) => `--mqtt-client=${id}`),
    ],
    // Node itself takes some 100 MiB beside a heap that is nearly empty.
    env: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=96" }],
    ports: [{ name: "metrics", containerPort: systemExporterPort }],
    resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    startupProbe: { ...get("/healthz"), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...get("/healthz"), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...get("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
  };
}
