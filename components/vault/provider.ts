import type { ProviderArgs } from "@pulumi/vault";
import type { VaultKeys } from "../../config/schema.ts";

/** The Vault to set up. No token is among it: the provider takes that from `VAULT_TOKEN` or `~/.vault-token` each time it runs. */
export function providerArgs({ address, namespace, caFile }: VaultKeys): ProviderArgs {
  return {
    address,
    ...(namespace === undefined ? {} : { namespace }),
    // Relative: an absolute path would be a change on the next machine.
    ...(caFile === undefined ? {} : { caCertFile: caFile }),
    // @pulumi/vault 7.8.0 would take these from the environment, and previews would differ from one shell to the next.
    skipTlsVerify: false,
    maxRetries: 2,
    maxLeaseTtlSeconds: 1200,
    // A child token needs a right of its own, which is not in Vault's default policy.
    skipChildToken: true,
  };
}
