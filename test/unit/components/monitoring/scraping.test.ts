import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../../../../config/durations.ts";
import { ofKind, madeBy, platformOf } from "./watched.ts";

const system = { system: { image: "registry.example/nats-platform:1", role: "monitor" } };
const accounts = {
  SYS: {
    roles: {
      monitor: {
        publish: ["$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.PING.*"],
        subscribe: ["_INBOX.>", "$SYS.SERVER.>", "$SYS.ACCOUNT.CLIENT.AUTH.ERR", "$SYS.ACCOUNT.*.DISCONNECT"],
      },
    },
    allow: [{ region: "*", namespaces: ["*"] }],
  },
};

async function monitorsOf(monitoring: object) {
  return ofKind(await madeBy(platformOf({ east: { monitoring } }, { accounts })), "PodMonitor");
}

test("every target has the labels that the alerts ask for", async () => {
  const labels = (await monitorsOf(system)).map(({ metadata, spec }) => [
    metadata.name,
    ...(spec.podMetricsEndpoints[0]?.relabelings ?? []).map((it) => `${it.targetLabel ?? ""}=${it.replacement ?? ""}`),
  ]);
  assert.deepEqual(labels, [
    ["nats-system-exporter", "nats_cluster=east", "nats_component=system-exporter"],
    ["nats", "nats_cluster=east", "nats_component=server"],
  ]);
});

test("without a system exporter only the servers are scraped", async () => {
  assert.deepEqual(
    (await monitorsOf({})).map(({ metadata }) => metadata.name),
    ["nats"],
  );
});

test("consumers of MQTT sessions are dropped unless they are asked for, and nothing else is", async () => {
  const dropped = async (monitoring: object) => {
    const [monitor] = await monitorsOf(monitoring);
    const steps = monitor?.spec.podMetricsEndpoints[0]?.metricRelabelings ?? [];
    assert.ok(
      steps.every(({ action, sourceLabels }) => action === "drop" && sourceLabels?.join() === "__name__,stream_name"),
    );
    // Prometheus matches the whole of the labels' values, joined by semicolons.
    const isDropped = (name: string, stream: string) =>
      steps.some(({ regex }) => new RegExp(`^(?:${regex ?? ""})$`).test(`${name};${stream}`));
    return [
      isDropped("nats_consumer_num_pending", "$MQTT_msgs"),
      isDropped("nats_stream_total_messages", "$MQTT_msgs"),
      isDropped("nats_consumer_num_pending", "ORDERS"),
      isDropped("nats_consumer_num_pending", "AMQTT_msgs"),
    ];
  };
  assert.deepEqual(await dropped({}), [true, false, false, false]);
  assert.deepEqual(await dropped({ podMonitor: { mqttConsumers: true } }), [false, false, false, false]);
});

test("a scrape ends before the next one, whatever the interval", async () => {
  for (const interval of ["5s", "10s", "15s", "30s"]) {
    const [monitor] = await monitorsOf({ podMonitor: { interval } });
    const endpoint = monitor?.spec.podMetricsEndpoints[0];
    const timeout = parseDuration(endpoint?.scrapeTimeout ?? "") ?? 0;
    assert.equal(endpoint?.interval, interval);
    assert.ok(timeout > 0 && timeout < (parseDuration(interval) ?? 0), `${interval}: ${String(timeout)}`);
  }
});

test("Prometheus finds its PodMonitors by the labels that the region names", async () => {
  for (const { metadata } of await monitorsOf({ ...system, podMonitor: { labels: { release: "prometheus" } } })) {
    assert.equal((metadata.labels as Record<string, string>).release, "prometheus");
  }
});
