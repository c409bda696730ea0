import * as pulumi from "@pulumi/pulumi";
import { alertChanges, alertContext } from "../../config/alert-context.ts";
import { folderTitle, foldersOf } from "../../config/grafana-folders.ts";
import type { MonitoringSettings, NatsSettings, Platform } from "../../config/schema.ts";
import { surveyorSecret, systemExporterSecret } from "../../config/system-users.ts";
import { authenticationErrorsInLogs } from "../../nats/alerts/logs.ts";
import { alertsOf, type RegionAlert } from "../../nats/alerts/table.ts";
import type { Credentials } from "../credentials/index.ts";
import type { EndingToken } from "../generated/generated-secret.ts";
import type { ClusterTarget, PlaceOptions } from "../target/index.ts";
import { dashboardConfigMap, grafanaDashboard } from "./dashboards.ts";
import { alertGroups } from "./grafana/alert-groups.ts";
import { contactPoint } from "./grafana/contact-point.ts";
import { grafanaFolder } from "./grafana/folder.ts";
import { notificationPolicy, notificationPolicyRoute } from "./grafana/notification-policy.ts";
import type { GrafanaSettings } from "./grafana/settings.ts";
import { scrapeTimeout, serversMonitor, surveyorMonitor, systemMonitor } from "./pod-monitor.ts";
import { prometheusRule } from "./prometheus-rule.ts";
import { surveyorDeployment } from "./surveyor.ts";
import { systemExporterDeployment } from "./system-exporter.ts";

/** What {@link Monitoring} needs. */
export interface MonitoringArgs {
  monitoring: MonitoringSettings;
  nats: NatsSettings;
  target: ClusterTarget;
  /** Where clients in the cluster connect to. */
  url: string;
  /** MQTT client ids of the region's bridges. */
  bridges: readonly string[];
  /** Tokens that end. */
  tokens: readonly EndingToken[];
  /** All regions of the stack: they may share a Grafana. */
  regions: Platform["regions"];
  /** The servers' namespace, where this program makes it. */
  after?: pulumi.Resource | undefined;
  /** Credentials of the region, those of the system exporter and of Surveyor among them. */
  credentials: Credentials;
}

/** How a region is watched: what Prometheus scrapes, alerts in Prometheus and Grafana, and the dashboard. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:monitoring:Monitoring", name, {}, opts);
    const { monitoring, target } = args;
    const { namespace } = args.nats;
    const { dashboardConfigMap: configMap, podMonitor, runbooks } = monitoring;
    const inNamespace: PlaceOptions = { parent: this, dependsOn: args.after === undefined ? [] : [args.after] };

    const context = alertContext({ ...args, region: name });
    const changes = alertChanges(monitoring);
    const alerts = alertsOf(context, changes);
    const scraped = { region: name, namespace, podMonitor };
    target.place("PodMonitor", `${name}.pod-monitor`, serversMonitor(scraped), inNamespace);
    if (monitoring.system !== undefined) {
      const { image, ca } = monitoring.system;
      const pod = { ...systemUserPod(name, args, systemExporterSecret), image, ca };
      const deployment = systemExporterDeployment({ ...pod, mqttClients: args.bridges });
      target.place("PodMonitor", `${name}.system-exporter.pod-monitor`, systemMonitor(scraped), inNamespace);
      target.place("Deployment", `${name}.system-exporter`, deployment, inNamespace);
    }
    if (monitoring.surveyor !== undefined) {
      const { image, ca, servers = args.nats.replicas, ...settings } = monitoring.surveyor;
      const pod = { ...systemUserPod(name, args, surveyorSecret), image, ca };
      const scrapeTimeoutSeconds = scrapeTimeout(podMonitor.interval);
      const deployment = surveyorDeployment({ ...pod, settings, servers, scrapeTimeoutSeconds });
      target.place("PodMonitor", `${name}.surveyor.pod-monitor`, surveyorMonitor(scraped), inNamespace);
      target.place("Deployment", `${name}.surveyor`, deployment, inNamespace);
    }
    if (monitoring.prometheusRule !== undefined) {
      const settings = { region: name, namespace, alerts, scrapeSeconds: podMonitor.interval, runbooks };
      const rule = prometheusRule({ ...settings, labels: monitoring.prometheusRule.labels });
      target.place("PrometheusRule", `${name}.prometheus-rule`, rule, inNamespace);
    }
    if (monitoring.grafana !== undefined) {
      const fromLogs = authenticationErrorsInLogs(context, namespace, changes);
      const isInLogs = monitoring.grafana.loki !== undefined && !context.hasSystemExporter;
      const logAlerts = isInLogs && fromLogs !== undefined ? [fromLogs] : [];
      placeInGrafana(name, args, monitoring.grafana, { alerts, logAlerts }, inNamespace);
    }
    if (configMap !== undefined) {
      const manifest = dashboardConfigMap(name, args.nats, monitoring, configMap);
      target.place("ConfigMap", `${name}.dashboard`, manifest, inNamespace);
    }
    this.registerOutputs({});
  }
}

/**
 * What the pod of a user of the system account follows from. It waits for its Secret by itself: a dependency on all credentials would
 * keep each of them from being removed alone.
 */
function systemUserPod(region: string, { nats: { namespace }, url, credentials }: MonitoringArgs, secret: string) {
  const checksum = credentials.checksums[`${namespace}/${secret}`];
  if (checksum === undefined) throw new Error(`region ${region} delivers no credentials in ${namespace}/${secret}`);
  return { namespace, url, checksum };
}

function placeInGrafana(
  region: string,
  { target, monitoring, nats, regions }: MonitoringArgs,
  grafana: GrafanaSettings,
  alerts: { alerts: readonly RegionAlert[]; logAlerts: readonly RegionAlert[] },
  inNamespace: PlaceOptions,
): void {
  const { namespace } = nats;
  // The operator removes by uid what an object has made: the old one has to go before its successor comes.
  const opts = { ...inNamespace, deleteBeforeReplace: true };
  const title = folderTitle(region, foldersOf(regions));
  const folder = grafanaFolder(region, namespace, grafana, title);
  target.place("GrafanaFolder", `${region}.grafana-folder`, folder, opts);
  for (const point of contactPoint(namespace, grafana)) {
    target.place("GrafanaContactPoint", `${region}.grafana-contact-point`, point, opts);
  }
  for (const route of notificationPolicyRoute(region, namespace, grafana)) {
    target.place("GrafanaNotificationPolicyRoute", `${region}.grafana-notification-policy-route`, route, opts);
  }
  for (const policy of notificationPolicy(namespace, grafana)) {
    target.place("GrafanaNotificationPolicy", `${region}.grafana-notification-policy`, policy, opts);
  }
  if (grafana.alerts) {
    // A rule that names a receiver goes past the policies.
    const receiver = grafana.notificationPolicy === undefined ? grafana.receiver : undefined;
    const settings = { region, namespace, grafana, receiver, runbooks: monitoring.runbooks, ...alerts };
    for (const group of alertGroups(settings)) {
      target.place("GrafanaAlertRuleGroup", `${region}.grafana.${group.spec.name}`, group, opts);
    }
  }
  if (grafana.dashboard) {
    const dashboard = grafanaDashboard(region, nats, monitoring, grafana);
    target.place("GrafanaDashboard", `${region}.grafana-dashboard`, dashboard, opts);
  }
}
