import assert from "node:assert/strict";
import { test } from "node:test";
import { madeBy, ofKind, platformOf } from "./watched.ts";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly [key: string]: unknown;
}

async function podOf(parts: object) {
  const [servers] = ofKind(await madeBy(platformOf({ east: parts })), "StatefulSet");
  const { template } = servers?.spec as unknown as {
    template: { spec: { containers: Container[] }; metadata: object };
  };
  return { servers, template, containers: template.spec.containers };
}

test("with monitoring each server has its exporter beside it, and is otherwise what it was", async () => {
  const without = await podOf({});
  const { servers, containers } = await podOf({ monitoring: {} });
  const [server, exporter, ...others] = containers;
  assert.deepEqual(others, []);
  assert.deepEqual(without.containers, [server]);
  assert.deepEqual(exporter?.args.at(-1), "http://localhost:8222/");
  assert.deepEqual(exporter.ports, [{ name: "metrics", containerPort: 7777 }]);
  assert.deepEqual(exporter.securityContext, server?.securityContext);
  const alone = structuredClone(servers) as typeof servers & {
    spec: { template: { spec: { containers: unknown[] } } };
  };
  alone.spec.template.spec.containers.pop();
  assert.deepEqual(alone, without.servers);
});

test("no probe of the exporter decides about a server", async () => {
  const [, exporter] = (await podOf({ monitoring: {} })).containers;
  assert.deepEqual(
    Object.keys(exporter ?? {}).filter((field) => field.endsWith("Probe")),
    [],
  );
});

test("the exporter tells what the region asks for", async () => {
  const settings = { image: "registry.example/exporter:1", streams: "streams", accounts: false, gateways: true };
  const [, exporter] = (await podOf({ monitoring: { exporter: settings } })).containers;
  assert.equal(exporter?.image, "registry.example/exporter:1");
  const told = exporter.args.filter((it) => /^-(jsz|accstatz|gatewayz|leafz)/.test(it));
  assert.deepEqual(told, ["-jsz=streams", "-gatewayz"]);
});
