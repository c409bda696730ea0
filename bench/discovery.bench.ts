/**
 * How long it takes from a pod with labels to its Secret, with 1,000 and 5,000 pods at once: the controller as it runs in its pod, against
 * a real API server and etcd, all on this machine: `npm run bench discovery`.
 */
import { startControlPlane } from "../test/cluster/support/control-plane.ts";
import { teamOn } from "../test/cluster/support/asking.ts";
import { controllerObjects, renderDiscovery, startController } from "../test/cluster/support/discovery.ts";
import { measureMany, type Measured } from "../test/cluster/support/many-pods.ts";

const platform = {
  operator: { name: "bench" },
  accounts: {
    SERVICES: {
      roles: { worker: { publish: ["orders.>"], subscribe: ["orders.>", "_INBOX.>"] } },
      allow: [{ region: "bench", namespaces: ["team-*"] }],
    },
  },
  regions: { bench: { target: { render: "deploy/bench" }, discovery: { image: "registry.example/nats-platform:1" } } },
};

console.log(
  "| pods | namespaces | made in s | last Secret after the last pod, s | one pod, ms | at most, ms | memory, MiB |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
);
for (const [pods, namespaces] of [
  [1000, 200],
  [5000, 500],
] as const) {
  const { making, after, single, memoryMiB } = await measured(pods, namespaces);
  const cells = [pods, namespaces, making.toFixed(1), after.toFixed(1), single[10]?.toFixed(0), single[19]?.toFixed(0)];
  console.log(`| ${[...cells, memoryMiB].join(" | ")} |`);
}

async function measured(pods: number, namespaces: number): Promise<Measured> {
  const plane = await startControlPlane();
  try {
    const rendered = await renderDiscovery(platform);
    const objects = controllerObjects(rendered);
    await plane.apply(...objects.filter(({ kind }) => kind === "Namespace"));
    await plane.apply(...objects.filter(({ kind }) => kind !== "Namespace"));
    const controller = await startController(plane, rendered);
    try {
      const crowd = { pods, namespaces, labels: { account: "SERVICES", role: "worker" } };
      const result = await measureMany(teamOn(plane), controller, crowd);
      if (result.secrets !== pods) throw new Error(`${result.secrets} of ${pods} pods have a Secret`);
      return result;
    } finally {
      await controller.kill();
    }
  } finally {
    await plane.stop();
  }
}
