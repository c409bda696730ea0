import assert from "node:assert/strict";
import { parsePlatform } from "../../../../config/load.ts";
import type { Platform } from "../../../../config/schema.ts";
import type { ManifestArgs } from "../../../../components/target/index.ts";
import type { Kind } from "../../../../components/target/kinds.ts";
import { manifestsOf, runProgram } from "../../../support/program.ts";

/** What a region has, beside its name and its target. */
export interface RegionParts {
  readonly nats?: object;
  readonly monitoring?: object;
}

/** A platform of these regions. Each is rendered. */
export function platformOf(regions: Readonly<Record<string, RegionParts>>, more: object = {}): object {
  return {
    operator: { name: "o" },
    ...more,
    regions: Object.fromEntries(
      Object.entries(regions).map(([name, parts]) => [name, { target: { render: `deploy/${name}` }, ...parts }]),
    ),
  };
}

/** A region of a platform as the program sees it, with monitoring. */
export function parsedRegion(parts: RegionParts): Platform["regions"][string] & {
  monitoring: NonNullable<Platform["regions"][string]["monitoring"]>;
} {
  const { east } = parsePlatform(platformOf({ east: { monitoring: {}, ...parts } })).regions;
  assert.ok(east?.monitoring);
  return { ...east, monitoring: east.monitoring };
}

/** An object that was made, and the folder that it is in. */
export interface Made<K extends Kind = Kind> {
  readonly kind: K;
  readonly path: string;
  readonly manifest: ManifestArgs[K];
}

/** What a platform makes. */
export async function madeBy(platform: object): Promise<Made[]> {
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  return all.map(({ path, manifest }) => ({ kind: manifest.kind, path, manifest }) as unknown as Made);
}

/** Those of a kind, in the order of their files. */
export function ofKind<K extends Kind>(all: readonly Made[], kind: K): Made<K>["manifest"][] {
  return all
    .filter((made): made is Made<K> => made.kind === kind)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ manifest }) => manifest);
}
