import type { jwt } from "@pulumi/vault";
import type { VaultSetupSettings } from "../../config/vault-setup-schema.ts";
import { ciRole, minterPolicyName, rotatorPolicyName, rotatorRole } from "./names.ts";

/** How CI signs in. */
export type CiSettings = NonNullable<VaultSetupSettings["ci"]>;

/** Gives the text of a PEM file of the project. */
export type Certificate = (file: string) => string;

/** The login, where it is to be made: whose tokens it takes. */
export function jwtLogin(ci: CiSettings, certificate: Certificate): jwt.AuthBackendArgs {
  const { mount, discoveryUrl, jwksUrl, publicKeys, caFile, issuer, algorithms } = ci;
  const authorities = caFile === undefined ? undefined : certificate(caFile);
  return defined({
    path: mount,
    type: "jwt",
    oidcDiscoveryUrl: discoveryUrl,
    oidcDiscoveryCaPem: discoveryUrl === undefined ? undefined : authorities,
    jwksUrl,
    jwksCaPem: jwksUrl === undefined ? undefined : authorities,
    jwtValidationPubkeys: publicKeys,
    // Vault 1.21 takes any `iss` that the issuer's keys have signed, and some issuers share their keys.
    boundIssuer: issuer ?? discoveryUrl,
    jwtSupportedAlgs: algorithms,
  });
}

/** Who signs in there, and what for. */
export function jwtRoles(ci: CiSettings, rotators: VaultSetupSettings["rotators"], prefix: string) {
  const { mount: backend, audiences, userClaim, ttl } = ci;
  const shared = { backend, roleType: "jwt", userClaim };
  const minting = {
    ...shared,
    roleName: ciRole(prefix),
    boundAudiences: audiences,
    boundClaims: ci.claims,
    tokenPolicies: [minterPolicyName(prefix)],
    tokenTtl: ttl,
    tokenMaxTtl: ttl,
  };
  if (rotators === undefined) return [minting];
  const rotating = {
    ...shared,
    roleName: rotatorRole(prefix),
    boundAudiences: rotators.audiences ?? audiences,
    boundClaims: rotators.claims,
    tokenPolicies: [rotatorPolicyName(prefix)],
    tokenTtl: rotators.ttl,
    // Nothing renews it beyond, whatever the mount is set to.
    tokenExplicitMaxTtl: rotators.ttl,
  };
  return [minting, rotating];
}

/** Without what is undefined. */
function defined<Fields extends object>(fields: { [Key in keyof Fields]: Fields[Key] | undefined }): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
