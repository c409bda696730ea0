import type { Manifest } from "../../providers/manifest/yaml.ts";
import { ManifestFile } from "../../providers/resources.ts";
import { kinds, type Kind, type ManifestArgs, type NamedMetadata } from "./kinds.ts";
import type { ClusterTarget } from "./target.ts";

/** Two folders, relative to the project's: what may be committed, and what may not. */
export interface RenderFolders {
  /** Takes every manifest but Secrets. */
  render: string;
  /** Takes the Secrets, as plain text. */
  secrets: string;
}

/** What is otherwise with the objects of a kind in files than on a cluster. */
export type Adaptation = <K extends Kind>(kind: K, manifest: ManifestArgs[K]) => ManifestArgs[K];

/** A target that writes manifests into files for `kubectl apply`, or for Git and Argo CD. */
export function renderTarget({ render, secrets }: RenderFolders, adapt?: Adaptation): ClusterTarget {
  let hasSecrets = false;
  let hasImmutable = false;
  let hasNamespaces = false;
  return {
    place(kind, name, manifest, { retainOnDelete: _, ...opts }) {
      const sensitive = kind === "Secret";
      hasSecrets ||= sensitive;
      hasNamespaces ||= kind === "Namespace";
      hasImmutable ||= "immutable" in manifest && manifest.immutable === true;
      const folder = sensitive ? secrets : `${render}/${kinds[kind].folder}`;
      const path = `${folder}/${fileName(kind, manifest.metadata)}`;
      const adapted = sensitive || adapt === undefined ? manifest : adapt(kind, manifest);
      const content: Manifest = { apiVersion: kinds[kind].apiVersion, kind, ...adapted };
      return new ManifestFile(name, kind, { path, sensitive, manifest: content }, opts);
    },
    get summary() {
      return {
        manifests: render,
        ...(hasSecrets ? { sensitive: `${secrets} (Secrets in plain text: never commit it)` } : {}),
        apply: applyCommand({ render, secrets: hasSecrets ? secrets : undefined, hasImmutable, hasNamespaces }),
      };
    },
  };
}

/** One file for each object: no two objects of a cluster share kind, namespace and name. */
function fileName(kind: Kind, { name, namespace }: NamedMetadata): string {
  return `${[kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join(".")}.yaml`;
}

/**
 * What applies the folders in an order in which each object finds what it needs. An immutable Secret with other content has to be
 * deleted first, which `--force` does, and which must not happen to anything but Secrets.
 */
function applyCommand({ render, secrets, hasImmutable, hasNamespaces }: Rendered): string {
  const apply = (folders: readonly string[], force = "") =>
    `kubectl apply -R${force} ${folders.map((folder) => `-f ${folder}`).join(" ")}`;
  const namespaces = hasNamespaces ? [`${render}/0-namespaces`] : [];
  if (secrets === undefined) return apply([...namespaces, render]);
  if (!hasImmutable) return apply([...namespaces, secrets, render]);
  const first = hasNamespaces ? [apply(namespaces)] : [];
  return [...first, apply([secrets], " --force"), apply([render])].join(" && ");
}

/** What has been written into the folders. */
interface Rendered {
  readonly render: string;
  readonly secrets: string | undefined;
  readonly hasImmutable: boolean;
  readonly hasNamespaces: boolean;
}
