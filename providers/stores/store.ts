import type { Output } from "@pulumi/pulumi";
import { stateStore } from "./state.ts";

/** Where a key's material is, as the key's resource remembers it. Handle it as a secret: it may hold the material. */
export interface StateLocation {
  readonly store: "state";
  /** A seed, or what else the key consists of, as text. */
  readonly material: string;
}

/** A location in any of the stores. */
export type KeyLocation = StateLocation;

/** Which store a key is to be kept in, and what the store must know to keep it. */
export interface StoreSettings {
  readonly store: "state";
}

/**
 * Keeps minted material. A store never replaces what it keeps: rotation makes a new key under a new name.
 */
export interface KeyStore {
  /**
   * Keeps new material under a name.
   *
   * A store that outlives a run which never reported back returns what an earlier call kept under that name, so
   * the caller must go on with {@link KeyStore.open} of the answer, not with what it passed.
   */
  keep(name: string, material: string): Promise<KeyLocation>;
  /** The material at a location. Throws where it can't be had, and says how to get it back. */
  open(location: KeyLocation): Promise<string>;
}

/** The store that settings, or a location, speak of. */
export function storeOf(_: StoreSettings | KeyLocation): KeyStore {
  return stateStore;
}

/** Material that the program itself needs, as a secret. */
export function openLocation(location: Output<KeyLocation>): Output<string> {
  return location.apply((known) => storeOf(known).open(known));
}
