import assert from "node:assert/strict";
import { test } from "node:test";
import { alertsOf, conditionOf } from "../../../nats/alerts/table.ts";
import { surveyorNeeds } from "../../../nats/surveyor.ts";
import { watchedRegion } from "../../support/alert-table.ts";
import { choicesOf, queriesOf } from "../../support/dashboard-queries.ts";
import { namedIn, passes, type Selector } from "../../support/promql.ts";
import { surveyorLabels, surveyorMonitorOf } from "../../support/surveyor-labels.ts";
import { type Made, madeBy, ofKind, platformOf } from "./monitoring/watched.ts";

const everything = { accounts: true, streams: "consumers", gateways: true, raft: true } as const;
const { publish, subscribe } = surveyorNeeds(everything);
const accounts = {
  SYS: { roles: { surveyor: { publish, subscribe } }, allow: [{ region: "*", namespaces: ["nats"] }] },
};

/** What a region with Surveyor makes. */
function made(surveyor: object = {}, monitoring: object = {}, nats: object = {}): Promise<Made[]> {
  const settings = { role: "surveyor", ...surveyor };
  return madeBy(platformOf({ east: { nats, monitoring: { ...monitoring, surveyor: settings } } }, { accounts }));
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly object[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { mountPath: string }[];
}

interface Deployed {
  readonly replicas: number;
  readonly strategy: object;
  readonly selector: { readonly matchLabels: object };
  readonly template: {
    readonly metadata: { readonly labels: object; readonly annotations: Record<string, string> };
    readonly spec: {
      readonly automountServiceAccountToken: boolean;
      readonly enableServiceLinks: boolean;
      readonly securityContext: object;
      readonly containers: readonly [Container];
      readonly volumes: readonly { name: string; secret: { secretName: string; items?: object[] } }[];
    };
  };
}

function deployed(all: readonly Made[]): Deployed {
  const found = ofKind(all, "Deployment").find(({ metadata }) => metadata.name === "nats-surveyor");
  assert.ok(found);
  return found.spec as unknown as Deployed;
}

test("its files are where its arguments say, and it expects the servers that there are", async () => {
  const tls = { tls: { secret: "nats-tls" } };
  const { containers, volumes } = deployed(
    await made({ ...everything, ca: { secret: "authority", key: "tls.crt" } }, {}, tls),
  ).template.spec;
  const [{ image, args, ports, volumeMounts }] = containers;
  assert.equal(image, "natsio/nats-surveyor:0.9.11");
  assert.deepEqual(args, [
    "--servers=tls://nats.nats.svc.cluster.local:4222",
    ...["--creds=/etc/nats-surveyor/creds/nats.creds", "--tlscacert=/etc/nats-surveyor/ca/ca.crt", "--count=3"],
    ...["--timeout=3000ms", "--port=7777", "--accounts", "--jsz=all", "--jsz-leaders-only", "--gatewayz", "--raftz"],
  ]);
  assert.deepEqual(ports, [{ name: "metrics", containerPort: 7777 }]);
  assert.deepEqual(
    volumeMounts.map(({ mountPath }) => mountPath),
    ["/etc/nats-surveyor/creds", "/etc/nats-surveyor/ca"],
  );
  const [creds, authority] = volumes;
  assert.equal(creds?.secret.secretName, "nats-surveyor");
  assert.deepEqual(authority?.secret.items, [{ key: "tls.crt", path: "ca.crt" }]);

  const others = deployed(await made({ servers: 6 }, { podMonitor: { interval: "5s" } })).template.spec;
  assert.deepEqual(others.containers[0].args.slice(2, 4), ["--count=6", "--timeout=3000ms"]);
});

test("there is one at a time, without privileges, and without what other Services put into its environment", async () => {
  const { replicas, strategy, selector, template } = deployed(await made());
  assert.deepEqual([replicas, strategy], [1, { type: "Recreate" }]);
  assert.deepEqual(selector.matchLabels, {
    "app.kubernetes.io/name": "nats",
    "app.kubernetes.io/component": "surveyor",
  });
  assert.deepEqual({ ...template.metadata.labels, ...selector.matchLabels }, template.metadata.labels);
  const { spec } = template;
  // Of a Service nats-surveyor Kubernetes would make NATS_SURVEYOR_PORT, which Surveyor reads.
  assert.deepEqual([spec.automountServiceAccountToken, spec.enableServiceLinks], [false, false]);
  assert.deepEqual(spec.securityContext, {
    ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
    seccompProfile: { type: "RuntimeDefault" },
  });
  assert.deepEqual(spec.containers[0].securityContext, {
    ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    capabilities: { drop: ["ALL"] },
  });
});

test("its credentials are delivered with the others, and other ones start it anew", async () => {
  const before = await made();
  const [secret] = ofKind(before, "Secret").filter(({ metadata }) => metadata.name === "nats-surveyor");
  assert.equal(secret?.metadata.namespace, "nats");
  assert.ok(Object.keys(secret.stringData ?? {}).includes("nats.creds"));
  const checksum = (all: readonly Made[]) =>
    deployed(all).template.metadata.annotations["nats-platform/config-checksum"];
  assert.ok(checksum(before));
  assert.notEqual(checksum(await made({ rotation: 1 })), checksum(before));
});

test("Prometheus scrapes it as often as the others, finds it, and marks what it tells as Surveyor's alone", async () => {
  const all = await made({}, { podMonitor: { interval: "10s", labels: { release: "prometheus" } } });
  const monitor = ofKind(all, "PodMonitor").find(({ metadata }) => metadata.name === "nats-surveyor");
  assert.ok(monitor);
  const { selector, podMetricsEndpoints } = monitor.spec;
  assert.deepEqual(selector.matchLabels, deployed(all).selector.matchLabels);
  assert.equal((monitor.metadata.labels as Record<string, string>).release, "prometheus");
  const [endpoint] = podMetricsEndpoints;
  assert.deepEqual([endpoint?.port, endpoint?.interval, endpoint?.scrapeTimeout], ["metrics", "10s", "9s"]);
  assert.deepEqual(surveyorLabels("east"), { nats_surveyor: "east" });
  assert.deepEqual(endpoint?.relabelings, surveyorMonitorOf("east").endpoint.relabelings);
});

test("consumers of MQTT sessions are dropped there as well, by the label that Surveyor calls a stream's name", async () => {
  const steps = async (podMonitor: object) => {
    const all = ofKind(await made({}, { podMonitor }), "PodMonitor");
    return all.find(({ metadata }) => metadata.name === "nats-surveyor")?.spec.podMetricsEndpoints[0]
      ?.metricRelabelings;
  };
  const [step] = (await steps({})) ?? [];
  assert.deepEqual([step?.action, step?.sourceLabels], ["drop", ["__name__", "stream"]]);
  const isDropped = (series: string) => new RegExp(`^(?:${step?.regex ?? ""})$`).test(series);
  assert.ok(isDropped("nats_consumer_num_pending;$MQTT_msgs"));
  assert.ok(!isDropped("nats_stream_total_messages;$MQTT_msgs") && !isDropped("nats_consumer_num_pending;ORDERS"));
  assert.equal(await steps({ mqttConsumers: true }), undefined);
});

test("no alert and nothing on the dashboard can match what Surveyor tells", async () => {
  const { region } = watchedRegion;
  const target = {
    ...{ namespace: "nats", pod: "nats-surveyor-6d9f", container: "surveyor", endpoint: "metrics" },
    ...{ job: "nats/nats-surveyor", instance: "10.0.1.2:7777", ...surveyorLabels(region) },
  };
  const alerts = alertsOf(watchedRegion).map(conditionOf);
  const json = await dashboardOf(region);
  const asked = queriesOf(json).map(({ expression }) => expression.replaceAll(/\$__\w+/g, "5m"));
  const choices = choicesOf(json).map(({ series }) => series);
  const selectors = [...alerts, ...asked, ...choices]
    .flatMap((expression) => namedIn(expression).selectors)
    // Of kubelets there are no such series.
    .filter(({ metric }) => !metric.startsWith("kubelet_"));
  assert.ok(selectors.length > 150, String(selectors.length));
  const matching = (labels: Readonly<Record<string, string>>) =>
    selectors.filter((selector) => canMatch(selector, labels)).map(({ metric }) => metric);
  assert.deepEqual(matching(target), []);
  // With the servers' own label all that names no component would.
  assert.ok(matching({ ...target, nats_cluster: region }).length > 100);
});

/** Whether a series of a target can be asked for, whatever labels it has of its own. None of Surveyor's begins with nats_. */
function canMatch({ matchers }: Selector, target: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => {
    const isOfTarget = Object.hasOwn(target, matcher.label) || matcher.label.startsWith("nats_");
    return !isOfTarget || passes(matcher, target[matcher.label] ?? "");
  });
}

/** The dashboard of a region that tells everything, Surveyor included. */
async function dashboardOf(region: string): Promise<string> {
  const monitoring = {
    surveyor: { role: "surveyor", servers: 6 },
    exporter: { gateways: true, leafnodes: true },
    expected: { gateways: 1, leafnodes: 1 },
    dashboardConfigMap: {},
  };
  const all = await madeBy(platformOf({ [region]: { monitoring } }, { accounts }));
  const map = ofKind(all, "ConfigMap").find(({ metadata }) => metadata.name === "nats-dashboard");
  return Object.values((map?.data ?? {}) as Record<string, string>)[0] ?? assert.fail("no dashboard");
}
