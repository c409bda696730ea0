import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { configure, unconfigure } from "../engine/support/configuration.ts";
import { up, type ProjectCopy } from "../engine/support/project-copy.ts";
import { keysIn, vaultCopy } from "../engine/support/vault-copy.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { WORKLOADS } from "./support/applied-copy.ts";
import { defineKinds, placeIn } from "./support/external-secrets.ts";
import { makeNamespaces } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const own = { region: "local", namespace: "orders", secret: "orders-nats" };
const fixed = { ...own, secret: "orders-fixed", immutable: true };
const ORDERS = ["accounts", "SERVICES", "users", "orders"] as const;

// Every test goes on where the one before it ended. External Secrets isn't there: its part is played by the test.
describe("an immutable Secret that comes out of Vault", () => {
  const cluster = clusterOfTheseTests({ volumes: 0 });
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-immutable-vault-"));
  let vault: TestVault;
  let copy: ProjectCopy;

  before(async () => {
    await makeNamespaces(cluster(), WORKLOADS);
    await defineKinds(placeIn(cluster(), folder));
    vault = await startVault();
    copy = await vaultCopy(vault, keysIn(vault, "stacks/applied"));
    const { context, kubeconfig } = cluster();
    configure(copy, ["regions", "local", "target"], { context, clusterIdentifier: "the-ring", kubeconfig });
    for (const part of ["monitoring", "mqttBridges"]) unconfigure(copy, ["regions", "local", part]);
    configure(copy, [...ORDERS, "deliver"], [own, fixed]);
    await update();
  });
  after(async () => {
    await vault.stop();
    rmSync(folder, { recursive: true });
  });

  test("goes with its external secret, which new content replaces, where another external secret stays", async () => {
    const uids = await uidsOf();
    await makeSecretOf("orders-fixed", uids);
    configure(copy, [...ORDERS, "rotation"], 1);
    await update();
    const now = await uidsOf();
    assert.notEqual(now["orders-fixed"], uids["orders-fixed"]);
    assert.equal(now["orders-nats"], uids["orders-nats"]);
    assert.equal(await secretNames(), "", "the new one finds no Secret that it would take for its own");
  });

  test("stops being one by an external secret of its own", async () => {
    const uids = await uidsOf();
    configure(copy, [...ORDERS, "deliver"], [own, { ...fixed, immutable: false }]);
    await update();
    const now = await uidsOf();
    assert.notEqual(now["orders-fixed"], uids["orders-fixed"]);
    assert.equal(now["orders-nats"], uids["orders-nats"]);
  });

  /** Updates all but the servers, which would wait for a Secret that nobody makes here. */
  async function update(): Promise<void> {
    const { code, output } = await up(copy, ["--skip-preview", "--exclude", "**local.servers"]);
    assert.equal(code, 0, output);
  }

  async function uidsOf(): Promise<Record<string, string>> {
    const answer = await cluster().kubectl(["get", "externalsecrets", "-n", "orders", "-o", "json"]);
    const { items } = JSON.parse(answer) as { items: readonly { metadata: { name: string; uid: string } }[] };
    return Object.fromEntries(items.map(({ metadata: { name, uid } }) => [name, uid]));
  }

  /** Makes the Secret as External Secrets does: owned by its external secret, and immutable. */
  async function makeSecretOf(name: string, uids: Record<string, string>): Promise<void> {
    const owner = {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      name,
      uid: uids[name],
      controller: true,
      blockOwnerDeletion: true,
    };
    const metadata = { name, namespace: "orders", ownerReferences: [owner] };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, immutable: true, stringData: { "nats.creds": "old" } };
    await cluster().kubectl(["create", "-f", "-"], JSON.stringify(secret));
    assert.equal(await secretNames(), `secret/${name}`);
  }

  async function secretNames(): Promise<string> {
    return (await cluster().kubectl(["get", "secrets", "-n", "orders", "-o", "name"])).trim();
  }
});
