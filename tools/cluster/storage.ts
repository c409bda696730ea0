import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { NODE } from "./node.ts";

const GIGABYTES = 20;

/** A default storage class without a provisioner, and this many volumes of the node for it: folders, made here. */
export function storageObjects(folder: string, count: number): object[] {
  const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "Immediate",
  };
  return [storageClass, ...Array.from({ length: count }, (_, index) => volume(folder, `volume-${String(index)}`))];
}

/** `local` and not `hostPath`: the kubelet gives it to the pod's group (fsGroup), as it does with a real disk. */
function volume(folder: string, name: string): object {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o750);
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
