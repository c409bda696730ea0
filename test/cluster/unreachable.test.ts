import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { configure } from "../engine/support/configuration.ts";
import { finishedCopy, up } from "../engine/support/project-copy.ts";
import { keysOf, stateOf } from "../engine/support/state.ts";

test("an update of a cluster that can't be reached fails, names its context, and keeps every key", async () => {
  const copy = await finishedCopy();
  const before = keysOf(await stateOf(copy));
  const kubeconfig = join(dirname(copy.folder), "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify(kubeconfigOf("far-away", `https://127.0.0.1:${String(await closedPort())}`)),
  );
  configure(copy, ["regions", "local", "target"], { context: "far-away", kubeconfig });

  const { code, output } = await up(copy);
  assert.notEqual(code, 0, output);
  assert.match(
    output,
    /region local is on the cluster of context far-away; does it answer\? kubectl .*--context far-away/,
  );
  assert.match(output, /unreachable|refused/);
  assert.doesNotMatch(output, /^\s+at .+:\d+/m);
  assert.deepEqual(keysOf(await stateOf(copy)), before);
});

function kubeconfigOf(context: string, server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    clusters: [{ name: context, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: context, user: { token: "none" } }],
  };
}

/** A port on which nobody listens: the system has just given it to us. */
function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}
