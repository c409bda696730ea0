import { PatchStrategy, setHeaderOptions, type CoreV1Api } from "@kubernetes/client-node";
import { kubernetesFailure, statusOf } from "../../providers/kubernetes/failure.ts";
import { FIELD_MANAGER } from "../../providers/kubernetes/secret.ts";

/** A ConfigMap that this process alone writes, held in memory. */
export interface ConfigMapRecord {
  readonly name: string;
  readonly content: ReadonlyMap<string, string>;
  /** Bytes of its keys and values. */
  readonly bytes: number;
  /**
   * Writes an entry; resolves once it is in the cluster. Entries that come while a write is under way go together into the next one.
   * @throws also where somebody else wrote meanwhile: the content is then read again, and the caller has to decide anew
   */
  write(key: string, value: string): Promise<void>;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Reads a ConfigMap, which must exist. */
export async function openConfigMap(core: CoreV1Api, namespace: string, name: string): Promise<ConfigMapRecord> {
  const place = `ConfigMap ${namespace}/${name}`;
  let content = new Map<string, string>();
  let resourceVersion = "";
  let bytes = 0;
  let pending = new Map<string, string>();
  let waiters: Waiter[] = [];
  let isWriting = false;

  const read = async () => {
    try {
      const { data = {}, metadata } = await core.readNamespacedConfigMap({ namespace, name });
      content = new Map(Object.entries(data));
      resourceVersion = metadata?.resourceVersion ?? "";
      bytes = [...content].reduce((sum, [key, value]) => sum + sizeOf(key, value), 0);
    } catch (error) {
      throw kubernetesFailure(error, "get configmaps", place);
    }
  };

  const patch = async (changes: ReadonlyMap<string, string>) => {
    // With its version: what another process has written meanwhile must not be lost.
    const body = { metadata: { resourceVersion }, data: Object.fromEntries(changes) };
    const options = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    try {
      const { metadata } = await core.patchNamespacedConfigMap(
        { namespace, name, body, fieldManager: FIELD_MANAGER },
        options,
      );
      resourceVersion = metadata?.resourceVersion ?? "";
    } catch (error) {
      const failure = kubernetesFailure(error, "patch configmaps", place);
      // An answer that was lost may have been a yes.
      if (statusOf(error) === 409 || statusOf(error) === undefined) await read();
      throw failure;
    }
    for (const [key, value] of changes) {
      const before = content.get(key);
      bytes += sizeOf(key, value) - (before === undefined ? 0 : sizeOf(key, before));
      content.set(key, value);
    }
  };

  const writeAll = async () => {
    if (isWriting) return;
    isWriting = true;
    while (waiters.length > 0) {
      const [changes, waiting] = [pending, waiters];
      pending = new Map();
      waiters = [];
      try {
        await patch(changes);
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    isWriting = false;
  };

  await read();
  return {
    name,
    get content() {
      return content;
    },
    get bytes() {
      return bytes;
    },
    write(key, value) {
      return new Promise((resolve, reject) => {
        pending.set(key, value);
        waiters.push({ resolve, reject });
        void writeAll();
      });
    },
  };
}

/** What an entry takes of a ConfigMap's 1 MiB, quotes and all. */
export function sizeOf(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value)) + 8;
}
