import type { Manifest } from "../../../../providers/manifest/yaml.ts";
import type { Place } from "../external-secrets.ts";

/** An object of the cluster as somebody may have written it. */
export interface LiveObject extends Manifest {
  readonly metadata: Manifest["metadata"] & { readonly labels?: Readonly<Record<string, string>> };
  /** Of a Secret: what is in it. */
  readonly stringData?: Readonly<Record<string, string>>;
}

/** As the API server has it. */
interface Wire extends LiveObject {
  readonly metadata: LiveObject["metadata"] & {
    readonly finalizers?: readonly string[];
  };
  readonly status?: unknown;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What the API server has of every object. */
const ADDED = new Set(["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"]);

/** Objects of these kinds (as kubectl lists them) without what the API server and External Secrets add to every one of theirs. */
export async function liveObjects({ kubectl }: Place, namespace: string, kinds: string): Promise<LiveObject[]> {
  const answer = await kubectl("get", kinds, "-n", namespace, "-o", "json");
  return (JSON.parse(answer) as { items: Wire[] }).items.map(asWritten);
}

function asWritten({ status: _, type, data, metadata, ...object }: Wire): LiveObject {
  const { finalizers, ...others } = metadata;
  const own = Object.fromEntries(Object.entries(others).filter(([field]) => !ADDED.has(field)));
  const kept = finalizers?.filter((name) => !name.endsWith(".external-secrets.io/externalsecret-cleanup")) ?? [];
  const names = { name: metadata.name, ...own };
  const written = { ...object, metadata: { ...names, ...(kept.length === 0 ? {} : { finalizers: kept }) } };
  if (data === undefined) return written;
  // Only Secrets have a type beside their data, which is in base64.
  return type === undefined ? ({ ...written, data } as LiveObject) : { ...written, stringData: decoded(data) };
}

function decoded(data: Readonly<Record<string, string>>): Record<string, string> {
  const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()] as const);
  return Object.fromEntries(texts);
}
