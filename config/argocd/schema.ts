import type { z } from "zod";
import { externalSecretsSchema } from "../external-secrets-schema.ts";
import { flag, listOf, mapOf, strict, text } from "../fields.ts";
import { dnsLabel, imageReference } from "../names.ts";
import { targetSchema } from "../target-schema.ts";
import { applicationSchema, fleetSchema, platformApplicationsSchema } from "./application-schema.ts";
import { clusterSchema } from "./cluster-schema.ts";
import { argocdVersion } from "./names.ts";
import { notificationSchema, projectSchema } from "./project-schema.ts";
import { repositorySchema } from "./repository-schema.ts";

/** The objects of the fleet in Argo CD. */
export const argocdSchema = strict({
  target: targetSchema.describe(
    "Where the objects go: render (a folder) or context (the cluster that Argo CD runs in).",
  ),
  version: text(argocdVersion)
    .transform((version) => version.replace(/^v/, ""))
    .describe("Version of the Argo CD that runs there, such as 3.2.11."),
  namespace: text(dnsLabel).default("argocd").describe("Namespace of Argo CD."),
  externalSecrets: externalSecretsSchema,
  project: projectSchema,
  repositories: mapOf(dnsLabel, repositorySchema.describe("One repository."), "repositories")
    .default({})
    .describe("Repositories by name."),
  clusters: mapOf(dnsLabel, clusterSchema.describe("One cluster."), "clusters")
    .default({})
    .describe("Clusters by name, beside in-cluster: the one that Argo CD runs in."),
  applications: mapOf(dnsLabel, applicationSchema.describe("One Application."), "applications")
    .default({})
    .describe("Applications with one source, by name."),
  fleets: mapOf(dnsLabel, fleetSchema.describe("One fleet."), "fleets")
    .default({})
    .describe("Fleets by name: Applications of several regions."),
  platform: platformApplicationsSchema
    .exactOptional()
    .describe("An Application for each region that renders its manifests. Absent: none."),
  plugin: strict({
    image: text(imageReference)
      .default("ghcr.io/helmfile/helmfile:v1.7.4")
      .describe("Image of the helmfile plugin's sidecar, with a tag or a digest."),
  })
    .exactOptional()
    .describe("The helmfile plugin, which fleets of mode helmfile need. Absent: none."),
  progressiveSyncs: flag()
    .default(false)
    .describe("That Argo CD's ApplicationSet controller has progressive syncs on, which rollout needs."),
  notifications: listOf(notificationSchema, "subscriptions")
    .default([])
    .describe("Who is told what of the project's Applications (argocd-notifications)."),
}).describe("Argo CD's objects of the fleet. Absent: none.");

/** The objects of the fleet in Argo CD: durations in seconds. */
export type ArgocdSettings = z.output<typeof argocdSchema>;
