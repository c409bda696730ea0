import type * as pulumi from "@pulumi/pulumi";
import type { RobotToken } from "../../nats/robot-token.ts";
import type { MintedKey } from "../../providers/resources.ts";

/** What a generated Secret holds: a key's content, or a token that a key signs anew in each of its windows. */
export type GeneratedSource =
  { readonly content: MintedKey } | { readonly token: RobotToken; readonly signer: MintedKey };

/** One generated Secret in one place. */
export interface GeneratedSecret {
  readonly namespace: string;
  readonly secretName: string;
  /** What tells ours from others. */
  readonly marks: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, pulumi.Input<string>>;
  readonly immutable: boolean;
  /** Whether ours takes the place of one that somebody else made. */
  readonly overwrite: boolean;
  readonly rotation: number;
  readonly source: GeneratedSource;
}

/** A key set with which applications check tokens, in one place. */
export interface KeySet {
  readonly namespace: string;
  readonly configMap: string;
  /** The key that signs now first. */
  readonly keys: readonly MintedKey[];
}

/** A token that ends, in one place. */
export interface EndingToken {
  /** Its Secret, as `namespace/name`. */
  readonly name: string;
  /** Both in whole seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}
