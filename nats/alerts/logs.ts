import type { AlertContext } from "./alert.ts";
import { alertsOf, type AlertChange, type RegionAlert } from "./table.ts";

/**
 * What a server's line on a refused login holds. MQTT makes a second line, without the leading dash (nats-server 2.15): it is not counted twice.
 */
export const refusedLoginLine = " - authentication error";

/** An alert on the servers' logs, which Prometheus doesn't know: its value is LogQL. */
export type LogAlert = RegionAlert;

/**
 * Refused logins from the servers' logs, for a region in which nobody listens to the events of the system account.
 *
 * The labels `namespace` and `container` are those that Loki's own agents give to the logs of pods.
 */
export function authenticationErrorsInLogs(
  context: AlertContext,
  namespace: string,
  changes: Readonly<Record<string, AlertChange>> = {},
): LogAlert | undefined {
  const name = "NatsAuthenticationErrors";
  const alert = alertsOf({ ...context, hasSystemExporter: true }, changes).find((it) => it.name === name);
  if (alert === undefined) return undefined;
  const lines = `{namespace="${namespace}",container="nats"} |= "${refusedLoginLine}"`;
  return { ...alert, value: `sum(rate(${lines} [5m])) * 60` };
}
