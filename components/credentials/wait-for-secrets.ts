import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { restrictedContainer } from "../pods/security.ts";

type Container = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;

/** A Secret that a pod can't do without. */
export interface AwaitedSecret {
  readonly name: string;
  /** Its fields that must be there, one at least: the volume of a Secret that is missing is a folder, too. */
  readonly fields: readonly [pulumi.Input<string>, ...pulumi.Input<string>[]];
  /** Mode of its files in the volume. Absent: Kubernetes' own, 0644. */
  readonly mode?: number;
}

/** What {@link waitForSecrets} needs. */
export interface WaitForSecretsArgs {
  /** An image with a shell at /bin/sh and `sleep`: busybox, or what the pod runs anyway. */
  readonly image: string;
  readonly secrets: readonly AwaitedSecret[];
}

/** Parts of a pod. */
export interface WaitForSecrets {
  readonly initContainers: Container[];
  /**
   * One for each Secret, under the name of the container that waits for it. Containers of the pod that need the Secret mount this
   * volume: with one of its own that is not optional, kubelet would start no init container before the Secret is there.
   */
  readonly volumes: Volume[];
}

const FOLDER = "/secret";

/**
 * Ends when every file named by an argument is in the folder. A signal ends it at once: as process 1, a shell would not heed it
 * otherwise, and a pod that is deleted meanwhile would take its whole grace period.
 */
const SCRIPT = `trap 'exit 143' TERM INT
for field in "$@"; do
  [ -e "${FOLDER}/$field" ] || echo "waiting for $field of Secret $0"
  until [ -e "${FOLDER}/$field" ]; do
    sleep 1 &
    wait $!
  done
done
`;

/**
 * Init containers `wait-for-secret-0`, `-1` … that keep a pod from starting until its Secrets are there. They look at volumes alone:
 * no access to the API, no role, and they fit the restricted Pod Security standard.
 */
export function waitForSecrets({ image, secrets }: WaitForSecretsArgs): WaitForSecrets {
  const waits = secrets.map((secret, index) => ({ ...secret, container: `wait-for-secret-${String(index)}` }));
  return {
    initContainers: waits.map(({ name, fields, container }) => ({
      name: container,
      image,
      command: ["/bin/sh", "-c", SCRIPT, name, ...fields],
      volumeMounts: [{ name: container, mountPath: FOLDER, readOnly: true }],
      resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "32Mi" } },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        runAsGroup: 65534,
        ...restrictedContainer,
        seccompProfile: { type: "RuntimeDefault" },
      },
    })),
    volumes: waits.map(({ name, mode, container }) => ({
      name: container,
      secret: { secretName: name, optional: true, ...(mode === undefined ? {} : { defaultMode: mode }) },
    })),
  };
}
