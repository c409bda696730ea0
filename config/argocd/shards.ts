import { createHash } from "node:crypto";
import type { Fleet, HelmfileSettings } from "./application-schema.ts";
import { matchingRegions } from "./region-names.ts";

type Components = Pick<Fleet, "components">;

/** Objects that a region has of all components that it can have. */
export function objectsOfRegion({ components }: Components): number {
  return Object.values(components).reduce((sum, { objects }) => sum + objects, 0);
}

/** Objects that this very region has. */
export function objectsIn({ components }: Components, region: string): number {
  const here = Object.entries(components).filter(([, it]) => matchingRegions([region], it.regions).length > 0);
  return objectsOfRegion({ components: Object.fromEntries(here) });
}

/** Applications that a fleet is spread over: as many as its capacity needs with the budget of each. */
export function shardCount(fleet: Components, { capacity, budget }: Pick<HelmfileSettings, "capacity" | "budget">) {
  return Math.max(1, Math.ceil((capacity * objectsOfRegion(fleet)) / budget));
}

/**
 * The shard of a region, from 0 (rendezvous hashing). It follows from the region's name and the number of shards alone, so that no
 * other region moves when one comes or goes, and with more shards a region moves into a new one or not at all.
 */
export function shardOf(region: string, count: number): number {
  let best = 0;
  let highest = "";
  for (let shard = 0; shard < count; shard++) {
    const weight = createHash("sha256")
      .update(`${region}/${String(shard)}`)
      .digest("hex");
    if (weight > highest) [best, highest] = [shard, weight];
  }
  return best;
}
