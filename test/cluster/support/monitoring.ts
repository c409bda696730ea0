import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Image } from "../../../tools/cluster/images.ts";
import { programOfRing, type ControlPlane } from "./control-plane.ts";
import { served } from "./kinds.ts";

/** The image of the exporter, under the name that regions have it by. */
export function exporterImage(): Image {
  return {
    name: "docker.io/natsio/prometheus-nats-exporter:0.20.1",
    programs: { "prometheus-nats-exporter": programOfRing("prometheus-nats-exporter") },
    entryPoint: ["/prometheus-nats-exporter"],
  };
}

/** The definitions beside the exporter, by their folders: those of the kinds that we make. */
const DEFINITIONS = {
  "grafana-crds": [
    "alertrulegroups",
    "contactpoints",
    "dashboards",
    "folders",
    "notificationpolicies",
    "notificationpolicyroutes",
  ].map((kind) => `grafana.integreatly.org_grafana${kind}.yaml`),
  "prometheus-crds": ["podmonitors", "prometheusrules"].map((kind) => `monitoring.coreos.com_${kind}.yaml`),
};

/** Makes the kinds of the Prometheus operator and the Grafana operator known. */
export async function defineMonitoringKinds(plane: Pick<ControlPlane, "folder" | "kubectl">): Promise<void> {
  const beside = join(dirname(programOfRing("prometheus-nats-exporter")), "..");
  const items = Object.entries(DEFINITIONS).flatMap(([folder, files]) =>
    files.map((file) => parse(readFileSync(join(beside, folder, file), "utf8")) as { metadata: { name: string } }),
  );
  const file = join(plane.folder, "monitoring-kinds.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await plane.kubectl("create", "--validate=false", "-f", file);
  await served(plane, items);
}
