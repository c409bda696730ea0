import { z } from "zod";
import { duration, flag, listOf, strict, text, words } from "./fields.ts";
import { dnsLabel, dnsSubdomain, vaultPath } from "./names.ts";

/** How External Secrets reads Vault. */
export const externalSecretsSchema = strict({
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
