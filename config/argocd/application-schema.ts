import { z } from "zod";
import { flag, listOf, mapOf, strict, text, whole } from "../fields.ts";
import { dnsLabel, dnsLabelGlob } from "../names.ts";
import { maxUpdate, namespacePattern, releaseName, repositoryPath, revision, variableName } from "./names.ts";
import { enabled, removal, syncSchema, wave } from "./sync-schema.ts";

/** Helm values as they are: a map of anything that JSON can say. */
export const chartValues = z
  .record(z.string(), z.unknown(), { error: "a map of Helm values is needed here" })
  .default({})
  .describe("Helm values, over the chart's and those of valueFiles: no secrets.");

const chart = {
  path: text(repositoryPath).exactOptional().describe("Folder of the chart in a Git repository."),
  chart: text(repositoryPath).exactOptional().describe("Name of the chart in a repository of charts."),
  valueFiles: listOf(text(repositoryPath), "files")
    .default([])
    .describe("Values files in the chart's folder; in a fleet, {region} stands for the region's name."),
  values: chartValues,
  releaseName: text(releaseName)
    .exactOptional()
    .describe("Helm's release name. Absent: of an Application its name, of a fleet's component the component's."),
  skipCrds: flag().default(false).describe("Leave out the chart's custom resource definitions."),
  generators: flag()
    .default(false)
    .describe(
      "The chart has generator Jobs for Secrets: global.argocd.enabled makes hooks of them, and what would keep hooks from running is refused.",
    ),
};

const from = {
  repository: text(dnsLabel).describe("Name of the repository in argocd.repositories."),
  revision: text(revision).describe("Branch, tag or commit; of a chart in a repository of charts, its version."),
};

const manifestPaths = listOf(text(repositoryPath), "paths")
  .default([])
  .describe(
    "Only commits to these paths make Argo CD render again (manifest-generate-paths): the charts' folders are among them. In a fleet {region} stands for the region's name. Not with generators.",
  );

/** An Application with one source. */
export const applicationSchema = strict({
  enabled,
  ...from,
  ...chart,
  manifestPaths,
  region: text(dnsLabel).describe("Region whose cluster it is deployed to."),
  namespace: text(dnsLabel).describe("Namespace there."),
  sync: syncSchema.prefault({}).describe("How it is synced."),
  removal,
  wave,
});

const componentSchema = strict({
  ...chart,
  namespace: text(namespacePattern).describe("Namespace in each region; {region} stands for the region's name."),
  regions: listOf(text(dnsLabelGlob), "regions")
    .default(["*"])
    .describe("Regions of the fleet that have it; * stands for any text."),
  objects: whole(1).default(15).describe("Objects that it makes in a region, for the budget of a helmfile fleet."),
  wave,
});

const rolloutStep = strict({
  regions: listOf(text(dnsLabelGlob), "regions")
    .default(["*"])
    .describe("Regions; * stands for any text. A region is in the first step that fits."),
  maxUpdate: text(maxUpdate)
    .exactOptional()
    .describe("How many Applications of the step are synced at once. Absent: all."),
}).describe("One step.");

const helmfileSchema = strict({
  path: text(repositoryPath).describe("Folder with helmfile.yaml.gotmpl in the repository."),
  env: mapOf(variableName, z.string({ error: "a text is needed here" }), "variables")
    .default({})
    .describe("Further variables for the helmfile, which reads them as ARGOCD_ENV_<name>: no secrets."),
  shards: whole(1)
    .max(500, { error: "500 Applications are the most" })
    .default(1)
    .describe(
      "Applications that the regions are spread over. Too few for the budget are refused, with the number that does. Change it with moving: true; with removal: delete only once moving: true was there for an update.",
    ),
  budget: whole(1)
    .max(3000, { error: "an Application with more than 3000 objects is too large for Kubernetes to store" })
    .default(1500)
    .describe("Objects that one Application has at most."),
  moving: flag()
    .default(false)
    .describe("Regions are moving between Applications: nothing is pruned, so that the new one takes over what runs."),
}).describe("The fleet's helmfile.");

/** Applications of several regions. */
export const fleetSchema = strict({
  enabled,
  mode: z
    .enum(["applications", "applicationSet", "helmfile"], {
      error: "a mode is applications, applicationSet or helmfile",
    })
    .default("applications")
    .describe(
      "applications: one for each region and component. applicationSet: the same, made by Argo CD. helmfile: one for many regions, by a plugin.",
    ),
  ...from,
  manifestPaths,
  regions: listOf(text(dnsLabelGlob), "regions")
    .default(["*"])
    .describe("Regions of the stack that are in it; * stands for any text."),
  components: mapOf(dnsLabel, componentSchema.describe("One component."), "components").describe(
    "What each region has, by name.",
  ),
  sync: syncSchema.prefault({}).describe("How they are synced."),
  removal,
  rollout: listOf(rolloutStep, "steps")
    .default([])
    .describe("With applicationSet: regions are synced step by step (RollingSync). Empty: all at once."),
  helmfile: helmfileSchema.exactOptional(),
});

/** The manifests that the stack renders, synced by Argo CD. */
export const platformApplicationsSchema = strict({
  ...from,
  path: text(repositoryPath)
    .default(".")
    .describe("Folder of this project in the repository: the regions' folders are in it."),
  sync: syncSchema.prefault({}).describe("How they are synced."),
  removal,
  wave,
});

/** An Application with one source. */
export type ApplicationSettings = z.output<typeof applicationSchema>;
/** Applications of several regions. */
export type Fleet = z.output<typeof fleetSchema>;
/** What each region of a fleet has. */
export type FleetComponent = z.output<typeof componentSchema>;
/** A fleet's helmfile. */
export type HelmfileSettings = z.output<typeof helmfileSchema>;
