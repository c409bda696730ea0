import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { NODE } from "../../../tools/cluster/node.ts";
import { startPrometheus, type Prometheus } from "../../servers/support/prometheus.ts";
import type { RuleGroup } from "../../servers/support/scaled-rules.ts";

/** A Prometheus that scrapes the cluster's kubelet, through the API server, until the test ends, and evaluates these rules. */
export async function watchKubelet(
  context: TestContext,
  cluster: Cluster,
  rules: readonly RuleGroup[],
): Promise<Prometheus> {
  const proxy = createServer((_, response) => {
    cluster.kubectl(["get", "--raw", `/api/v1/nodes/${NODE}/proxy/metrics`]).then(
      (metrics) => response.setHeader("Content-Type", "text/plain; version=0.0.4").end(metrics),
      (error: unknown) => response.writeHead(502).end(String(error)),
    );
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  context.after(() => proxy.close());
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-kubelet-"));
  const address = `127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
  const labels = { job: "kubelet", metrics_path: "/metrics", node: NODE };
  const prometheus = await startPrometheus({ folder, scrapeSeconds: 2, rules, targets: [{ address, labels }] });
  context.after(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return prometheus;
}
