import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { keepConnected } from "../../../../cli/system-exporter/connection.ts";
import { formatCreds } from "../../../../nats/creds.ts";
import { signJwt } from "../../../../nats/jwt.ts";
import { ISSUED_AT, keys, sampleScopedUser, seedOf } from "../../nats/samples.ts";

const info = { server_id: "N", version: "2.15.2", proto: 1, max_payload: 1024, headers: true, nonce: "nonce" };

/** A server that takes every client, and sends it away again at once. */
async function fickleServer(
  onClient: (clients: number) => void,
): Promise<{ url: string; times: readonly number[]; stop: () => void }> {
  const times: number[] = [];
  const server = createServer((socket) => {
    times.push(performance.now());
    onClient(times.length);
    socket.on("error", () => undefined);
    socket.on("data", (text) => {
      if (text.includes("PING")) socket.end("PONG\r\n");
    });
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `nats://127.0.0.1:${String(port)}`, times, stop: () => void server.close() };
}

test("a server that takes the exporter and sends it away at once is not asked without a pause, nor each time in the log", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "system-exporter-connection-"));
  const ended = new AbortController();
  const server = await fickleServer((clients) => {
    if (clients === 4) ended.abort();
  });
  t.after(() => {
    server.stop();
    rmSync(folder, { recursive: true });
  });
  const creds = join(folder, "exporter.creds");
  writeFileSync(creds, formatCreds(signJwt(sampleScopedUser(), keys.role, ISSUED_AT), seedOf("user", "one")));
  const lines: string[] = [];
  await keepConnected(
    { servers: [server.url], creds },
    () => Promise.resolve(),
    () => undefined,
    (_, line) => lines.push(line),
    ended.signal,
  );
  // Again at once, and then after half a second and a second at the soonest; a timer may be early by a millisecond.
  const pauses = server.times.slice(1).map((time, at) => time - (server.times[at] ?? 0));
  assert.equal(pauses.length, 3);
  assert.ok(Number(pauses[1]) > 490 && Number(pauses[2]) > 990, pauses.join(" and "));
  assert.equal(lines.length, 1, lines.join("\n"));
});
