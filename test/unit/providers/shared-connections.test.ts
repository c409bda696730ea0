import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpMethod, KubeConfig, RequestContext } from "@kubernetes/client-node";
import { withSharedConnections } from "../../../providers/kubernetes/shared-connections.ts";

function configWith(now: () => number): () => Promise<ReturnType<RequestContext["getDispatcher"]>> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: "https://127.0.0.1:1", skipTLSVerify: true }],
    users: [{ name: "u", token: "t" }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  const sharing = withSharedConnections(config, now);
  return async () => {
    const context = new RequestContext("https://127.0.0.1:1/api", HttpMethod.GET);
    await sharing.applySecurityAuthentication(context);
    assert.equal(context.getHeaders().Authorization, "Bearer t");
    return context.getDispatcher();
  };
}

test("requests share their connections, for ten minutes", async () => {
  let time = 0;
  const dispatcher = configWith(() => time);
  const first = await dispatcher();
  assert.ok(first);
  time = 600_000;
  assert.equal(await dispatcher(), first);
  time = 600_001;
  const second = await dispatcher();
  assert.notEqual(second, first);
  assert.equal(await dispatcher(), second);
});
