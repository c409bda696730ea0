import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { assertQuiet, previewedChanges } from "../engine/support/changes.ts";
import { configure, unconfigure } from "../engine/support/configuration.ts";
import { up, type ProjectCopy } from "../engine/support/project-copy.ts";
import { platformOf, renderStack } from "../support/program.ts";
import { appliedCopy, WORKLOADS } from "./support/applied-copy.ts";
import { makeNamespaces, secretContent } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const own = { region: "local", namespace: "orders", secret: "orders-nats" };
const fixed = { ...own, secret: "orders-fixed", format: "jwt", immutable: true };
const ORDERS = ["accounts", "SERVICES", "users", "orders"] as const;

// Every test goes on where the one before it ended.
describe("an immutable Secret", () => {
  const cluster = clusterOfTheseTests({ volumes: 2 });
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-immutable-"));
  let copy: ProjectCopy;

  before(async () => {
    await makeNamespaces(cluster(), WORKLOADS);
    copy = await appliedCopy(cluster());
    configure(copy, ["regions", "local", "nats", "replicas"], 1);
    for (const part of ["monitoring", "mqttBridges"]) unconfigure(copy, ["regions", "local", part]);
    configure(copy, [...ORDERS, "deliver"], [own, fixed]);
    await succeeds(up(copy));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  test("can't be changed in the cluster, where another one can", async () => {
    const change = ["-n", "orders", "-p", JSON.stringify({ stringData: { URLS: "nats://elsewhere:4222" } })];
    await assert.rejects(cluster().kubectl(["patch", "secret", "orders-fixed", ...change]), /field is immutable/);
    await cluster().kubectl(["patch", "secret", "orders-nats", ...change]);
    await succeeds(up(copy, ["--refresh", "--skip-preview"]));
    await assertQuiet(copy);
  });

  test("gives way to one of the same name when its content changes, where another one is changed in place", async () => {
    const [before, uids] = [await secretContent(cluster(), "orders", "orders-fixed"), await uidsOf()];
    configure(copy, [...ORDERS, "rotation"], 1);
    assert.deepEqual(await previewedChanges(copy), [
      "replace local.credentials.orders.orders-fixed",
      "update local.credentials.orders.orders-nats",
      "update withdrawn",
    ]);
    await succeeds(up(copy, ["--skip-preview"]));
    assert.notEqual((await secretContent(cluster(), "orders", "orders-fixed")).seed, before.seed);
    const now = await uidsOf();
    assert.notEqual(now["orders-fixed"], uids["orders-fixed"]);
    assert.equal(now["orders-nats"], uids["orders-nats"]);
    assert.deepEqual(Object.keys(now), Object.keys(uids));
    await assertQuiet(copy);
  });

  test("stops being one, and becomes one, by being made anew", async () => {
    for (const immutable of [false, true]) {
      const uids = await uidsOf();
      configure(copy, [...ORDERS, "deliver"], [own, { ...fixed, immutable }]);
      await succeeds(up(copy, ["--skip-preview"]));
      assert.notEqual((await uidsOf())["orders-fixed"], uids["orders-fixed"]);
      const flag = ["get", "secret", "orders-fixed", "-n", "orders", "-o", "jsonpath={.immutable}"];
      assert.equal(await cluster().kubectl(flag), immutable ? "true" : "");
      await assertQuiet(copy);
    }
  });

  test("that was rendered is replaced by the command that the update tells, and no other Secret is", async () => {
    const render = async (rotation: number) => {
      await renderStack("dev", folder, { platform: renderedPlatform(rotation), fixed: true });
      const secrets = join(folder, "deploy/local-secrets");
      // The middle one of the commands that components/target/render.ts puts together.
      return (force: string) => cluster().kubectl(["apply", "-R", ...(force === "" ? [] : [force]), "-f", secrets]);
    };
    await makeNamespaces(cluster(), ["rendered"]);
    await (
      await render(0)
    )("--force");
    const [before, uids] = [await secretContent(cluster(), "rendered", "orders-fixed"), await uidsOf("rendered")];
    const apply = await render(1);
    await assert.rejects(apply(""), /field is immutable/);
    await apply("--force");
    assert.notEqual((await secretContent(cluster(), "rendered", "orders-fixed")).seed, before.seed);
    const now = await uidsOf("rendered");
    assert.notEqual(now["orders-fixed"], uids["orders-fixed"]);
    assert.deepEqual({ ...now, "orders-fixed": "" }, { ...uids, "orders-fixed": "" });
    await apply("--force");
    assert.deepEqual(await uidsOf("rendered"), now, "and once it is there it stays");
  });

  /** What tells a Secret from another one of the same name. */
  async function uidsOf(namespace = "orders"): Promise<Record<string, string>> {
    const { items } = JSON.parse(await cluster().kubectl(["get", "secrets", "-n", namespace, "-o", "json"])) as {
      items: readonly { metadata: { name: string; uid: string } }[];
    };
    return Object.fromEntries(items.map(({ metadata: { name, uid } }) => [name, uid]));
  }
});

/** The dev stack with all of it in one namespace of its own. */
function renderedPlatform(rotation: number): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: Record<string, { users: Record<string, object>; allow: object[] }>;
    regions: { local: { nats: object; monitoring?: object; mqttBridges?: object } };
  };
  for (const account of Object.values(platform.accounts)) account.users = {};
  const { SERVICES } = platform.accounts;
  assert.ok(SERVICES);
  const deliver = [own, fixed].map((delivery) => ({ ...delivery, namespace: "rendered" }));
  SERVICES.users = { orders: { role: "worker", rotation, deliver } };
  SERVICES.allow = [{ region: "local", namespaces: ["rendered"] }];
  delete platform.regions.local.monitoring;
  delete platform.regions.local.mqttBridges;
  platform.regions.local.nats = { ...platform.regions.local.nats, namespace: "rendered" };
  return platform;
}

async function succeeds(command: Promise<{ code: number; output: string }>): Promise<void> {
  const { code, output } = await command;
  assert.equal(code, 0, output);
}
