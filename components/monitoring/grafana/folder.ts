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
