import type { KeyStore } from "./store.ts";

/** Keeps material in the Pulumi state itself, as a secret output, encrypted by the stack's secrets provider. */
export const stateStore: KeyStore = {
  keep: (_name, material) => Promise.resolve({ store: "state", material }),
  open: (location) => Promise.resolve(location.material),
};
