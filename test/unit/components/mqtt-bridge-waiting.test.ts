import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../../../config/merge.ts";
import { manifestsOf, platformOf, runProgram } from "../../support/program.ts";

interface Made {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly target: { readonly template: { readonly data: Readonly<Record<string, string>> } };
    readonly template: { readonly spec: Pod };
  };
}

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Pod {
  readonly initContainers: readonly Container[];
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly secret?: object }[];
}

const dev = platformOf("dev");
const inVault = { keys: { store: "vault", address: "https://vault.example", path: "nats" } };

/** What is made of the dev stack's bridge, with this changed. */
async function madeWith(bridge: object, more: object = {}) {
  const platform = merge(merge(dev, more), { regions: { local: { mqttBridges: { mosquitto: bridge } } } });
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  const made = all.map(({ manifest }) => manifest as unknown as Made);
  const find = (name: string, ...kinds: string[]) =>
    made.find(({ kind, metadata }) => kinds.includes(kind) && metadata.name === name) ?? assert.fail(`no ${name}`);
  const secret = find("mosquitto-bridge", "Secret", "ExternalSecret");
  const pod = find("mosquitto", "Deployment", "StatefulSet").spec.template.spec;
  return { fields: secret.stringData ?? secret.spec.target.template.data, pod };
}

/** The fields that the pod waits for. */
const awaited = ({ initContainers }: Pod) => initContainers.flatMap(({ command }) => command.slice(4));

for (const [store, keys] of [
  ["in the state", {}],
  ["in Vault", inVault],
] as const) {
  test(`the broker waits for the very configuration and password that it was made for, with keys ${store}`, async () => {
    const { fields, pod } = await madeWith({}, keys);
    const [mark = "", ...others] = awaited(pod);
    assert.deepEqual(others, []);
    assert.match(mark, /^checksum-[0-9a-f]{16}$/);
    assert.deepEqual(Object.keys(fields).sort(), [mark, "mosquitto.conf"].sort());
    assert.ok(fields[mark]?.startsWith(mark.slice("checksum-".length)));
    for (const change of [{ rotation: 1 }, { restartTimeout: "2s" }]) {
      const next = await madeWith(change, keys);
      assert.notDeepEqual(awaited(next.pod), [mark]);
      assert.ok((awaited(next.pod)[0] ?? "") in next.fields);
      assert.ok(!(mark in next.fields));
    }
  });
}

test("the broker reads the volume in which its configuration was waited for, by its own image", async () => {
  const { pod } = await madeWith({ broker: { image: "mosquitto.example/own:2.0.22" } });
  const [wait, ...others] = pod.initContainers;
  assert.deepEqual(others, []);
  assert.equal(wait?.image, "mosquitto.example/own:2.0.22");
  const [volume] = wait.volumeMounts;
  const config = pod.containers[0].volumeMounts.find(({ mountPath }) => mountPath === "/mosquitto/config");
  assert.equal(config?.name, volume?.name);
  // Readable for the broker's group and nobody else, and no reason to keep the pod from starting: that is the container's matter.
  assert.deepEqual(pod.volumes.find(({ name }) => name === volume?.name)?.secret, {
    ...{ secretName: "mosquitto-bridge", optional: true, defaultMode: 0o440 },
  });
});

test("for a broker that exists, the Secret has no such mark: nobody of ours waits for it", async () => {
  const platform = {
    ...dev,
    regions: {
      local: {
        ...(dev.regions as { local: object }).local,
        mqttBridges: { home: { account: "IOT", role: "mqtt-bridge", topics: { out: ["sensors/#"] }, deploy: false } },
      },
    },
  };
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  const secret = all
    .map(({ manifest }) => manifest as unknown as Made)
    .find((it) => it.metadata.name === "home-bridge");
  assert.deepEqual(Object.keys(secret?.stringData ?? {}).sort(), ["bridge.conf", "bridge_password", "username"]);
});
