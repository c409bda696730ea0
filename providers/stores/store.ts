import type { PublicNkey } from "../../nats/nkeys.ts";
import type { MaterialKind } from "../material.ts";
import type { VaultAccess } from "../vault/client.ts";
import { keyPath } from "../vault/paths.ts";

/** Keys in the state of the stack. */
export interface StateSettings {
  readonly store: "state";
}

/** Keys in a Vault: in a KV version 2 mount, and signing keys in a Transit mount if there is one. */
export interface VaultSettings extends VaultAccess {
  readonly store: "vault";
  readonly mount: string;
  /** Folder in the mount, without slashes at its ends. */
  readonly path: string;
  readonly transit?: { readonly mount: string } | undefined;
}

/** Which store a key is to be kept in, and which one it may be moved from. */
export type StoreSettings = (StateSettings | VaultSettings) & {
  readonly movedFrom?: StateSettings | VaultSettings | undefined;
};

/** In the state itself. */
export interface StateLocation {
  readonly store: "state";
  /** A seed, or what else the key consists of, as text. */
  readonly material: string;
}

/** One version of a secret in a KV version 2 mount. */
export interface KvLocation {
  readonly store: "vault";
  readonly mount: string;
  readonly path: string;
  readonly version: number;
  readonly kind: MaterialKind;
  /** What the key at this place has to be. */
  readonly publicId: string;
}

/** One version of a key in a Transit mount, which nobody can read. */
export interface TransitLocation {
  readonly store: "transit";
  readonly mount: string;
  readonly key: string;
  readonly version: number;
  readonly publicId: PublicNkey;
}

/** Where a key's material is, as the key's resource remembers it. Handle it as a secret: it may hold the material. */
export type KeyLocation = StateLocation | KvLocation | TransitLocation;

/**
 * A location with the way to it. The way is not remembered with the key: a Vault may move to another address.
 */
export type ReachableLocation = KeyLocation & { readonly vault?: VaultAccess | undefined };

/** A key that is to be kept. */
export interface NewKey {
  /** The name that the key goes by in its store. */
  readonly name: string;
  readonly kind: MaterialKind;
  /** Existing material; without it, new material is minted. */
  readonly adopt?: string | undefined;
  /** Mints what its kind does not describe wholly. Called only where there is no key yet. */
  readonly mint?: (() => Promise<string>) | undefined;
}

/** A key that is kept. */
export interface KeptKey {
  readonly location: KeyLocation;
  /** An nkey's public key; a fingerprint of what is no nkey. */
  readonly publicId: string;
  /** Whole seconds since 1970. */
  readonly mintedAt: number;
}

/** The name of a store, as a location has it. */
export type StoreName = KeyLocation["store"];

/** The store that settings mean for a key. Transit takes signing keys only: what it has, nobody can read. */
export function storeFor(settings: StateSettings | VaultSettings, isSigningKey: boolean): StoreName {
  if (settings.store === "vault" && settings.transit !== undefined && isSigningKey) return "transit";
  return settings.store;
}

/** Where a key of this name is to be, in words that say the same of where one is ({@link placeOf}). */
export function placeFor(settings: StateSettings | VaultSettings, name: string, isSigningKey: boolean): string {
  if (settings.store === "state") return "the state";
  if (storeFor(settings, isSigningKey) === "transit") return `Vault's ${settings.transit?.mount ?? ""}/keys/${name}`;
  return `Vault's ${settings.mount}/${keyPath(settings.path, name)}`;
}

/** Where a key is. */
export function placeOf(location: KeyLocation): string {
  if (location.store === "state") return "the state";
  if (location.store === "transit") return `Vault's ${location.mount}/keys/${location.key}`;
  return `Vault's ${location.mount}/${location.path}`;
}

/** A location with the way to it, from the settings of the store that the key is in, or is being moved from. */
export function reachable(location: KeyLocation, settings: StoreSettings): ReachableLocation {
  if (location.store === "state") return location;
  const vaults = [settings, settings.movedFrom].filter((candidate) => candidate?.store === "vault");
  const isHere = ({ mount, path }: VaultSettings) =>
    location.store === "vault" && location.mount === mount && location.path.startsWith(`${path}/`);
  const access = vaults.find(isHere) ?? vaults[0];
  return access === undefined ? location : { ...location, vault: accessOf(access) };
}

/** The part of the settings that says how to reach a Vault. */
export function accessOf({ address, namespace, caFile }: VaultSettings): VaultAccess {
  return {
    address,
    ...(namespace === undefined ? {} : { namespace }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}
