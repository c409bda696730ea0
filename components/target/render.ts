import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../providers/manifest/yaml.ts";
import { ManifestFile } from "../../providers/resources.ts";
import { kinds, type Kind, type NamedMetadata } from "./kinds.ts";
import type { ClusterTarget } from "./target.ts";

/** Two folders, relative to the project's: what may be committed, and what may not. */
export interface RenderFolders {
  /** Takes every manifest but Secrets. */
  render: string;
  /** Takes the Secrets, as plain text. */
  secrets: string;
}

/** Annotations that each object of a kind has in files beside its own. */
export type FurtherAnnotations = (kind: Kind) => Readonly<Record<string, string>>;

/** A target that writes manifests into files for `kubectl apply`, or for Git and Argo CD. */
export function renderTarget({ render, secrets }: RenderFolders, annotate?: FurtherAnnotations): ClusterTarget {
  let hasSecrets = false;
  let hasImmutable = false;
  return {
    place(kind, name, manifest, { retainOnDelete: _, ...opts }) {
      const sensitive = kind === "Secret";
      hasSecrets ||= sensitive;
      hasImmutable ||= "immutable" in manifest && manifest.immutable === true;
      const folder = sensitive ? secrets : `${render}/${kinds[kind].folder}`;
      const path = `${folder}/${fileName(kind, manifest.metadata)}`;
      const { metadata } = manifest;
      const annotated = sensitive || annotate === undefined ? metadata : withAnnotations(metadata, annotate(kind));
      const content: Manifest = { apiVersion: kinds[kind].apiVersion, kind, ...manifest, metadata: annotated };
      return new ManifestFile(name, kind, { path, sensitive, manifest: content }, opts);
    },
    get summary() {
      return {
        manifests: render,
        ...(hasSecrets ? { sensitive: `${secrets} (Secrets in plain text: never commit it)` } : {}),
        apply: applyCommand({ render, secrets: hasSecrets ? secrets : undefined, hasImmutable }),
      };
    },
  };
}

/** What is known without its dependencies stays so: a preview shows it. */
function withAnnotations(metadata: NamedMetadata, further: Readonly<Record<string, string>>): NamedMetadata {
  const { annotations = {} } = metadata;
  const isLater = pulumi.Output.isInstance(annotations) || annotations instanceof Promise;
  const merged = isLater
    ? pulumi.output(annotations).apply((own) => ({ ...own, ...further }))
    : { ...annotations, ...further };
  return { ...metadata, annotations: merged };
}

/** One file for each object: no two objects of a cluster share kind, namespace and name. */
function fileName(kind: Kind, { name, namespace }: NamedMetadata): string {
  return `${[kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join(".")}.yaml`;
}

/**
 * What applies the folders in an order in which each object finds what it needs. An immutable Secret with other content has to be
 * deleted first, which `--force` does, and which must not happen to anything but Secrets.
 */
function applyCommand({
  render,
  secrets,
  hasImmutable,
}: {
  render: string;
  secrets: string | undefined;
  hasImmutable: boolean;
}): string {
  const apply = (folders: readonly string[], force = "") =>
    `kubectl apply -R${force} ${folders.map((folder) => `-f ${folder}`).join(" ")}`;
  const namespaces = `${render}/0-namespaces`;
  if (secrets === undefined) return apply([namespaces, render]);
  if (!hasImmutable) return apply([namespaces, secrets, render]);
  return [apply([namespaces]), apply([secrets], " --force"), apply([render])].join(" && ");
}
