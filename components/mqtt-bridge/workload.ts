import * as pulumi from "@pulumi/pulumi";
import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import { waitForSecrets } from "../credentials/wait-for-secrets.ts";
import { quantity } from "../cluster/quantity.ts";
import { restrictedContainer } from "../pods/security.ts";
import { type PodArgs, podTemplate, singlePodDeployment } from "../pods/single.ts";
import type { ManifestArgs } from "../target/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { besideName, brokerFiles, brokerPaths, checksumField, labelsOf, selectorOf } from "./names.ts";
import { listenerPorts } from "./ports.ts";
import { FILE_MODE, readVolumes } from "./volumes.ts";

/** What a broker's pod is made from. */
export interface WorkloadArgs {
  readonly bridge: NamedBridge;
  readonly broker: NonNullable<NamedBridge["broker"]>;
  readonly endpoint: Endpoint;
  /** Changes with the configuration and the bridge's password: Mosquitto 2.0 reads the bridge's part only when it starts. */
  readonly configChecksum: pulumi.Input<string>;
}

/** The user of the image eclipse-mosquitto. */
const MOSQUITTO = 1883;

/** A broker that forgets everything when it restarts. There is one pod at a time: two would throw each other out of one session. */
export function brokerDeployment(args: WorkloadArgs): ManifestArgs["Deployment"] {
  const { name, namespace } = args.bridge;
  return singlePodDeployment({ name, namespace, selector: selectorOf(name) }, brokerPod(args, []));
}

/** A broker with a volume. */
export function brokerStatefulSet(
  args: WorkloadArgs,
  { size, storageClass }: { size: number; storageClass?: string },
): ManifestArgs["StatefulSet"] {
  const { name, namespace } = args.bridge;
  const storageClassName = storageClass === undefined ? {} : { storageClassName: storageClass };
  const requests = { storage: quantity(size) };
  return {
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      serviceName: name,
      replicas: 1,
      // One by one, Kubernetes leaves a pod alone that is not ready, and one that waits for a configuration that has been replaced never is.
      podManagementPolicy: "Parallel",
      selector: { matchLabels: selectorOf(name) },
      template: podTemplate(brokerPod(args, [{ name: "data", mountPath: brokerPaths.data }])),
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: selectorOf(name) },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests }, ...storageClassName },
        },
      ],
    },
  };
}

function brokerPod(args: WorkloadArgs, dataMounts: readonly { name: string; mountPath: string }[]): PodArgs {
  const { bridge, broker, endpoint, configChecksum } = args;
  const { volumes, mounts } = readVolumes(bridge, endpoint);
  // External Secrets may bring what belongs to this pod after it was made, and nothing would roll it then.
  const mark = pulumi.output(configChecksum).apply(checksumField);
  const awaited = { name: bridge.secret, fields: [mark], mode: FILE_MODE } as const;
  const config = waitForSecrets({ image: broker.image, secrets: [awaited] });
  // The very volume that was waited for: kubelet brings one of the same Secret up to date at a time of its own.
  const configMounts = config.volumes.map(({ name }) => ({ name, mountPath: brokerPaths.config, readOnly: true }));
  return {
    labels: labelsOf(bridge.name),
    checksum: configChecksum,
    user: MOSQUITTO,
    spec: {
      serviceAccountName: besideName(bridge.name),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      ...(Object.keys(broker.nodeSelector).length === 0 ? {} : { nodeSelector: broker.nodeSelector }),
      ...(broker.tolerations.length === 0 ? {} : { tolerations: [...broker.tolerations] }),
      initContainers: config.initContainers,
      containers: [brokerContainer(broker, [...configMounts, ...mounts, ...dataMounts])],
      volumes: [...config.volumes, ...volumes],
    },
  };
}

function brokerContainer(
  broker: WorkloadArgs["broker"],
  volumeMounts: { name: pulumi.Input<string>; mountPath: string; readOnly?: boolean }[],
) {
  const { requests, limits } = broker.resources;
  // Whether somebody listens, and no login: the bridge's own state is no reason to keep the broker's clients away.
  const probe = { tcpSocket: { port: "mqtt" }, timeoutSeconds: 5 };
  return {
    name: "mosquitto",
    image: broker.image,
    command: ["/usr/sbin/mosquitto", "-c", `${brokerPaths.config}/${brokerFiles.config}`],
    ports: listenerPorts(broker).map(({ name, port }) => ({ name, containerPort: port })),
    resources: {
      requests: { cpu: requests.cpu, memory: quantity(requests.memory) },
      limits: { ...(limits.cpu === undefined ? {} : { cpu: limits.cpu }), memory: quantity(limits.memory) },
    },
    securityContext: restrictedContainer,
    volumeMounts,
    startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
  };
}
