import type { KeyOutputs } from "../../providers/key.ts";
import { pulumi, type Session } from "../../tools/session.ts";
import { Trouble } from "../../tools/project.ts";

/** A resource in the state, its secrets in plain. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A key, as its resource remembers it. Handle it as a secret. */
export type KeyInState = Pick<KeyOutputs, "name" | "kind" | "publicId" | "location" | "keys">;

/** What a stack's state says of keys, and of everything else. Handle it as a secret: it is never printed and never written. */
export interface State {
  readonly keys: readonly KeyInState[];
  /** JWTs by the URNs of their resources. */
  readonly jwts: Readonly<Record<string, string>>;
  /** Everything but the keys. */
  readonly others: readonly Resource[];
}

/** Type of the resources that are keys. */
export const KEY_TYPE = "pulumi-nodejs:dynamic/nats:Key";
const JWT_TYPE = "pulumi-nodejs:dynamic/nats:Jwt";

/** Reads the state of the session's stack with its secrets. @throws Trouble */
export async function readState(session: Session): Promise<State> {
  const { stack } = session;
  const { code, stdout, stderr } = await pulumi(session, ["stack", "export", "--show-secrets", "--stack", stack]);
  if (code !== 0) throw new Trouble(`the state of stack ${stack} can't be read: ${stderr.trim()}`);
  return stateIn(JSON.parse(stdout));
}

/** What `pulumi stack export --show-secrets` prints. */
export function stateIn(exported: unknown): State {
  const { resources = [] } = (exported as { deployment: { resources?: readonly Partial<Resource>[] } }).deployment;
  const all = resources.map(({ urn = "", type = "", inputs, outputs }): Resource => ({
    urn,
    type,
    inputs: opened(inputs ?? {}) as Record<string, unknown>,
    outputs: opened(outputs ?? {}) as Record<string, unknown>,
  }));
  const jwts = all.filter(({ type }) => type === JWT_TYPE);
  return {
    keys: all.filter(({ type }) => type === KEY_TYPE).map(({ outputs }) => outputs as unknown as KeyInState),
    jwts: Object.fromEntries(jwts.map(({ urn, outputs }) => [urn, String(outputs.jwt)])),
    others: all.filter(({ type }) => type !== KEY_TYPE),
  };
}

/** A value with its secrets in plain: `--show-secrets` prints each as `{ <signature>: …, plaintext: <JSON> }`. */
export function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  if ("4dabf18193072939515e22adb298388d" in value && "plaintext" in value)
    return opened(JSON.parse(String(value.plaintext)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
}
