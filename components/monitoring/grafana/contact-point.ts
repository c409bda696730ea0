import type { ManifestArgs } from "../../target/index.ts";
import { labels, names } from "../names.ts";
import { grafanaImport, type GrafanaSettings } from "./settings.ts";

/** The contact point that a region's alerts go to, where this program is to make it. */
export function contactPoint(namespace: string, settings: GrafanaSettings): ManifestArgs["GrafanaContactPoint"][] {
  const { contactPoint: wanted, receiver } = settings;
  if (wanted === undefined || receiver === undefined) return [];
  const { type, settings: plain, secret } = wanted;
  const valuesFrom = Object.entries(secret?.keys ?? {}).map(([targetPath, key]) => ({
    targetPath,
    valueFrom: { secretKeyRef: { name: secret?.name ?? "", key } },
  }));
  const from = valuesFrom.length === 0 ? {} : { valuesFrom };
  return [
    {
      metadata: { name: names.contactPoint, namespace, labels },
      spec: { ...grafanaImport(settings), name: receiver, receivers: [{ type, settings: { ...plain }, ...from }] },
    },
  ];
}
