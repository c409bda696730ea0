import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { metaLeader, routesOf, statusOf } from "../../cli/local/health.ts";
import { loopback } from "../../cli/local/mapping.ts";
import { choosePorts } from "../../cli/local/ports.ts";
import { startServer, type RunningServer } from "../../cli/local/server.ts";
import { decodeJwt } from "../../nats/jwt.ts";
import { parseCreds } from "../../nats/creds.ts";
import { connectAs } from "./support/clients.ts";
import { becomes, eventually, monitored } from "./support/monitoring.ts";
import { natsServer, startDev, type TestRegion } from "./support/region.ts";

let region: TestRegion;

before(async () => {
  region = await startDev();
});
after(() => region.end());

test("the rendered configuration makes three servers one JetStream cluster with a leader", async () => {
  const names = region.servers.map(({ name }) => name);
  assert.deepEqual(names, ["nats-0", "nats-1", "nats-2"]);
  for (const server of region.servers) {
    assert.deepEqual(
      await routesOf(server),
      names.filter((name) => name !== server.name),
    );
    await eventually(`${server.name} sees a whole meta group`, async () => {
      const { meta_cluster: meta } = await monitored<{ meta_cluster: { name: string; cluster_size: number } }>(
        server,
        "/jsz",
      );
      return meta.name === "local" && meta.cluster_size === 3;
    });
  }
  await eventually("all agree on a leader", async () => {
    const leaders = new Set(await Promise.all(region.servers.map(metaLeader)));
    return leaders.size === 1 && names.includes([...leaders][0] ?? "");
  });
});

test("each server has the limits and the name that the StatefulSet and its configuration say", async () => {
  const { fileStore, memoryStore } = region.platform.regions.local?.nats.jetstream ?? assert.fail();
  for (const server of region.servers) {
    const { server_name: name, jetstream } = await monitored<{
      server_name: string;
      jetstream: { config: { max_storage: number; max_memory: number; store_dir: string } };
    }>(server, "/varz");
    assert.equal(name, server.name);
    assert.equal(jetstream.config.max_memory, memoryStore.size);
    assert.ok(jetstream.config.max_storage <= fileStore.size && jetstream.config.max_storage > fileStore.size * 0.9);
    assert.ok(jetstream.config.store_dir.startsWith(region.folder));
  }
});

test("every probe of the StatefulSet is answered with 200 by a healthy server", async () => {
  for (const server of region.servers) {
    for (const [probe, path] of Object.entries(region.pods.probes)) {
      await becomes(() => statusOf(server, path), 200, `${probe} probe ${path} of ${server.name}`);
    }
  }
});

test("every account works on every server from the first start, with empty data folders", async () => {
  for (const { account, user } of region.credentials) {
    for (const url of region.urls) {
      const connection = await connectAs(region, account, user, { urls: [url] });
      await connection.flush();
      await connection.close();
    }
  }
});

test("the system account is the stack's own and sees three servers", async (t) => {
  const { claims } = decodeJwt(parseCreds(region.credential("SYS", "admin").creds).jwt);
  const account = claims.nats?.type === "user" ? claims.nats.issuer_account : assert.fail();
  for (const server of region.servers) {
    assert.equal((await monitored<{ system_account: string }>(server, "/varz")).system_account, account);
  }
  const monitor = await connectAs(region, "SYS", "monitor");
  t.after(() => monitor.close());
  const answers = await monitor.requestMany("$SYS.REQ.SERVER.PING", "", {
    strategy: "count",
    maxMessages: 3,
    maxWait: 20_000,
  });
  const names: string[] = [];
  for await (const answer of answers) names.push(answer.json<{ server: { name: string } }>().server.name);
  assert.deepEqual(names.sort(), ["nats-0", "nats-1", "nats-2"]);
});

test("a server with another route password does not get into the cluster, one with the right password does", async (t) => {
  const [first] = region.servers;
  assert.ok(first);
  const password = /password: "([^"]+)"/.exec(Object.values(first.files).join("\n"))?.[1] ?? assert.fail();
  const stranger = await startFourth(first, "stranger", (conf) => conf.replaceAll(password, "another"));
  t.after(() => end(stranger));
  await eventually("the stranger tried", () => /authorization/i.test(readFileSync(stranger.logFile, "utf8")));
  // Each time that it tries, it counts a route until it is refused.
  await becomes(() => routesOf(stranger), []);
  for (const server of region.servers) assert.ok((await routesOf(server))?.includes("stranger") === false);

  const friend = await startFourth(first, "friend", (conf) => conf);
  t.after(() => end(friend));
  for (const server of region.servers) {
    await eventually(
      `${server.name} knows the friend`,
      async () => (await routesOf(server))?.includes("friend") === true,
    );
    assert.ok((await routesOf(server))?.includes("stranger") === false);
  }
});

/** A server beside the others, with a configuration that differs from the first one's in places, and as `change` says. */
async function startFourth(
  model: RunningServer,
  name: string,
  change: (conf: string) => string,
): Promise<RunningServer> {
  const [ports] = await choosePorts(1, "free");
  assert.ok(ports);
  const folder = join(region.folder, name);
  const moved = (text: string) => text.replaceAll(model.place.folder, folder);
  const listening = (text: string) =>
    (["client", "monitor", "mqtt"] as const)
      .reduce(
        (rest, port) => rest.replaceAll(`${loopback}:${model.place.ports[port]}`, `${loopback}:${ports[port]}`),
        text,
      )
      .replace(`listen: "${loopback}:${model.place.ports.cluster}"`, `listen: "${loopback}:${ports.cluster}"`);
  // No JetStream: the cluster's meta group is not to count on a guest.
  const alone = (text: string) => text.replace(/^jetstream \{[^}]*\}\n/m, "");
  return startServer(natsServer(), {
    ...model,
    name,
    place: { folder, ports },
    environment: { ...model.environment, POD_NAME: name },
    args: model.args.map(moved),
    folders: model.folders.map(moved),
    files: Object.fromEntries(
      Object.entries(model.files).map(([path, text]) => [moved(path), change(alone(listening(moved(text))))]),
    ),
  });
}

async function end(server: RunningServer): Promise<void> {
  server.kill("SIGKILL");
  await server.ended;
}
