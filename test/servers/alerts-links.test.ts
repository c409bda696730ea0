import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { startLinkedServers, type LinkedServers } from "./support/linked-servers.ts";
import { eventually } from "./support/monitoring.ts";
import { startPrometheus, type Prometheus } from "./support/prometheus.ts";
import { provoke } from "./support/provoked.ts";
import { rulesOf, scaled } from "./support/scaled-rules.ts";
import { devContext, serverLabels } from "./support/watched-region.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];
const day = 86_400;

const folder = mkdtempSync(join(tmpdir(), "nats-platform-links-"));
let servers: LinkedServers;
let prometheus: Prometheus;

/** A token of which a quarter of its time is left when it has 33 seconds more. */
const token = (expiresAt: number) => ({ name: "glass-jwt-mint-auth", issuedAt: expiresAt - 132, expiresAt });
const now = () => Math.floor(Date.now() / 1000);
const rules = (expiresAt: number) => {
  const expected = { gateways: 1, leafnodes: 1 };
  return scaled(rulesOf({ ...devContext, replicas: 1, expected, tokens: [token(expiresAt)] }), factor);
};

before(async () => {
  servers = await startLinkedServers(join(folder, "servers"));
  prometheus = await startPrometheus({
    ...{ folder: join(folder, "prometheus"), scrapeSeconds, rules: rules(now() + day) },
    targets: [{ address: servers.exporter.address, labels: serverLabels("home-0") }],
  });
  const connected = "nats_gatewayz_outbound_gateway_configured and on (pod) nats_leafz_conn_nodes_total == 1";
  await eventually("gateway and leaf node are connected", async () => (await prometheus.query(connected)).length === 1);
});
after(async () => {
  await servers.end();
  await prometheus.stop();
  rmSync(folder, { recursive: true });
});

suite("alerts on links", { concurrency: true }, () => {
  test("a gateway that is cut is down until the other cluster is back", async (t) => {
    await provoke(t, prometheus, {
      what: "the other cluster of a gateway is gone",
      alerts: ["NatsGatewayDown"],
      cause: () => servers.stop("far"),
      check: async () => {
        // There is no series that could say 0.
        assert.deepEqual(await prometheus.query("nats_gatewayz_outbound_gateway_configured"), []);
      },
      cure: () => servers.start("far"),
    });
  });

  test("a leaf node that is cut is missed until it is back", async (t) => {
    await provoke(t, prometheus, {
      what: "a leaf node is gone",
      alerts: ["NatsLeafnodeDown"],
      cause: () => servers.stop("leaf"),
      cure: () => servers.start("leaf"),
    });
  });

  test("a token is told of when a quarter of its time is left, until an update has made the next one", async (t) => {
    await provoke(t, prometheus, {
      what: "a robot token has three seconds more than a quarter of its time",
      alerts: ["NatsTokenExpiring"],
      cause: () => prometheus.setRules(rules(now() + 36)),
      cure: () => prometheus.setRules(rules(now() + day)),
    });
  });
});

test("a server that has come up without JetStream is told of until it has it", async (t) => {
  const restart = async (conf: object) => {
    await servers.stop("home");
    // With a gateway JetStream would need a cluster (nats-server 2.15).
    await servers.start("home", { gateway: undefined, ...conf });
  };
  const jetstream = { store_dir: join(folder, "jetstream") };
  await restart({ jetstream });
  await provoke(t, prometheus, {
    what: "a server runs without JetStream",
    alerts: ["NatsJetStreamDisabled"],
    cause: () => restart({}),
    cure: () => restart({ jetstream }),
  });
});
