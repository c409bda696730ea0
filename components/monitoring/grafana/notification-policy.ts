import { formatDuration } from "../../../config/durations.ts";
import { CLUSTER_LABEL } from "../../../nats/alerts/series.ts";
import type { GrafanaRoute } from "../../target/grafana-operator.ts";
import type { ManifestArgs } from "../../target/index.ts";
import { labels, names } from "../names.ts";
import { grafanaImport, grafanaName, type GrafanaSettings } from "./settings.ts";

/** What Grafana groups by where nobody says anything. A tree that is given without it has all its alerts in one group. */
const GROUP_BY = ["grafana_folder", "alertname"];

/**
 * The branch of policies for a region's alerts, where it wants one. Its name never changes: nothing of its kind is fixed. Branches come in
 * any order (grafana-operator 5.24), so that each takes its own region's alerts and nothing else.
 */
export function notificationPolicyRoute(
  region: string,
  namespace: string,
  { notificationPolicy: wanted, receiver }: GrafanaSettings,
): ManifestArgs["GrafanaNotificationPolicyRoute"][] {
  if (wanted === undefined || receiver === undefined) return [];
  const { receivers, groupBy, groupWait, groupInterval, repeatInterval } = wanted;
  const routes = Object.entries(receivers).map(([severity, own]): GrafanaRoute => ({
    receiver: own,
    object_matchers: [["severity", "=", severity]],
  }));
  return [
    {
      metadata: { name: names.policyRoute, namespace, labels: { ...labels, ...wanted.labels } },
      spec: {
        receiver,
        object_matchers: [[CLUSTER_LABEL, "=", region]],
        group_by: [...groupBy],
        ...(groupWait !== undefined && { group_wait: formatDuration(groupWait) }),
        ...(groupInterval !== undefined && { group_interval: formatDuration(groupInterval) }),
        ...(repeatInterval !== undefined && { repeat_interval: formatDuration(repeatInterval) }),
        ...(routes.length > 0 && { routes }),
      },
    },
  ];
}

/** The tree of all policies of a Grafana, where the region has it: beneath it are the branches with the labels of the region's own. */
export function notificationPolicy(
  namespace: string,
  settings: GrafanaSettings,
): ManifestArgs["GrafanaNotificationPolicy"][] {
  const { notificationPolicy: wanted, receiver } = settings;
  if (wanted?.whole !== true || receiver === undefined) return [];
  return [
    {
      metadata: { name: grafanaName(names.policy, settings), namespace, labels },
      spec: {
        ...grafanaImport(settings),
        route: { receiver, group_by: GROUP_BY, routeSelector: { matchLabels: { ...wanted.labels } } },
      },
    },
  ];
}
