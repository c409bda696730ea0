import { createHash } from "node:crypto";
import type { Fleet } from "./application-schema.ts";
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

/**
 * The shard of a region, from 0 (rendezvous hashing). It follows from the region's name and the number of shards alone, so that no
 * other region moves when one comes or goes, and with more shards a region moves into a new one or not at all.
 */
export function shardOf(region: string, count: number): number {
  let best = 0;
  let highest = "";
  for (let shard = 0; shard < count; shard++) {
    const weight = weightOf(region, shard);
    if (weight > highest) [best, highest] = [shard, weight];
  }
  return best;
}

/** How much a shard wants a region. */
function weightOf(region: string, shard: number): string {
  return createHash("sha256")
    .update(`${region}/${String(shard)}`)
    .digest("hex");
}

/** A region and the objects that it has. */
export interface Load {
  readonly region: string;
  readonly objects: number;
}

/** The least number of shards from `least` to `most` with which none is over its budget; undefined if there is none. */
export function shardsThatFit(loads: readonly Load[], budget: number, least: number, most: number): number | undefined {
  const places = loads.map((load) => ({ ...load, shard: 0, highest: "" }));
  const objects: number[] = [];
  for (let shard = 0; shard < most; shard++) {
    objects.push(0);
    for (const place of places) {
      const weight = weightOf(place.region, shard);
      if (weight <= place.highest) continue;
      if (place.highest !== "") objects[place.shard] = (objects[place.shard] ?? 0) - place.objects;
      objects[shard] = (objects[shard] ?? 0) + place.objects;
      Object.assign(place, { shard, highest: weight });
    }
    if (shard + 1 >= least && objects.every((it) => it <= budget)) return shard + 1;
  }
  return undefined;
}
