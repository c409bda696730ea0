import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Kind, ManifestArgs } from "../target/kinds.ts";
import { syncAnnotations } from "./waves.ts";

/** An object of a region that Argo CD syncs: with its wave and options, and so that Argo CD finds it in sync. */
export function syncedManifest<K extends Kind>(kind: K, manifest: ManifestArgs[K]): ManifestArgs[K] {
  const { metadata } = manifest;
  const annotations = changed(metadata.annotations ?? {}, (own) => ({ ...own, ...syncAnnotations(kind) }));
  const annotated = { ...manifest, metadata: { ...metadata, annotations } };
  return kind === "StatefulSet" ? (withKindsOfClaims(annotated as StatefulSet) as ManifestArgs[K]) : annotated;
}

type StatefulSet = ManifestArgs["StatefulSet"];

/**
 * The API server says of each claim of a StatefulSet what kind it is. With server-side apply Argo CD 3.2 takes that for a difference, for
 * ever. Written down it is none, and no change of a StatefulSet that runs either.
 */
function withKindsOfClaims(manifest: StatefulSet): StatefulSet {
  const { spec } = manifest;
  if (spec === undefined) return manifest;
  return {
    ...manifest,
    spec: changed<k8s.types.input.apps.v1.StatefulSetSpec>(spec, ({ volumeClaimTemplates: claims, ...rest }) => ({
      ...rest,
      ...(claims === undefined
        ? {}
        : { volumeClaimTemplates: changed<ClaimTemplate[]>(claims, (all) => all.map(ofKind)) }),
    })),
  };
}

type ClaimTemplate = pulumi.Input<k8s.types.input.core.v1.PersistentVolumeClaim>;

function ofKind(claim: ClaimTemplate): ClaimTemplate {
  return changed<k8s.types.input.core.v1.PersistentVolumeClaim>(claim, (it) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    ...it,
  }));
}

/** What is known without its dependencies stays so: a preview shows it. */
function changed<T extends object>(value: pulumi.Input<T>, change: (value: T) => T): pulumi.Input<T> {
  const isLater = pulumi.Output.isInstance(value) || value instanceof Promise;
  return isLater ? pulumi.output(value).apply((known) => change(known as T)) : change(value);
}
