import type { ManifestArgs } from "../../target/index.ts";
import { labels, names } from "../names.ts";
import { grafanaImport, type GrafanaSettings } from "./settings.ts";
import { grafanaUid } from "./uid.ts";

/**
 * The folder of a region. Each has its own, also where regions share a Grafana: the operator deletes a folder with everything in it, and the
 * operators of two clusters know nothing of each other.
 */
export function grafanaFolder(
  region: string,
  namespace: string,
  settings: GrafanaSettings,
  title: string,
): ManifestArgs["GrafanaFolder"] {
  return {
    metadata: { name: names.folder, namespace, labels },
    spec: { ...grafanaImport(settings), title, uid: grafanaUid("nats", region) },
  };
}

/** Title of a region's folder: what it is called, and the region's name where another region has called its own the same. */
export function folderTitle(region: string, folders: Readonly<Record<string, string>>): string {
  const title = folders[region] ?? "";
  const isShared = Object.entries(folders).some(([other, it]) => other !== region && it === title);
  return isShared ? `${title} ${region}` : title;
}
