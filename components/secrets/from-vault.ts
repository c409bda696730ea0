import type { VaultKeys } from "../../config/schema.ts";
import { addressFor } from "../../nats/credential-fields.ts";
import { SecretDocument, VaultCredential, type MintedKey } from "../../providers/resources.ts";
import { accessOf } from "../../providers/stores/store.ts";
import { credentialPath, keyPath, pushedPath } from "../../providers/vault/paths.ts";
import {
  credentialExternalSecret,
  documentExternalSecret,
  natsCredentials,
  placeholder,
  pushSecret,
  template,
  templatedExternalSecret,
  type Template,
} from "../external-secrets/index.ts";
import { credentialLabels } from "../external-secrets/labels.ts";
import { CHECKSUM_ANNOTATION } from "../credentials/checksum.ts";
import type { Delivery } from "../credentials/delivery.ts";
import { clusterSecret } from "../generated/cluster-secret.ts";
import { sourceOf } from "../generated/source.ts";
import type { PlaceOptions } from "../target/index.ts";
import { aboutCredential } from "./about-credential.ts";
import { checksumOf, loginChecksum, markOf } from "./checksum.ts";
import type { RegionSecretsArgs } from "./index.ts";
import type { LoginTexts, RegionSecrets } from "./region-secrets.ts";
import { dependencies, vaultStores } from "./vault-stores.ts";

/** Field of a key's secret in Vault that holds the key itself. */
const MATERIAL = "material";

/**
 * External Secrets 0.20 never changes an immutable Secret, and says that all is well: with new content, the Secret has to go with its
 * external secret, and the next one makes it anew. That one would take over a Secret of its name (it knows an owner by name), but the
 * Kubernetes provider deletes in the foreground: it waits until the Secret is gone, too.
 */
function replacement({ immutable }: Delivery): Pick<PlaceOptions, "replaceOnChanges" | "deleteBeforeReplace"> {
  const content = `metadata.annotations["${CHECKSUM_ANNOTATION}"]`;
  return { replaceOnChanges: ["spec.target.immutable", ...(immutable ? [content] : [])], deleteBeforeReplace: true };
}

type VaultSecretsArgs = Omit<RegionSecretsArgs, "keys"> & { keys: VaultKeys };

/** Secrets that External Secrets makes of what is in Vault: nothing that is written for a region holds one. */
export function secretsFromVault(args: VaultSecretsArgs): RegionSecrets {
  const { region, target, keys, trust, externalSecrets: settings } = args;
  const source = { keys, region, settings };
  const storeIn = vaultStores(args);
  const withStore = (namespace: string, opts: PlaceOptions): PlaceOptions => ({
    ...opts,
    dependsOn: [...dependencies(opts), ...storeIn(namespace, opts)],
  });

  return {
    text(name, { namespace, secret, labels, keys: minted, field, text }, opts) {
      const names = Object.keys(minted) as (keyof typeof minted)[];
      const content = text(valuesFor(names, placeholder));
      const values = valuesFor(names, (key) => ({ path: keyPath(keys.path, minted[key].keyName), property: MATERIAL }));
      const templates = { [field]: content.apply((known) => template(known, names)) };
      const manifest = templatedExternalSecret(source, { namespace, name: secret, labels, templates, values });
      const known = names.map((key): MintedKey => minted[key]);
      const after = withStore(namespace, opts);
      const dependsOn = [...dependencies(after), ...known];
      return {
        resource: target.place("ExternalSecret", name, manifest, { ...after, dependsOn }),
        checksum: checksumOf({ keys: minted, text }),
      };
    },

    credential(name, delivery, addresses, opts) {
      const { account, user, namespace, secret, format } = delivery;
      const beside = { URLS: addressFor(format, addresses), ACCOUNT_NAME: account };
      const about = aboutCredential(trust, delivery, beside.URLS);
      const path = credentialPath(keys.path, { region, namespace, secret });
      const credential = new VaultCredential(
        name,
        {
          place: { vault: accessOf(keys), mount: keys.mount, path },
          ...trust.credential(account, user),
          beside,
          // Left out where it is the default: then the resource is to the byte what it was before there were others.
          ...(format === "creds" ? {} : { format }),
        },
        { parent: opts.parent },
      );
      const after = withStore(namespace, opts);
      target.place("ExternalSecret", name, credentialExternalSecret(source, delivery, about.checksum), {
        ...after,
        dependsOn: [...dependencies(after), credential],
        ...replacement(delivery),
      });
      return { checksum: about.checksum, issued: { ...about.issued, publicKey: credential.publicKey } };
    },

    login(name, { account, user, namespace, secret, url, texts, mark }, opts) {
      const about = aboutCredential(trust, { account, user, format: "password" }, url);
      const path = credentialPath(keys.path, { region, namespace, secret });
      const place = { vault: accessOf(keys), mount: keys.mount, path };
      const login = { format: "password", beside: { URLS: url, ACCOUNT_NAME: account } } as const;
      const madeFrom = trust.credential(account, user);
      const credential = new VaultCredential(name, { place, ...madeFrom, ...login }, { parent: opts.parent });
      const checksum = loginChecksum(texts, about.checksum);
      const known = Object.fromEntries(
        Object.entries(texts(placeholder("password"))).map(([field, text]) => [field, template(text, ["password"])]),
      );
      const templates = checksum.apply((it) => ({ ...known, ...marked(mark, it) }));
      const manifest = templatedExternalSecret(source, {
        ...{ namespace, name: secret, labels: credentialLabels({ account, user }), templates },
        annotations: { [CHECKSUM_ANNOTATION]: checksum },
        values: { password: { path, property: "password" } },
      });
      const after = withStore(namespace, opts);
      const dependsOn = [...dependencies(after), credential];
      return {
        resource: target.place("ExternalSecret", name, manifest, { ...after, dependsOn }),
        checksum,
        issued: { ...about.issued, publicKey: credential.publicKey },
      };
    },

    generated(name, secret, opts) {
      const { namespace, secretName, labels, marks, annotations, immutable } = secret;
      // What may be in the cluster already is read and written there: External Secrets would take it over.
      if (target.cluster !== undefined) {
        clusterSecret(name, secret, target.cluster, opts);
        return;
      }
      const path = credentialPath(keys.path, { region, namespace, secret: secretName });
      const place = { vault: accessOf(keys), mount: keys.mount, path };
      const document = new SecretDocument(name, { place, source: sourceOf(secret.source) }, { parent: opts.parent });
      const all = { ...labels, ...marks };
      const manifest = documentExternalSecret(source, {
        namespace,
        name: secretName,
        labels: all,
        annotations,
        immutable,
      });
      const after = withStore(namespace, opts);
      target.place("ExternalSecret", name, manifest, { ...after, dependsOn: [...dependencies(after), document] });
    },

    push(name, { namespace, secret }, opts) {
      const path = pushedPath(keys.path, { region, namespace, secret });
      const manifest = pushSecret(source, { namespace, secret, path });
      target.place("PushSecret", name, manifest, withStore(namespace, opts));
    },

    forServers(name, namespace, opts) {
      const after = withStore(namespace, opts);
      target.place("ExternalSecret", name, natsCredentials(source, namespace), {
        ...after,
        dependsOn: [...dependencies(after), ...(trust.document === undefined ? [] : [trust.document])],
      });
    },
  };
}

function marked(mark: LoginTexts["mark"], checksum: string): Record<string, Template> {
  return Object.fromEntries(Object.entries(markOf(mark, checksum)).map(([field, text]) => [field, template(text, [])]));
}

function valuesFor<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
