import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { metaLeader, statusOf } from "../../cli/local/health.ts";
import { run } from "../../tools/run.ts";
import { connectAs } from "./support/clients.ts";
import { dashboardQueries, everyAlertOf, startLiveSeries, type LiveSeries } from "./support/live-series.ts";
import { eventually, monitored } from "./support/monitoring.ts";
import { provoke } from "./support/provoked.ts";
import { natsServer, natsServerBefore } from "./support/region.ts";
import { streamsOf } from "./support/streams.ts";
import type { WatchedPod } from "./support/watched-region.ts";

/** An hour is twelve seconds. */
const factor = 300;

let series: LiveSeries;

before(async () => {
  series = await startLiveSeries({ executable: natsServerBefore() });
});
after(() => series.end());

test("servers of the version before start with the configuration that is rendered, and form a cluster", async () => {
  const versionBefore = await versionOf(natsServerBefore());
  assert.notEqual(versionBefore, await versionOf(natsServer()));
  const { pods } = series.watched;
  assert.deepEqual(
    await versions(),
    pods.map(() => versionBefore),
  );
  await eventually("all agree on a leader", async () => {
    const leaders = new Set(await Promise.all(pods.map(({ server }) => metaLeader(server))));
    return leaders.size === 1 && !leaders.has(undefined);
  });
});

test("no alert and no panel asks for what servers of the version before do not tell", () => {
  for (const { name, value } of everyAlertOf(series)) assert.deepEqual(series.unknownIn(value), [], name);
  for (const { panel, expression } of dashboardQueries()) assert.deepEqual(series.unknownIn(expression), [], panel);
});

test("an update that stops before its last server is noticed until that one is updated too, and loses no message", async (t) => {
  const { watched, linked } = series;
  // They stay as they are.
  await linked.end();
  const prometheus = await watched.watchAgain({ factor, scrapeSeconds: 0.5 });
  const [last, ...others] = watched.pods;
  assert.ok(last);
  const urls = [last.server.url];
  const connection = await connectAs(watched.region, "SERVICES", "orders", { urls, reconnect: true });
  t.after(() => connection.close());
  const manager = await streamsOf(connection);
  const messages = async () => (await manager.streams.info("ORDERS")).state.messages;
  const stored = await messages();
  await provoke(t, prometheus, {
    what: "one server of three is not updated",
    alerts: ["NatsVersionSkew"],
    cause: async () => {
      for (const pod of others.reverse()) await update(pod);
    },
    check: async () => {
      assert.equal(new Set(await versions()).size, 2);
      await jetstream(connection).publish("orders.new", "between two versions");
      assert.equal(await messages(), stored + 1);
    },
    cure: () => update(last),
  });
  assert.deepEqual(new Set(await versions()), new Set([await versionOf(natsServer())]));
  await eventually("the stream answers", () =>
    messages().then(
      (count) => count === stored + 1,
      () => false,
    ),
  );
});

/** Has a server stop as Kubernetes does it, and the present version start in its place. Resolves when all is current there. */
async function update(pod: WatchedPod): Promise<void> {
  const { region } = series.watched;
  const [, ...args] = pod.server.preStop;
  const { code, stderr } = await run(natsServer(), args, { cwd: region.folder });
  assert.equal(code, 0, stderr);
  await eventually("the server has ended", () => pod.server.hasEnded(), region.pods.graceSeconds);
  await pod.restore({ executable: natsServer() });
  await eventually("it is healthy", async () => (await statusOf(pod.server, "/healthz")) === 200, 40);
}

/** What the servers say that they are. */
function versions(): Promise<string[]> {
  return Promise.all(
    series.watched.pods.map(async ({ server }) => (await monitored<{ version: string }>(server, "/varz")).version),
  );
}

/** What a program says that it is. */
async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ["--version"], { cwd: "/" });
  return /v(\d\S*)/.exec(stdout)?.[1] ?? assert.fail(stdout);
}
