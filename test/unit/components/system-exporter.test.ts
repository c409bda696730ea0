import assert from "node:assert/strict";
import { test } from "node:test";
import { readArguments } from "../../../cli/system-exporter/arguments.ts";
import { systemExporterDeployment, type SystemExporterArgs } from "../../../components/monitoring/system-exporter.ts";
import { systemExporterNeeds } from "../../../nats/system-exporter.ts";
import { manifestsOf, runProgram } from "../../support/program.ts";

const args: SystemExporterArgs = {
  namespace: "nats",
  image: "registry.example/nats-platform:1",
  url: "nats://nats.nats.svc.cluster.local:4222",
  mqttClients: [],
  checksum: "abc",
};

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly [Container];
  readonly volumes: readonly {
    name: string;
    secret: { secretName: string; items?: { key: string; path: string }[] };
  }[];
}

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly object[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { name: string; mountPath: string }[];
}

interface Made {
  readonly replicas: number;
  readonly strategy: object;
  readonly selector: { readonly matchLabels: object };
  readonly template: { readonly metadata: { labels: object; annotations: object }; readonly spec: Pod };
}

function made(over: Partial<SystemExporterArgs> = {}): Made {
  return systemExporterDeployment({ ...args, ...over }).spec as unknown as Made;
}

test("the command understands what the pod gives it, and finds its files where they are mounted", () => {
  const ca = { secret: "nats-tls", key: "tls.crt" };
  const { containers, volumes } = made({ ca, mqttClients: ["bridge-east", "-odd"] }).template.spec;
  const [command, ...rest] = containers[0].args;
  assert.equal(command, "system-exporter");
  assert.deepEqual(readArguments(rest), {
    servers: [args.url],
    creds: "/etc/nats-system-exporter/creds/nats.creds",
    ca: "/etc/nats-system-exporter/ca/ca.crt",
    port: 7778,
    intervalSeconds: 15,
    mqttClients: ["bridge-east", "-odd"],
  });
  assert.deepEqual(containers[0].ports, [{ name: "metrics", containerPort: 7778 }]);
  assert.deepEqual(
    containers[0].volumeMounts.map(({ mountPath }) => mountPath),
    ["/etc/nats-system-exporter/creds", "/etc/nats-system-exporter/ca"],
  );
  const [creds, authority] = volumes;
  assert.equal(creds?.secret.secretName, "nats-system-exporter");
  // Not the private key that may be beside it.
  assert.deepEqual(authority?.secret.items, [{ key: "tls.crt", path: "ca.crt" }]);
});

test("there is one at a time, without privileges, and without a token for the API server", () => {
  const { replicas, strategy, selector, template } = made();
  assert.deepEqual([replicas, strategy], [1, { type: "Recreate" }]);
  assert.deepEqual(selector.matchLabels, {
    "app.kubernetes.io/name": "nats",
    "app.kubernetes.io/component": "system-exporter",
  });
  assert.deepEqual({ ...template.metadata.labels, ...selector.matchLabels }, template.metadata.labels);
  assert.equal(template.spec.automountServiceAccountToken, false);
  assert.deepEqual(template.spec.securityContext, {
    ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
    seccompProfile: { type: "RuntimeDefault" },
  });
  assert.deepEqual(template.spec.containers[0].securityContext, {
    ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    capabilities: { drop: ["ALL"] },
  });
});

test("other credentials start it anew", () => {
  assert.deepEqual(made({ checksum: "def" }).template.metadata.annotations, { "nats-platform/config-checksum": "def" });
});

test("its credentials are delivered with the others, as the file that it reads", async () => {
  const { publish, subscribe } = systemExporterNeeds;
  const platform = {
    operator: { name: "o" },
    accounts: {
      SYS: { roles: { exporter: { publish, subscribe } }, allow: [{ region: "*", namespaces: ["nats"] }] },
    },
    regions: {
      east: { target: { render: "deploy/east" }, monitoring: { system: { image: args.image, role: "exporter" } } },
    },
  };
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  const secret = all
    .map(
      ({ manifest }) => manifest as unknown as { metadata: { name: string; namespace: string }; stringData?: object },
    )
    .find(({ metadata }) => metadata.name === "nats-system-exporter");
  assert.equal(secret?.metadata.namespace, "nats");
  assert.ok(Object.keys(secret.stringData ?? {}).includes("nats.creds"));
});
