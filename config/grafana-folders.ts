import type { Platform } from "./schema.ts";

/** What each region with a Grafana calls its folder. */
export function foldersOf(regions: Platform["regions"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(regions).flatMap(([name, { monitoring }]) =>
      monitoring?.grafana === undefined ? [] : [[name, monitoring.grafana.folder]],
    ),
  );
}

/** Title of a region's folder: what it is called, and the region's name where another region has called its own the same. */
export function folderTitle(region: string, folders: Readonly<Record<string, string>>): string {
  const title = folders[region] ?? "";
  const isShared = Object.entries(folders).some(([other, it]) => other !== region && it === title);
  return isShared ? `${title} ${region}` : title;
}
