import type { Alert, AlertContext } from "./alert.ts";
import { clusterAlerts } from "./cluster.ts";
import { connectionAlerts } from "./connections.ts";
import { consumerAlerts } from "./consumers.ts";
import { jetStreamAlerts } from "./jetstream.ts";
import { linkAlerts } from "./links.ts";
import { mqttAlerts } from "./mqtt.ts";
import { serverAlerts } from "./servers.ts";
import { streamAlerts } from "./streams.ts";
import { volumeAlerts } from "./volumes.ts";

/** Every alert there is. */
export const ALERTS: readonly Alert[] = [
  ...clusterAlerts,
  ...serverAlerts,
  ...connectionAlerts,
  ...jetStreamAlerts,
  ...volumeAlerts,
  ...streamAlerts,
  ...consumerAlerts,
  ...mqttAlerts,
  ...linkAlerts,
];

/** What a stack says differently of an alert. */
export interface AlertChange {
  readonly enabled?: boolean | undefined;
  readonly threshold?: number | undefined;
  readonly forSeconds?: number | undefined;
  readonly severity?: Alert["severity"] | undefined;
}

/** An alert of a region, with everything filled in. */
export interface RegionAlert extends Omit<Alert, "value" | "threshold" | "appliesTo" | "restartSeconds"> {
  readonly value: string;
  readonly threshold: number;
}

/** The alerts of a region: those that apply to it and are not switched off. */
export function alertsOf(context: AlertContext, changes: Readonly<Record<string, AlertChange>> = {}): RegionAlert[] {
  return ALERTS.flatMap(({ appliesTo = () => true, restartSeconds = () => 0, ...alert }) => {
    const change = Object.hasOwn(changes, alert.name) ? changes[alert.name] : undefined;
    if (!appliesTo(context) || change?.enabled === false) return [];
    const usual = typeof alert.threshold === "number" ? alert.threshold : alert.threshold(context);
    return [
      {
        ...alert,
        severity: change?.severity ?? alert.severity,
        forSeconds: change?.forSeconds ?? Math.max(alert.forSeconds, restartSeconds(context)),
        value: alert.value(context),
        threshold: change?.threshold ?? usual,
      },
    ];
  });
}

/** The alert as one PromQL expression: it has a result when, and where, something is wrong. */
export function conditionOf({ value, wrongWhen, threshold }: RegionAlert): string {
  return `(${value}) ${wrongWhen === "above" ? ">" : "<"} ${String(threshold)}`;
}
