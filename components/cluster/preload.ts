import type { PublicNkey } from "../../nats/nkeys.ts";

/**
 * What of the accounts goes into the preload: a Kubernetes Secret holds 1 MiB, and the API server takes requests of
 * 1.5 MiB, in which it is base64.
 */
const preloadBytes = 900_000;

/**
 * The accounts that servers know from their first start: the system account always, the others as far as a Secret
 * holds them, shortest first so that as many as possible work before the first push.
 */
export function preloadedAccounts(
  accounts: Readonly<Record<PublicNkey, string>>,
  systemAccount: PublicNkey,
): Record<PublicNkey, string> {
  const size = (account: PublicNkey) => account.length + (accounts[account]?.length ?? 0) + 16;
  const others = (Object.keys(accounts) as PublicNkey[]).filter((account) => account !== systemAccount);
  const ordered = [systemAccount, ...others.sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1))];
  const preloaded: Record<PublicNkey, string> = {};
  let left = preloadBytes;
  for (const account of ordered) {
    const jwt = accounts[account];
    left -= size(account);
    if (jwt === undefined || left < 0) continue;
    preloaded[account] = jwt;
  }
  return preloaded;
}
