import type { Relabeling } from "../../components/target/prometheus-operator.ts";
import { surveyorMonitor } from "../../components/monitoring/pod-monitor.ts";

/** The PodMonitor of Surveyor in a region. */
export function surveyorMonitorOf(region: string) {
  const podMonitor = { interval: 15, labels: {}, mqttConsumers: false };
  const { spec } = surveyorMonitor({ region, namespace: "nats", podMonitor });
  const [endpoint] = spec.podMetricsEndpoints;
  if (endpoint === undefined) throw new Error("nothing is scraped");
  return { ...spec, endpoint };
}

/** Labels that the PodMonitor gives to what Surveyor tells of a region, beside those of every pod. */
export function surveyorLabels(region: string): Record<string, string> {
  const relabelings: readonly Relabeling[] = surveyorMonitorOf(region).endpoint.relabelings;
  return Object.fromEntries(relabelings.map(({ targetLabel = "", replacement = "" }) => [targetLabel, replacement]));
}
