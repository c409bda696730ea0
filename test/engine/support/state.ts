import { createHash } from "node:crypto";
import { opened } from "../../../cli/move-keys/state.ts";
import { canonicalJson } from "../../../nats/canonical-json.ts";
import type { KeyOutputs } from "../../../providers/key.ts";
import { pulumi, type ProjectCopy } from "./project-copy.ts";

/** A resource in the state, its secrets opened. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What makes a key the key that it is: its public name, when it was minted, and a fingerprint of its material, or of where that is. */
export type KnownKey = Pick<KeyOutputs, "publicId" | "mintedAt"> & { readonly fingerprint: string };

interface Exported {
  readonly deployment: {
    readonly resources?: readonly (Omit<StateResource, "inputs" | "outputs"> & Partial<StateResource>)[];
    readonly pending_operations?: readonly unknown[];
  };
}

/** All that the state holds. */
export interface State {
  readonly resources: readonly StateResource[];
  readonly pendingOperations: number;
}

/** Reads the state with its secrets. A stack that was never made has an empty one. */
export async function stateOf(copy: ProjectCopy, stack = "dev"): Promise<State> {
  const { code, stdout, stderr } = await pulumi(copy, ["stack", "export", "--show-secrets", "--stack", stack]);
  if (code !== 0 && stderr.includes("no stack named")) return { resources: [], pendingOperations: 0 };
  if (code !== 0) throw new Error(`pulumi stack export failed: ${stderr}`);
  const { resources = [], pending_operations: pending = [] } = (JSON.parse(stdout) as Exported).deployment;
  return {
    resources: resources.map((resource) => ({
      ...resource,
      inputs: opened(resource.inputs ?? {}) as Record<string, unknown>,
      outputs: opened(resource.outputs ?? {}) as Record<string, unknown>,
    })),
    pendingOperations: pending.length,
  };
}

/** The keys in a state by their names. */
export function keysOf({ resources }: State): Record<string, KnownKey> {
  const keys = resources.filter(({ type }) => type === "pulumi-nodejs:dynamic/nats:Key");
  return Object.fromEntries(
    keys.map(({ urn, outputs }) => {
      const { publicId, mintedAt, location } = outputs as unknown as KeyOutputs;
      return [nameOf(urn), { publicId, mintedAt, fingerprint: fingerprint(canonicalJson(location)) }];
    }),
  );
}

/** Fingerprints of what each resource was given and has become, by URN: what is left out is the engine's own book-keeping. */
export function contentOf({ resources }: State): Record<string, string> {
  return Object.fromEntries(
    resources.map(({ urn, id = "", inputs, outputs }) => [urn, fingerprint(canonicalJson({ id, inputs, outputs }))]),
  );
}

function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** URNs of all resources, sorted. */
export function urnsOf({ resources }: State): string[] {
  return resources.map(({ urn }) => urn).sort();
}

/** The name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
