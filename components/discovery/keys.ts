import type { MintedKey } from "../../providers/resources.ts";
import type { IssuerKeys } from "../trust/index.ts";
import type { ControllerKeys } from "./settings.ts";

/** Keys under names that a template can hold, and the text that they go into. */
export interface KeysText {
  readonly keys: Readonly<Record<string, MintedKey>>;
  /** JSON of {@link ControllerKeys}. Seeds and roots need no escapes. */
  readonly text: (values: Readonly<Record<string, string>>) => string;
}

/** The text with which the controller makes users of these accounts. */
export function keysText(accounts: readonly (readonly [name: string, keys: IssuerKeys])[]): KeysText {
  const entries = accounts.map(([name, { root, signing, roles }], account) => ({
    name,
    root: [`a${account}root`, root] as const,
    signing: [`a${account}signing`, signing] as const,
    // Account and role names may hold what a placeholder can't.
    roles: Object.entries(roles).map(([role, key], index) => [role, `a${account}role${index}`, key] as const),
  }));
  return {
    keys: Object.fromEntries(
      entries.flatMap(({ root, signing, roles }) => [
        root,
        signing,
        ...roles.map(([, slot, key]) => [slot, key] as const),
      ]),
    ),
    text(values) {
      const value = (slot: string) => values[slot] ?? "";
      const content: ControllerKeys = {
        accounts: Object.fromEntries(
          entries.map(({ name, root, signing, roles }) => [
            name,
            {
              root: value(root[0]),
              signing: value(signing[0]),
              roles: Object.fromEntries(roles.map(([role, slot]) => [role, value(slot)])),
            },
          ]),
        ),
      };
      return JSON.stringify(content, undefined, 2);
    },
  };
}
