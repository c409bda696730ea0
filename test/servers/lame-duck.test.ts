import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { run } from "../../tools/run.ts";
import { connectAs } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import { natsServer, startDev, type TestRegion } from "./support/region.ts";

let region: TestRegion;

before(async () => {
  region = await startDev();
});
after(() => region.end());

test("a server that is told to stop as Kubernetes does it sends its clients to the others, and no request stays unanswered", async (t) => {
  const [leaving, ...staying] = region.servers;
  assert.ok(leaving);
  const service = await connectAs(region, "SERVICES", "billing", { urls: staying.map(({ url }) => url) });
  t.after(() => service.close());
  service.subscribe("billing.question", { callback: (_, request) => void request.respond("answer") });
  await service.flush();

  // It knows one address only; of the others it hears from the server.
  const client = await connectAs(region, "SERVICES", "orders", {
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 10,
  });
  t.after(() => client.close());
  assert.equal(client.getServer(), leaving.url.replace("nats://", ""));
  const seen: string[] = [];
  void (async () => {
    for await (const { type } of client.status()) seen.push(type);
  })();
  // Its server may not have heard of the service yet.
  const isAnswered = () =>
    client.request("billing.question").then(
      () => true,
      () => false,
    );
  await eventually("the first request is answered", isAnswered);
  let answered = 0;
  const enough = new AbortController();
  const unanswered: unknown[] = [];
  const asking = (async () => {
    while (!enough.signal.aborted && !client.isClosed()) {
      // What was under way when the connection went is asked again, as a client has to that wants an answer.
      const ask = () => client.request("billing.question", "", { timeout: 10_000 });
      await ask()
        .catch(ask)
        .then(
          () => answered++,
          (error: unknown) => unanswered.push(error),
        );
    }
  })();
  t.after(() => {
    enough.abort();
  });
  await eventually("requests are answered", () => answered > 50);

  const started = Date.now();
  const [command, ...args] = leaving.preStop;
  assert.equal(command, "nats-server");
  const { code, stderr } = await run(natsServer(), args, { cwd: region.folder });
  assert.equal(code, 0, stderr);
  await eventually("the server has ended", () => leaving.hasEnded(), region.pods.graceSeconds);
  assert.ok(Date.now() - started < region.pods.graceSeconds * 1000);

  const sofar = answered;
  await eventually("requests are answered elsewhere", () => answered > sofar + 50);
  enough.abort();
  await asking;
  assert.deepEqual(unanswered, []);
  assert.ok(seen.includes("ldm"), `the client was told: ${seen.join(", ")}`);
  assert.ok(staying.some(({ url }) => url === `nats://${client.getServer()}`));
});
