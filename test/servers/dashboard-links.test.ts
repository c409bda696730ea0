import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dashboardJson } from "../../components/monitoring/dashboard/dashboard.ts";
import { queriesOf } from "../support/dashboard-queries.ts";
import type { DashboardSettings } from "../../components/monitoring/dashboard/settings.ts";
import { CLUSTER_LABEL } from "../../nats/alerts/series.ts";
import { filledIn } from "../../tools/picture/filled-in.ts";
import { startNatsServer } from "../support/nats-server.ts";
import { freePort } from "./support/free-port.ts";
import { eventually } from "./support/monitoring.ts";
import { startNatsExporter } from "./support/nats-exporter.ts";
import { startPrometheus } from "./support/prometheus.ts";
import { sameWhenScrapedTwice } from "./support/scraped-twice.ts";

const scrapeSeconds = 1;

test("gateways and leaf nodes are shown where there are some", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-links-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const [monitor, gateway, leaf] = [await freePort(), await freePort(), await freePort()];
  const remote = { gateways: [{ name: "west", urls: [`nats://127.0.0.1:${String(gateway)}`] }] };
  const listen = (port: number) => ({ host: "127.0.0.1", port });
  const west = await startNatsServer(join(folder, "west"), {
    // nats-server takes gateways and leaf nodes together with a system account alone.
    ...{ accounts: { SYS: {} }, system_account: "SYS" },
    ...{ server_name: "west", http: `127.0.0.1:${String(monitor)}` },
    ...{ gateway: { name: "west", ...listen(gateway) }, leafnodes: listen(leaf) },
  });
  t.after(() => west.stop());
  const east = await startNatsServer(join(folder, "east"), {
    server_name: "east",
    gateway: { name: "east", ...listen(-1), ...remote },
  });
  t.after(() => east.stop());
  const site = await startNatsServer(join(folder, "site"), {
    server_name: "site",
    leafnodes: { remotes: [{ url: `nats://127.0.0.1:${String(leaf)}` }] },
  });
  t.after(() => site.stop());
  const told = { streams: "none", accounts: false, gateways: true, leafnodes: true } as const;
  const exporter = startNatsExporter(`http://127.0.0.1:${String(monitor)}`, await freePort(), told);
  t.after(() => exporter.kill());
  const labels = { [CLUSTER_LABEL]: "west", namespace: "nats", pod: "west" };
  const prometheus = await startPrometheus({
    ...{ folder: join(folder, "prometheus"), scrapeSeconds, rules: [] },
    targets: [{ address: exporter.address, labels }],
  });
  t.after(() => prometheus.stop());

  const settings: DashboardSettings = {
    ...told,
    region: "west",
    isClustered: false,
    dataSource: "prometheus",
    scrapeSeconds,
    hasSystemExporter: false,
  };
  const queries = queriesOf(dashboardJson(settings)).filter(({ panel }) => /^(Gateway|Leaf node)/.test(panel));
  assert.equal(queries.length, 13);
  for (const { panel, expression } of queries) {
    await eventually(
      `${panel} shows something: ${expression}`,
      async () => (await prometheus.query(filledIn(expression, { scrapeSeconds }))).length > 0,
    );
  }
  for (const { panel, expression } of queries) {
    await eventually(
      `${panel} is the same where two scrape`,
      async () => (await sameWhenScrapedTwice(prometheus, filledIn(expression, { scrapeSeconds }), panel)) > 0,
    );
  }
});
