import type * as pulumi from "@pulumi/pulumi";
import { serverNameVariable, serverPaths, serverPorts } from "../../nats/conf/server.ts";
import { restrictedContainer, restrictedPod } from "../pods/security.ts";
import type { ManifestArgs } from "../target/index.ts";
import { certificateMounts, certificateVolumes } from "./certificates.ts";
import { exporterContainer, type ExporterSettings } from "./exporter.ts";
import { labels, names, selector } from "./names.ts";
import { quantity } from "./quantity.ts";
import type { NatsSettings } from "./settings.ts";

/** What the servers' pods are made from. */
export interface ServersArgs extends NatsSettings {
  /** Absent: the servers' metrics are not told to anybody. */
  exporter?: ExporterSettings | undefined;
  /** Changes with every part of the configuration that needs a restart. */
  configChecksum: pulumi.Input<string>;
}

/** The servers of a region. */
export function serversStatefulSet(args: ServersArgs): ManifestArgs["StatefulSet"] {
  return {
    metadata: { name: names.servers, namespace: args.namespace, labels },
    spec: {
      serviceName: names.headless,
      replicas: args.replicas,
      // Servers find each other before any of them is ready; one by one they would wait for a quorum that can't be.
      podManagementPolicy: "Parallel",
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations: { "nats-platform/config-checksum": args.configChecksum } },
        spec: {
          serviceAccountName: names.servers,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: restrictedPod(1000),
          terminationGracePeriodSeconds: terminationGraceSeconds(args.lameDuck),
          ...(Object.keys(args.nodeSelector).length === 0 ? {} : { nodeSelector: args.nodeSelector }),
          ...(args.tolerations.length === 0 ? {} : { tolerations: [...args.tolerations] }),
          affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [onePerNode] } },
          topologySpreadConstraints: [spreadOverZones],
          containers: [
            serverContainer(args),
            ...(args.exporter === undefined
              ? []
              : [{ ...exporterContainer(args.exporter), securityContext: restrictedContainer }]),
          ],
          volumes: [
            {
              name: "config",
              projected: {
                sources: [{ secret: { name: names.configSecret } }, { configMap: { name: names.accounts } }],
              },
            },
            { name: "pid", emptyDir: {} },
            ...certificateVolumes(args),
          ],
        },
      },
      volumeClaimTemplates: [
        volumeClaim("jetstream", args.jetstream.fileStore),
        volumeClaim("resolver", args.resolver),
      ],
    },
  };
}

function serverContainer(args: ServersArgs) {
  const { requests, limits } = args.resources;
  return {
    name: "nats",
    image: args.image,
    args: ["--config", serverPaths.config],
    env: [
      { name: serverNameVariable, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "GOMEMLIMIT", value: `${String(goMemoryLimitMiB(limits.memory))}MiB` },
    ],
    ports: [
      ...Object.entries(serverPorts).map(([name, containerPort]) => ({ name, containerPort })),
      ...(args.mqtt === undefined ? [] : [{ name: "mqtt", containerPort: args.mqtt.port }]),
    ],
    resources: {
      requests: { cpu: requests.cpu, memory: quantity(requests.memory) },
      limits: { ...(limits.cpu === undefined ? {} : { cpu: limits.cpu }), memory: quantity(limits.memory) },
    },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "config", mountPath: "/etc/nats", readOnly: true },
      { name: "pid", mountPath: "/var/run/nats" },
      { name: "jetstream", mountPath: serverPaths.jetstream },
      { name: "resolver", mountPath: serverPaths.resolver },
      ...certificateMounts(args),
    ],
    // Only this server's own health starts and readies a pod: a check that also asks for streams or the meta group
    // keeps a restarting cluster from ever forming (nats-io/k8s#1140).
    startupProbe: {
      httpGet: health("js-server-only"),
      initialDelaySeconds: 2,
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 180,
    },
    readinessProbe: { httpGet: health("js-server-only"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { httpGet: health("js-enabled-only"), periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: ["nats-server", `-sl=ldm=${serverPaths.pid}`] } } },
  };
}

const onePerNode = {
  weight: 100,
  podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: selector } },
};

const spreadOverZones = {
  maxSkew: 1,
  topologyKey: "topology.kubernetes.io/zone",
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: selector },
};

function volumeClaim(name: string, { size, storageClass }: { size: number; storageClass?: string | undefined }) {
  const storageClassName = storageClass === undefined ? {} : { storageClassName: storageClass };
  return {
    metadata: { name, labels: selector },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: quantity(size) } }, ...storageClassName },
  };
}

/**
 * How long a pod may take to stop: the lame duck mode, which first waits and then sends the clients away one by one,
 * and 20 seconds to close what is left.
 */
export function terminationGraceSeconds({ gracePeriodSeconds, durationSeconds }: NatsSettings["lameDuck"]): number {
  return gracePeriodSeconds + durationSeconds + 20;
}

/** GOMEMLIMIT: nine tenths of the container's memory, so that Go collects before the kernel kills. */
export function goMemoryLimitMiB(limitBytes: number): number {
  return Math.floor((limitBytes * 0.9) / 2 ** 20);
}

function health(check: "js-server-only" | "js-enabled-only") {
  return { path: `/healthz?${check}=true`, port: "monitor" };
}
