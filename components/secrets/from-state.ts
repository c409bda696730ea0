import * as pulumi from "@pulumi/pulumi";
import { addressFor, credentialFields } from "../../nats/credential-fields.ts";
import type { MintedKey } from "../../providers/resources.ts";
import { clusterSecret } from "../generated/cluster-secret.ts";
import { manifestOf } from "../generated/manifest.ts";
import { CHECKSUM_ANNOTATION } from "../credentials/checksum.ts";
import { credentialsSecret } from "../credentials/secret.ts";
import { credentialLabels } from "../external-secrets/labels.ts";
import { aboutCredential } from "./about-credential.ts";
import { checksumOf, loginChecksum, markOf } from "./checksum.ts";
import type { RegionSecretsArgs } from "./index.ts";
import type { RegionSecrets } from "./region-secrets.ts";

/** The provider replaces a Secret that is to stay immutable. One that is to be so no more it would update, and be refused. */
const replacedWithFlag = { replaceOnChanges: ["immutable"], deleteBeforeReplace: true };

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
    credential(name, delivery, addresses, opts) {
      const { account, user, format } = delivery;
      const issued = trust.user(account, user);
      const beside = { URLS: addressFor(format, addresses), ACCOUNT_NAME: account };
      const fields = issued.apply((known) => credentialFields(format, known, beside));
      const about = aboutCredential(trust, delivery, beside.URLS);
      target.place("Secret", name, credentialsSecret(delivery, { fields, checksum: about.checksum }), {
        ...opts,
        ...replacedWithFlag,
      });
      // The key's public name is no secret, though it comes out of one.
      const publicKey = pulumi.unsecret(issued.apply((known) => known.publicKey));
      return { checksum: about.checksum, issued: { ...about.issued, publicKey } };
    },
    login(name, { account, user, namespace, secret, url, texts, mark }, opts) {
      const issued = trust.user(account, user);
      const about = aboutCredential(trust, { account, user, format: "password" }, url);
      const checksum = loginChecksum(texts, about.checksum);
      const labels = credentialLabels({ account, user });
      const metadata = { name: secret, namespace, labels, annotations: { [CHECKSUM_ANNOTATION]: checksum } };
      const stringData = pulumi
        .all([issued, checksum])
        .apply(([{ jwt }, known]): Record<string, string> => ({ ...texts(jwt), ...markOf(mark, known) }));
      const publicKey = pulumi.unsecret(issued.apply((known) => known.publicKey));
      return {
        resource: target.place("Secret", name, { metadata, stringData }, opts),
        checksum,
        issued: { ...about.issued, publicKey },
      };
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
