import type { Alert } from "../../nats/alerts/alert.ts";
import { grafanaSeconds } from "../../nats/alerts/groups.ts";
import { ALERTS, alertsOf } from "../../nats/alerts/table.ts";
import { alertContext } from "../alert-context.ts";
import { formatDuration } from "../durations.ts";
import { folderTitle, foldersOf } from "../grafana-folders.ts";
import { anotherGrafana, grafanaIdentity } from "../grafana-identity.ts";
import { bridgesIn } from "../mqtt-bridges.ts";
import { type Finding, type Path, pathText, show } from "../problem.ts";
import type { MonitoringSettings, NatsSettings, Platform, Region } from "../schema.ts";
import { systemUsers } from "../system-users.ts";
import type { Rule } from "./rule.ts";

type Grafana = NonNullable<MonitoringSettings["grafana"]>;

/** Settings of monitoring that must fit each other. */
export const monitoring: Rule = function* ({ regions }) {
  const pointsOf = new Map<string, string>();
  for (const [region, { monitoring: settings, nats }] of Object.entries(regions)) {
    if (settings === undefined) continue;
    const path = ["regions", region, "monitoring"];
    yield* changes(settings, regions, [...path, "alerts"]);
    yield* authoritiesWithoutTls(settings, region, nats);
    yield* surveyed(settings, region, nats);
    if (settings.grafana === undefined) continue;
    yield* contactPoints(settings.grafana, region, pointsOf, [...path, "grafana"]);
    yield* folders(settings.grafana, region, regions, [...path, "grafana", "folder"]);
    if (settings.grafana.alerts) yield* tooShort(settings.alerts, [...path, "alerts"]);
  }
};

/** A client asks for TLS where it is given authorities. */
function* authoritiesWithoutTls(settings: MonitoringSettings, region: string, nats: NatsSettings): Generator<Finding> {
  if (nats.tls !== undefined) return;
  for (const { field } of systemUsers) {
    if (settings[field]?.ca === undefined) continue;
    const allowed = "the servers speak without TLS to NATS clients, and a client that asks for it is turned away";
    const given = [["regions", region, "nats", "tls"]];
    yield { path: ["regions", region, "monitoring", field, "ca"], found: "authorities", allowed, given };
  }
}

/** A survey ends with the answer of the last server that Surveyor expects: with too few, some are missing in each, and never the same. */
function* surveyed(settings: MonitoringSettings, region: string, { replicas }: NatsSettings): Generator<Finding> {
  const { surveyor, expected } = settings;
  if (surveyor === undefined) return;
  const { servers } = surveyor;
  const path = ["regions", region, "monitoring", "surveyor", "servers"];
  const gateways = ["regions", region, "monitoring", "expected", "gateways"];
  if (servers === undefined && expected.gateways > 0) {
    const allowed = `the servers of other clusters answer as well (${pathText(gateways)}): the number of servers in all of them is needed here`;
    yield { path, found: "nothing", allowed, given: [gateways] };
  } else if (servers !== undefined && servers < replicas) {
    const allowed = `the region alone has ${String(replicas)} servers, and all of them answer`;
    yield { path, found: show(servers), allowed, given: [["regions", region, "nats", "replicas"]] };
  }
}

/** grafana-operator takes a contact point as a whole, by its name: two that make it would undo each other's work. */
function* contactPoints(
  grafana: Grafana,
  region: string,
  pointsOf: Map<string, string>,
  path: Path,
): Generator<Finding> {
  const { contactPoint, receiver } = grafana;
  if (contactPoint === undefined) return;
  if (receiver === undefined) {
    const allowed = "a contact point is made under the name in receiver, and there is none";
    yield { path: [...path, "contactPoint"], found: "a contact point", allowed };
    return;
  }
  const point = JSON.stringify([receiver, grafanaIdentity(grafana)]);
  const other = pointsOf.get(point);
  if (other === undefined) {
    pointsOf.set(point, region);
    return;
  }
  const allowed = `region ${other} makes ${show(receiver)} in the same Grafana: leave contactPoint to one of them, and receiver to both (${anotherGrafana})`;
  yield { path: [...path, "contactPoint"], found: "a contact point", allowed };
}

/** Older versions of Grafana take no second folder of the same title. Regions that share one have their names after it. */
function* folders(grafana: Grafana, region: string, regions: Platform["regions"], path: Path): Generator<Finding> {
  const all = foldersOf(regions);
  const { folder } = grafana;
  if (folderTitle(region, all) !== folder) return;
  for (const [other, { monitoring: settings }] of Object.entries(regions)) {
    if (other === region || settings?.grafana === undefined || folderTitle(other, all) !== folder) continue;
    if (grafanaIdentity(settings.grafana) !== grafanaIdentity(grafana)) continue;
    const allowed = `in the same Grafana the folder of region ${other} is called so, as several regions have ${show(settings.grafana.folder)} and their names after it: another title is needed here`;
    yield { path, found: show(folder), allowed };
  }
}

/** Somebody who changes an alert counts on it. In `defaults` it may be there for other regions. */
function* changes(settings: MonitoringSettings, regions: Platform["regions"], path: Path): Generator<Finding> {
  for (const [name, change] of Object.entries(settings.alerts)) {
    if (!change?.enabled) continue;
    if (!Object.entries(regions).some(([region, it]) => hasAlert(name, region, it))) {
      const allowed = "no region of this stack has this alert: docs/alerts.md says what it applies with";
      yield { path: [...path, name], found: "a change", allowed };
    }
    const alert = ALERTS.find((it) => it.name === name);
    const allowed = alert && change.threshold !== undefined ? neverPassed(alert, change.threshold) : undefined;
    if (allowed !== undefined) yield { path: [...path, name, "threshold"], found: show(change.threshold), allowed };
  }
}

/** Why an alert with this threshold could never fire; undefined where it can. */
function neverPassed({ wrongWhen, range, unit }: Alert, threshold: number): string | undefined {
  const { from = 0, to = Infinity } = range ?? {};
  if (wrongWhen === "below" && threshold <= from)
    return "this alert fires below its threshold, and nothing is ever below that";
  return wrongWhen === "above" && threshold >= to
    ? `this alert fires above its threshold, and there is at most ${String(to)} (${unit})`
    : undefined;
}

function hasAlert(name: string, region: string, { monitoring: settings, nats, mqttBridges }: Region): boolean {
  if (settings === undefined) return false;
  const bridges = bridgesIn(region, { mqttBridges }).map(({ clientId }) => clientId);
  // Which tokens there are is not known here: as if there was one.
  const tokens = [{ name: "", issuedAt: 0, expiresAt: 1 }];
  const context = alertContext({ region, nats, monitoring: settings, bridges, tokens });
  const fromLogs = settings.grafana?.loki !== undefined;
  return alertsOf({
    ...context,
    hasSystemExporter: context.hasSystemExporter || (fromLogs && name === "NatsAuthenticationErrors"),
  }).some((alert) => alert.name === name);
}

/** Grafana refuses an alert that fires between two evaluations. */
function* tooShort(alerts: MonitoringSettings["alerts"], path: Path): Generator<Finding> {
  for (const [name, change] of Object.entries(alerts)) {
    const seconds = change?.for ?? 0;
    const interval = grafanaSeconds(name);
    if (seconds === 0 || seconds >= interval) continue;
    const each = formatDuration(interval);
    const allowed = `Grafana evaluates this alert each ${each}: 0s, or ${each} or more`;
    yield { path: [...path, name, "for"], found: formatDuration(seconds), allowed };
  }
}
