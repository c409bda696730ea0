/**
 * How long it takes to sign 1,000 account JWTs with a key that nobody can read: by Vault's Transit, as we do it (what is asked for
 * in the same moment goes into one request), with a request for each JWT, and by ourselves with a key from KV. One Vault on this
 * machine, no TLS: `npm run bench vault`.
 */
import { accountClaims } from "../nats/claims/account.ts";
import { verifyJwt } from "../nats/jwt.ts";
import { encodeSeed, publicKeyOf, type PublicNkey } from "../nats/nkeys.ts";
import { keyProvider } from "../providers/key.ts";
import { signedJwtProvider } from "../providers/signed-jwt.ts";
import { reachable, type VaultSettings } from "../providers/stores/store.ts";
import { startVault } from "../test/support/vault.ts";

const JWTS = 1000;
const account = publicKeyOf(encodeSeed("account", new Uint8Array(32)));

const vault = await startVault();
try {
  process.env.VAULT_TOKEN = vault.token;
  await vault.must("POST", "sys/mounts/transit", { type: "transit" });
  const inKv: VaultSettings = { store: "vault", address: vault.address, mount: "secret", path: "bench" };
  const inTransit: VaultSettings = { ...inKv, transit: { mount: "transit" } };
  const rows = [
    await signed("Transit, in batches", inTransit, true),
    await signed("Transit, one by one", inTransit, false),
    await signed("by ourselves, key in KV", inKv, true),
  ];
  const best = rows[0]?.milliseconds ?? 1;
  console.log(`${JWTS} account JWTs, signed and verified:`);
  for (const { what, milliseconds } of rows) {
    const ratio = (milliseconds / best).toFixed(2);
    console.log(`  ${what.padEnd(24)} ${milliseconds.toFixed(0).padStart(6)} ms  ${ratio} of the first`);
  }
} finally {
  await vault.stop();
}

async function signed(what: string, keys: VaultSettings, atOnce: boolean) {
  const { outs } = await keyProvider.create({ kind: "operator", name: "operator.signing-1", keys, isSigningKey: true });
  if (outs === undefined) throw new Error("no key was made");
  const issuer = outs.publicId as PublicNkey;
  const sign = async (index: number) => {
    const claims = accountClaims({ sub: account, name: `A${index}`, nats: { limits: { conn: index } } });
    return signedJwtProvider.create({ claims, issuer, signer: reachable(outs.location, keys) });
  };
  const numbers = Array.from({ length: JWTS }, (_, index) => index);
  const started = performance.now();
  const results = [];
  if (atOnce) results.push(...(await Promise.all(numbers.map(sign))));
  else for (const index of numbers) results.push(await sign(index));
  const milliseconds = performance.now() - started;
  if (verifyJwt(results.at(-1)?.outs?.jwt ?? "").claims.iss !== issuer) throw new Error("signed by another key");
  return { what, milliseconds };
}
