import { z } from "zod";
import { discoveryInputSchema, discoverySchema } from "./discovery-schema.ts";
import { monitoringSchema } from "./monitoring-schema.ts";
import { duration, flag, listOf, mapOf, size, strict, text, whole, words } from "./fields.ts";
import { clientTlsSchema, mqttSchema } from "./listener-schema.ts";
import {
  cpuQuantity,
  dnsLabel,
  dnsSubdomain,
  folderName,
  imageReference,
  jetStreamDomain,
  labelKey,
  labelValue,
  vaultPath,
} from "./names.ts";

const mebibyte = 2 ** 20;

const targetFields = {
  render: text(folderName)
    .exactOptional()
    .describe("Folder that receives the manifests, relative to the project. For Git, Argo CD or kubectl."),
  secrets: text(folderName)
    .exactOptional()
    .describe(
      "Folder that receives the Secrets in plain text; it is kept out of Git. Default: render with -secrets after it.",
    ),
  context: words("the name of a kubeconfig context")
    .exactOptional()
    .describe("Context of the kubeconfig: manifests are applied to this cluster."),
  clusterIdentifier: words("a name for the cluster")
    .exactOptional()
    .describe("Name that stays with the cluster when its address changes. Default: the context."),
  kubeconfig: words("the path of a kubeconfig file")
    .exactOptional()
    .describe("Path of the kubeconfig. Default: what kubectl would use."),
};

/** Where a region's manifests go, as far as it is written: `defaults` may hold a part. */
const partialTarget = strict(targetFields).describe("Part of a target, merged under the target of every region.");

/** Where a region's manifests go: into a folder (Secrets into one of their own), or onto a cluster. */
export type Target =
  { render: string; secrets: string } | { context: string; clusterIdentifier: string; kubeconfig?: string };

const targetSchema = strict(targetFields)
  .transform(({ render, secrets, context, clusterIdentifier, kubeconfig }, issues): Target => {
    const wrong = (path: string[], message: string) => {
      issues.addIssue({ code: "custom", path, message });
      return z.NEVER;
    };
    if (render !== undefined && context !== undefined) {
      return wrong(["context"], "this region already has render: a target is a folder or a cluster, not both");
    }
    if (render !== undefined) {
      if (clusterIdentifier !== undefined) return wrong(["clusterIdentifier"], "it goes with context, not with render");
      if (kubeconfig !== undefined) return wrong(["kubeconfig"], "it goes with context, not with render");
      return { render, secrets: secrets ?? `${render}-secrets` };
    }
    if (context === undefined) return wrong([], "render (a folder) or context (a cluster) is needed in it");
    if (secrets !== undefined) return wrong(["secrets"], "it goes with render, not with context");
    return {
      context,
      clusterIdentifier: clusterIdentifier ?? context,
      ...(kubeconfig !== undefined && { kubeconfig }),
    };
  })
  .describe("Where the manifests go: render (a folder) or context (a cluster).");

const storageClass = text(dnsSubdomain).exactOptional().describe("Storage class. Absent: the cluster's default.");

const tolerationSchema = strict({
  key: text(labelKey).exactOptional().describe("Taint key. Absent: every taint, with operator Exists."),
  operator: z
    .enum(["Exists", "Equal"], { error: "an operator is Exists or Equal" })
    .default("Equal")
    .describe("Exists: the key is enough. Equal: the value counts too."),
  value: text(labelValue).exactOptional().describe("Taint value, with operator Equal."),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"], {
      error: "an effect is NoSchedule, PreferNoSchedule or NoExecute",
    })
    .exactOptional()
    .describe("Taint effect. Absent: all."),
  tolerationSeconds: whole(0).exactOptional().describe("With NoExecute: seconds before the pod is moved after all."),
}).superRefine(({ key, operator, value, effect, tolerationSeconds }, issues) => {
  const wrong = (path: string, message: string) => {
    issues.addIssue({ code: "custom", path: [path], message });
  };
  if (key === undefined && operator === "Equal") wrong("operator", "without a key it must be Exists");
  if (value !== undefined && operator === "Exists") wrong("value", "operator Exists takes no value");
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    wrong("tolerationSeconds", "it goes with effect NoExecute only");
  }
});

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

function cpu() {
  const error = cpuQuantity.allowed;
  return z
    .union([z.number({ error }), text(cpuQuantity)], { error })
    .transform(String)
    .refine((quantity) => cpuQuantity.pattern.test(quantity), { error });
}

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

const externalSecretsSchema = strict({
  kind: z
    .enum(["SecretStore", "ClusterSecretStore"], { error: "a kind is SecretStore or ClusterSecretStore" })
    .default("SecretStore")
    .describe(
      "SecretStore: one in each namespace, which reads what is that namespace's alone. ClusterSecretStore: one for the region.",
    ),
  name: text(dnsSubdomain).default("nats-vault").describe("Name of the store."),
  create: flag().default(true).describe("Make the store and its service accounts. false: they exist already."),
  authMount: text(vaultPath)
    .default("kubernetes")
    .describe("Where in Vault the kubernetes login of this region's cluster is mounted."),
  serviceAccount: text(dnsSubdomain)
    .default("nats-vault")
    .describe("Service account as which the store signs in: in each namespace, or in storeNamespace."),
  storeNamespace: text(dnsLabel)
    .default("external-secrets")
    .describe("With ClusterSecretStore: namespace of its service account."),
  audience: words("an audience").default("vault").describe("Audience of the service accounts' tokens."),
  refreshInterval: duration(1).prefault("15m").describe("How often External Secrets looks into Vault again."),
  push: listOf(
    strict({
      namespace: text(dnsLabel).describe("Its namespace."),
      secret: text(dnsSubdomain).describe("Its name."),
    }).describe("One Secret."),
    "Secrets",
  )
    .default([])
    .describe("Secrets that begin in the cluster and are to be kept in Vault, once: never overwritten, never deleted."),
})
  .prefault({})
  .describe("With keys.store vault: how External Secrets in this region reads Vault.");

/** How External Secrets in a region reads Vault. */
export type ExternalSecretsSettings = z.output<typeof externalSecretsSchema>;

/** One region, with the stack's defaults merged under it. */
export const regionSchema = strict({
  target: targetSchema,
  nats: natsSchema,
  externalSecrets: externalSecretsSchema,
  discovery: discoverySchema.exactOptional(),
  monitoring: monitoringSchema.exactOptional(),
});

/** One region as it is written: what is missing may stand in `defaults`. */
export const regionInputSchema = strict({
  target: partialTarget.exactOptional(),
  nats: natsSchema,
  externalSecrets: externalSecretsSchema,
  discovery: discoveryInputSchema.exactOptional(),
  monitoring: monitoringSchema.exactOptional(),
});
