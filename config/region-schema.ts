import { z } from "zod";
import { regionArgocdSchema } from "./argocd/region-schema.ts";
import { discoveryInputSchema, discoverySchema } from "./discovery-schema.ts";
import { externalSecretsSchema } from "./external-secrets-schema.ts";
import { duration, flag, listOf, mapOf, size, strict, text } from "./fields.ts";
import { mqttBridgeInputs, mqttBridges } from "./mqtt-bridge-schema.ts";
import { monitoringSchema } from "./monitoring-schema.ts";
import { clientTlsSchema, mqttSchema } from "./listener-schema.ts";
import { dnsLabel, dnsSubdomain, imageReference, jetStreamDomain, labelKey, labelValue } from "./names.ts";
import { cpu, storageClass, tolerationSchema } from "./pod-fields.ts";
import { partialTarget, targetSchema } from "./target-schema.ts";

export type { ExternalSecretsSettings } from "./external-secrets-schema.ts";
export type { Target } from "./target-schema.ts";

const mebibyte = 2 ** 20;

const odd = "JetStream needs an odd number of servers (1, 3 or 5)";

const jetStreamSchema = strict({
  domain: text(jetStreamDomain).exactOptional().describe("JetStream domain. Absent: none."),
  fileStore: strict({
    size: size(mebibyte).prefault("10Gi").describe("Volume and file storage limit of each server."),
    storageClass,
  })
    .prefault({})
    .describe("File storage of each server."),
  memoryStore: strict({
    size: size(mebibyte)
      .prefault("512Mi")
      .describe("Memory storage limit of each server, at most half its memory limit."),
  })
    .prefault({})
    .describe("Memory storage of each server."),
});

const resourcesSchema = strict({
  requests: strict({
    cpu: cpu().prefault("250m").describe("Cores, such as 2 or 500m."),
    memory: size(16 * mebibyte)
      .prefault("1Gi")
      .describe("Memory."),
  })
    .prefault({})
    .describe("What each server is sure to get."),
  limits: strict({
    cpu: cpu().exactOptional().describe("Cores, such as 2 or 500m. Absent: no limit."),
    memory: size(32 * mebibyte)
      .prefault("2Gi")
      .describe("Memory. GOMEMLIMIT follows from it."),
  })
    .prefault({})
    .describe("What each server gets at most."),
});

const natsSchema = strict({
  namespace: text(dnsLabel).default("nats").describe("Namespace of the servers."),
  createNamespace: flag().default(true).describe("Make the namespace. false: it exists already."),
  image: text(imageReference).default("nats:2.15.2-alpine").describe("Server image, with a tag or a digest."),
  replicas: z.literal([1, 3, 5], { error: odd }).default(3).describe("Servers: 1, 3 or 5."),
  clusterDomain: text(dnsSubdomain).default("cluster.local").describe("DNS domain of the Kubernetes cluster."),
  tls: clientTlsSchema,
  mqtt: mqttSchema,
  jetstream: jetStreamSchema.prefault({}).describe("Storage of the servers."),
  resolver: strict({
    size: size(mebibyte).prefault("1Gi").describe("Size of the volume."),
    storageClass,
  })
    .prefault({})
    .describe("Volume of each server for account JWTs."),
  resources: resourcesSchema.prefault({}).describe("CPU and memory of each server."),
  // nats-server 2.15 refuses to start with a lame duck duration under 30 seconds.
  lameDuck: strict({
    gracePeriod: duration(1).prefault("10s").describe("Time before the first client is asked to leave."),
    duration: duration(30)
      .prefault("30s")
      .describe("Time in which the clients are asked to leave, one after the other: 30s or more."),
  })
    .transform((input) => ({ gracePeriodSeconds: input.gracePeriod, durationSeconds: input.duration }))
    .prefault({})
    .describe("How a server that stops sends its clients to the others."),
  nodeSelector: mapOf(labelKey, text(labelValue), "labels").default({}).describe("Labels that a node must have."),
  tolerations: listOf(tolerationSchema.describe("One toleration."), "tolerations")
    .default([])
    .describe("Taints that the servers tolerate."),
})
  .prefault({})
  .describe("The NATS servers.");

/** One region, with the stack's defaults merged under it. */
export const regionSchema = strict({
  target: targetSchema,
  nats: natsSchema,
  externalSecrets: externalSecretsSchema,
  discovery: discoverySchema.exactOptional(),
  mqttBridges,
  monitoring: monitoringSchema.exactOptional(),
  argocd: regionArgocdSchema.exactOptional(),
});

/** One region as it is written: what is missing may stand in `defaults`. */
export const regionInputSchema = strict({
  target: partialTarget.exactOptional(),
  nats: natsSchema,
  externalSecrets: externalSecretsSchema,
  discovery: discoveryInputSchema.exactOptional(),
  mqttBridges: mqttBridgeInputs,
  monitoring: monitoringSchema.exactOptional(),
  argocd: regionArgocdSchema.exactOptional(),
});
