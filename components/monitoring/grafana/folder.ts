import type { ManifestArgs } from "../../target/index.ts";
import { labels, names } from "../names.ts";
import { grafanaImport, grafanaName, type GrafanaSettings } from "./settings.ts";
import { grafanaUid } from "./uid.ts";

/**
 * The folder of a region. Each has its own, also where regions share a Grafana: the operator deletes a folder with everything in it, and the
 * operators of two clusters know nothing of each other. Its uid is not the dashboard's: Grafana keeps both in one list.
 */
export function grafanaFolder(
  region: string,
  namespace: string,
  settings: GrafanaSettings,
  title: string,
): ManifestArgs["GrafanaFolder"] {
  return {
    metadata: { name: grafanaName(names.folder, settings), namespace, labels },
    spec: { ...grafanaImport(settings), title, uid: grafanaUid("nats-folder", region) },
  };
}

/** Title of a region's folder: what it is called, and the region's name where another region has called its own the same. */
export function folderTitle(region: string, folders: Readonly<Record<string, string>>): string {
  const title = folders[region] ?? "";
  const isShared = Object.entries(folders).some(([other, it]) => other !== region && it === title);
  return isShared ? `${title} ${region}` : title;
}
