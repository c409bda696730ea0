import { credsIn } from "../../nats/credential-fields.ts";
import { secretsOf, type Manifest } from "./manifests.ts";

/** A user whose credentials were delivered to the region. */
export interface Credential {
  readonly account: string;
  readonly user: string;
  /** Content of the creds file. Secret. */
  readonly creds: string;
  /** The first Secret that it comes from, as namespace/name. */
  readonly secret: string;
}

/** Every user of the region's credential Secrets, once each. */
export function credentialsIn(manifests: readonly Manifest[]): Credential[] {
  const all = secretsOf(manifests).flatMap(
    ({ metadata: { name, namespace = "", labels }, stringData }): Credential[] => {
      const account = labels["nats-platform/account"];
      const user = labels["nats-platform/user"];
      const creds = credsIn(stringData);
      if (account === undefined || user === undefined || creds === undefined) return [];
      return [{ account, user, creds, secret: `${namespace}/${name}` }];
    },
  );
  return [...Map.groupBy(all, ({ account, user }) => `${account}/${user}`).values()].flatMap(([first]) => first ?? []);
}
