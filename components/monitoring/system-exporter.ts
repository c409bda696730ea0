import type * as pulumi from "@pulumi/pulumi";
import { systemExporterSecret } from "../../config/system-exporter-user.ts";
import { restrictedContainer, restrictedPod } from "../pods/security.ts";
import type { ManifestArgs } from "../target/index.ts";

/** What the system exporter's pod is made from. */
export interface SystemExporterArgs {
  /** The servers' namespace, in which the Secret with its credentials is. */
  readonly namespace: string;
  readonly image: string;
  /** Where clients in the cluster connect to. */
  readonly url: string;
  /** Client ids of the MQTT clients whose connections are counted. */
  readonly mqttClients: readonly string[];
  /** What the Secret with its credentials is known by: changes with them. */
  readonly checksum: pulumi.Input<string>;
  /** A Secret of the namespace with the certificate authority of the servers, and its key. Absent: no TLS, or one that Node knows. */
  readonly ca?: { readonly secret: string; readonly key: string } | undefined;
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

const labels = { ...systemExporterSelector, "app.kubernetes.io/managed-by": "nats-platform" };
const folders = { creds: "/etc/nats-system-exporter/creds", ca: "/etc/nats-system-exporter/ca" };

/** The system exporter. There is one, and never a second one beside it: both would count everything. */
export function systemExporterDeployment(args: SystemExporterArgs): ManifestArgs["Deployment"] {
  const { namespace, checksum, ca } = args;
  return {
    metadata: { name: systemExporterName, namespace, labels },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: systemExporterSelector },
      template: {
        metadata: { labels, annotations: { "nats-platform/config-checksum": checksum } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 10,
          securityContext: restrictedPod(1000),
          containers: [exporterContainer(args)],
          volumes: [
            { name: "creds", secret: { secretName: systemExporterSecret, defaultMode: 0o440 } },
            ...(ca === undefined ? [] : [{ name: "ca", secret: caVolume(ca) }]),
          ],
        },
      },
    },
  };
}

function exporterContainer({ image, url, mqttClients, ca }: SystemExporterArgs) {
  const get = (path: string) => ({ httpGet: { path, port: "metrics" } });
  return {
    name: "system-exporter",
    image,
    args: [
      ...["system-exporter", "--server", url, "--creds", `${folders.creds}/nats.creds`],
      ...(ca === undefined ? [] : ["--ca", `${folders.ca}/ca.crt`]),
      ...["--port", String(systemExporterPort)],
      ...mqttClients.map((id) => `--mqtt-client=${id}`),
    ],
    // Node itself takes some 100 MiB beside a heap that is nearly empty.
    env: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=96" }],
    ports: [{ name: "metrics", containerPort: systemExporterPort }],
    resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "creds", mountPath: folders.creds, readOnly: true },
      ...(ca === undefined ? [] : [{ name: "ca", mountPath: folders.ca, readOnly: true }]),
    ],
    startupProbe: { ...get("/healthz"), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...get("/healthz"), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...get("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
  };
}

/** Of the authority's Secret the certificate alone: a Secret of TLS has a private key beside it. */
function caVolume({ secret, key }: NonNullable<SystemExporterArgs["ca"]>) {
  return { secretName: secret, defaultMode: 0o440, items: [{ key, path: "ca.crt" }] };
}
