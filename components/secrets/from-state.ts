import * as pulumi from "@pulumi/pulumi";
import type { MintedKey } from "../../providers/resources.ts";
import { clusterSecret } from "../generated/cluster-secret.ts";
import { manifestOf } from "../generated/manifest.ts";
import { credentialsSecret } from "../credentials/secret.ts";
import { checksumOf } from "./checksum.ts";
import type { RegionSecretsArgs } from "./index.ts";
import type { RegionSecrets } from "./region-secrets.ts";

/** Secrets whose content the program makes of what is in the state. */
export function secretsFromState({ target, trust }: Pick<RegionSecretsArgs, "target" | "trust">): RegionSecrets {
  return {
    text(name, { namespace, secret, labels, keys, field, text }, opts) {
      const content = materialOf(keys).apply(text);
      const manifest = { metadata: { name: secret, namespace, labels }, stringData: { [field]: content } };
      return {
        resource: target.place("Secret", name, manifest, opts),
        checksum: checksumOf({ keys, text }),
      };
    },
    credential(name, delivery, url, opts) {
      const creds = trust.user(delivery.account, delivery.user).apply((user) => user.creds);
      target.place("Secret", name, credentialsSecret(delivery, creds, url), opts);
    },
    generated(name, secret, opts) {
      const { cluster } = target;
      if (cluster === undefined) target.place("Secret", name, manifestOf(secret), opts);
      else clusterSecret(name, secret, cluster, opts);
    },
    push: () => undefined,
    forServers: () => undefined,
  };
}

function materialOf<Name extends string>(keys: Readonly<Record<Name, MintedKey>>): pulumi.Output<Record<Name, string>> {
  const entries = (Object.keys(keys) as Name[]).map((name) =>
    keys[name].material.apply((material) => [name, material] as const),
  );
  return pulumi.all(entries).apply((known) => Object.fromEntries(known) as Record<Name, string>);
}
