import type { z } from "zod";
import { flag, mapOf, strict, text } from "../fields.ts";
import { dnsLabel } from "../names.ts";
import { chartValues } from "./application-schema.ts";

/** What Argo CD has to know of a region. */
export const regionArgocdSchema = strict({
  cluster: text(dnsLabel)
    .exactOptional()
    .describe(
      "Cluster in argocd.clusters, or in-cluster: the one that Argo CD runs in. Absent: the one of the region's name.",
    ),
  platform: flag().default(true).describe("With argocd.platform: Argo CD syncs this region's manifests."),
  values: mapOf(
    dnsLabel,
    mapOf(dnsLabel, chartValues.describe("Helm values."), "components").describe("Of a fleet, by component."),
    "fleets",
  )
    .default({})
    .describe("Helm values of this region, merged over those of a fleet's components."),
}).describe("The region in Argo CD.");

/** What Argo CD has to know of a region. */
export type RegionArgocd = z.output<typeof regionArgocdSchema>;
