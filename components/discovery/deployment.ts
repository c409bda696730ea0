import type * as pulumi from "@pulumi/pulumi";
import { restrictedContainer } from "../pods/security.ts";
import { singlePodDeployment } from "../pods/single.ts";
import type { ManifestArgs } from "../target/index.ts";
import { files, healthPort, labels, names, selector } from "./names.ts";

/** What the controller's pod is made from. */
export interface ControllerArgs {
  readonly namespace: string;
  readonly image: string;
  /** Changes with the settings and with every key. */
  readonly checksum: pulumi.Input<string>;
}

/** The controller. There is one: a second one would hand out what the first one withdraws. */
export function controllerDeployment({ namespace, image, checksum }: ControllerArgs): ManifestArgs["Deployment"] {
  const spec = {
    serviceAccountName: names.controller,
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: 30,
    containers: [controllerContainer(image)],
    volumes: [
      { name: "settings", configMap: { name: names.settings } },
      { name: "keys", secret: { secretName: names.keys, defaultMode: 0o440 } },
    ],
  };
  return singlePodDeployment({ name: names.controller, namespace, selector }, { labels, checksum, user: 1000, spec });
}

function controllerContainer(image: string) {
  const get = (path: string) => ({ httpGet: { path, port: "health" } });
  return {
    name: "discovery",
    image,
    args: ["discover", "--settings", files.settings, "--keys", files.keys, "--port", String(healthPort)],
    // Half of the memory limit: what is not on the heap, such as connections, needs room as well.
    env: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=256" }],
    ports: [{ name: "health", containerPort: healthPort }],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "settings", mountPath: "/etc/nats-discovery/settings", readOnly: true },
      { name: "keys", mountPath: "/etc/nats-discovery/keys", readOnly: true },
    ],
    startupProbe: { ...get("/healthz"), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...get("/healthz"), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...get("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
  };
}
