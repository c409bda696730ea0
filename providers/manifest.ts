import { readManifestFile, removeManifestFile, writeManifestFile, writtenByUs } from "./manifest/file.ts";
import { renderManifest, type Manifest } from "./manifest/yaml.ts";
import { isUnknown, type Provider } from "./provider.ts";

/** A manifest and the file that it is to be in. */
export interface ManifestInputs {
  /** The file, relative to the project folder. */
  readonly path: string;
  /** Whether the file is to be kept from other people and from Git. */
  readonly sensitive: boolean;
  readonly manifest: Manifest;
  /** Why an unchanged manifest is written again. Set by `check` alone. */
  readonly restores?: string;
}

/**
 * Keeps a manifest in a file: writes it, notices in every preview that somebody edited or deleted it, and removes it
 * with the resource. A file that somebody else wrote is never touched.
 */
export const manifestProvider: Provider<ManifestInputs, ManifestInputs> = {
  check(olds, news) {
    const { restores: _, ...inputs } = news;
    if (isUnknown(inputs)) return Promise.resolve({ inputs });
    const found = readManifestFile(inputs.path);
    if (found !== undefined && !writtenByUs(found)) {
      const reason = `${inputs.path}: found a file that nats-platform did not write, but it must not exist or be one of ours. Move it away, or render to another folder.`;
      return Promise.resolve({ inputs, failures: [{ property: "path", reason }] });
    }
    const restores = olds.path === inputs.path ? driftOf(found, olds.manifest, inputs.manifest) : undefined;
    return Promise.resolve({ inputs: restores === undefined ? inputs : { ...inputs, restores } });
  },

  diff(_id, olds, news) {
    const moved = olds.path !== news.path;
    const changes = moved || isUnknown(news) || readManifestFile(news.path) !== renderManifest(news.manifest);
    return Promise.resolve({ changes, replaces: moved ? ["path"] : [] });
  },

  create(inputs) {
    write(inputs);
    return Promise.resolve({ id: inputs.path, outs: inputs });
  },

  read: (id, props) => Promise.resolve(props === undefined ? { id } : { id, props }),

  update(_id, _olds, news) {
    write(news);
    return Promise.resolve({ outs: news });
  },

  delete(id) {
    removeManifestFile(id);
    return Promise.resolve();
  },
};

function write({ path, sensitive, manifest }: ManifestInputs): void {
  writeManifestFile(path, renderManifest(manifest), { sensitive });
}

/** What a person did to a file, or undefined where it is as we left it (or as it is going to be). */
function driftOf(found: string | undefined, last: Manifest, next: Manifest): string | undefined {
  if (found === undefined) return "the file was deleted";
  const expected = [renderManifest(next), isUnknown(last) ? undefined : renderManifest(last)];
  return expected.includes(found) ? undefined : "the file was edited";
}
