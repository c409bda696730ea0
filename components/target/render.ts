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

/** A target that writes manifests into files for `kubectl apply`, or for Git and Argo CD. */
export function renderTarget({ render, secrets }: RenderFolders): ClusterTarget {
  let hasSecrets = false;
  return {
    place(kind, name, manifest, opts) {
      const sensitive = kind === "Secret";
      hasSecrets ||= sensitive;
      const folder = sensitive ? secrets : `${render}/${kinds[kind].folder}`;
      const path = `${folder}/${fileName(kind, manifest.metadata)}`;
      const content: Manifest = { apiVersion: kinds[kind].apiVersion, kind, ...manifest };
      return new ManifestFile(name, kind, { path, sensitive, manifest: content }, opts);
    },
    get summary() {
      const folders = [`${render}/0-namespaces`, ...(hasSecrets ? [secrets] : []), render];
      return {
        manifests: render,
        ...(hasSecrets ? { sensitive: `${secrets} (Secrets in plain text: never commit it)` } : {}),
        apply: `kubectl apply -R ${folders.map((folder) => `-f ${folder}`).join(" ")}`,
      };
    },
  };
}

/** One file for each object: no two objects of a cluster share kind, namespace and name. */
function fileName(kind: Kind, { name, namespace }: NamedMetadata): string {
  return `${[kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join(".")}.yaml`;
}
