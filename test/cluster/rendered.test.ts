import assert from "node:assert/strict";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { parse } from "yaml";
import type { Cluster } from "../../tools/cluster/cluster.ts";
import { until } from "../../tools/cluster/wait.ts";
import type { ManifestInputs } from "../../providers/manifest.ts";
import { manifestsOf, platformOf, renderStack } from "../support/program.ts";
import { connectWith, makeStream, metaLeader } from "./support/clients.ts";
import { defineArgocdKinds } from "./support/argocd/installation.ts";
import { defineKinds, placeIn } from "./support/external-secrets.ts";
import { defineMonitoringKinds } from "./support/monitoring.ts";
import { makeNamespaces, serverPods } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "nats-platform-rendered-"));
after(() => {
  rmSync(folder, { recursive: true });
});

describe("rendered manifests", () => {
  const cluster = clusterOfTheseTests({ volumes: 6 });
  before(async () => {
    await defineKinds(placeIn(cluster(), folder));
    await defineMonitoringKinds(placeIn(cluster(), folder));
    await defineArgocdKinds(placeIn(cluster(), folder));
  });

  for (const stack of ["dev", "prod"]) {
    test(`the API server accepts every manifest of the ${stack} stack without a warning`, async () => {
      const target = join(folder, stack);
      const manifests = manifestsOf(await renderStack(stack, target));
      const apply = ["apply", "-R", "--server-side", "--force-conflicts", "--warnings-as-errors"];
      // The servers' namespaces for real: it is their labels that make the API server warn of a careless pod.
      const namespaces = globSync("deploy/*/0-namespaces", { cwd: target });
      await cluster().kubectl([...apply, ...namespaces.flatMap((path) => ["-f", join(target, path)])]);
      await makeMissing(cluster(), namespacesOf(manifests));
      const accepted = await cluster().kubectl([...apply, "--dry-run=server", "-f", target]);
      assert.equal(accepted.trim().split("\n").length, manifests.length);
    });
  }

  test("applied in the order of their folders, they are a platform whose Secrets work", async (context) => {
    const target = join(folder, "applied");
    const manifests = manifestsOf(await renderStack("dev", target, { platform: devIn("rendered") }));
    const workloads = namespacesOf(manifests).filter((name) => name !== "rendered");
    await makeMissing(cluster(), workloads);
    // In the order that the update's output tells people to apply them in.
    const folders = ["0-namespaces"].map((part) => `${target}/deploy/local/${part}`);
    const order = [...folders, `${target}/deploy/local-secrets`, `${target}/deploy/local`];
    await cluster().kubectl(["apply", "-R", ...order.flatMap((path) => ["-f", path])]);

    const isReady = async () => (await serverPods(cluster(), "rendered")).filter((pod) => pod.isReady).length === 3;
    await until("three servers are ready", isReady, { seconds: 240, explain: () => cluster().logs() });
    await until("a leader", () => metaLeader(cluster(), "rendered", 3), { seconds: 90 });
    const connection = await connectWith(context, cluster(), "orders", "orders-nats");
    await makeStream(connection, "ORDERS", ["orders.>"]);
    // A moment passes until every server knows where the stream is.
    assert.equal(
      (await jetstream(connection, { timeout: 20_000 }).publish("orders.first", "1", { retries: 40 })).seq,
      1,
    );
  });
});

/** The dev stack with its servers in another namespace. */
function devIn(namespace: string): unknown {
  const platform = platformOf("dev") as {
    accounts: Record<
      string,
      { users?: Record<string, { deliver: { namespace: string }[] }>; allow?: { namespaces: string[] }[] }
    >;
    regions: Record<string, { nats: object }>;
  };
  for (const region of Object.values(platform.regions)) Object.assign(region.nats, { namespace });
  for (const { users, allow } of Object.values(platform.accounts)) {
    for (const user of Object.values(users ?? {})) {
      for (const delivery of user.deliver) if (delivery.namespace === "nats") delivery.namespace = namespace;
    }
    for (const grant of allow ?? [])
      grant.namespaces = grant.namespaces.map((name) => (name === "nats" ? namespace : name));
  }
  return platform;
}

function namespacesOf(manifests: readonly ManifestInputs[]): string[] {
  const names = manifests.map(({ manifest }) => manifest.metadata.namespace);
  return [...new Set(names.filter((name) => name !== undefined))];
}

async function makeMissing(cluster: Cluster, names: readonly string[]): Promise<void> {
  const existing = parse(await cluster.kubectl(["get", "namespaces", "-o", "json"])) as {
    items: { metadata: { name: string } }[];
  };
  const there = new Set(existing.items.map(({ metadata }) => metadata.name));
  await makeNamespaces(
    cluster,
    names.filter((name) => !there.has(name)),
  );
}
