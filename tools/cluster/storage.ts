import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Box } from "./box.ts";
import { NODE } from "./node.ts";

const GIGABYTES = 20;

/** What really fits into a volume. It is memory, and only what is used of it. */
const MEGABYTES = 512;

/** Folders of the node with a file system each, as volumes have one: one that is full leaves room in the others, and on the machine. */
export async function makeVolumes(box: Box, folder: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `volume-${String(index)}`));
  for (const path of paths) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o750);
    await box.run("mount", ["-t", "tmpfs", "-o", `size=${String(MEGABYTES)}m,mode=750`, "tmpfs", path]);
  }
  return paths;
}

/** A default storage class without a provisioner, and these folders of the node as volumes for it. */
export function storageObjects(paths: readonly string[]): object[] {
  const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "Immediate",
  };
  return [storageClass, ...paths.map((path, index) => volume(path, `volume-${String(index)}`))];
}

/** `local` and not `hostPath`: the kubelet gives it to the pod's group (fsGroup), as it does with a real disk. */
function volume(path: string, name: string): object {
  const here = [{ key: "kubernetes.io/hostname", operator: "In", values: [NODE] }];
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      storageClassName: "standard",
      capacity: { storage: `${String(GIGABYTES)}Gi` },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: here }] } },
    },
  };
}
