import { parsePlatform } from "../../../config/parse.ts";
import { regionName } from "./region.ts";

/** A user without a role, so that it may do everything in its account: who sees what others really did. */
export const witness = "witness";

type Tree = Record<string, unknown>;

/** A platform with one more user in each account. Nothing else is changed. */
export function withWitnesses(platform: Tree): Tree {
  const { accounts } = parsePlatform(platform);
  const written = platform.accounts as Record<string, Tree>;
  return {
    ...platform,
    accounts: Object.fromEntries(
      Object.entries(written).map(([name, account]) => {
        const namespace = accounts[name]?.allow[0]?.namespaces[0]?.replaceAll("*", "") ?? "";
        const deliver = [{ region: regionName, namespace, secret: `${witness}-${name.toLowerCase()}` }];
        return [name, { ...account, users: { ...(account.users as Tree), [witness]: { deliver } } }];
      }),
    ),
  };
}
