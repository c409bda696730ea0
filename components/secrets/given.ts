import * as pulumi from "@pulumi/pulumi";
import type { ExternalSecretsSettings, Keys } from "../../config/schema.ts";
import { placeholder, template, templatedExternalSecret } from "../external-secrets/index.ts";
import type { ClusterTarget, PlaceOptions } from "../target/index.ts";
import { dependencies, vaultStores } from "./vault-stores.ts";

/** What stands for one value in a field: the value itself, or what External Secrets puts it in for. */
export interface GivenValue {
  /** As it is. */
  readonly text: string;
  readonly base64: string;
  /** A JSON string, with its quotes. */
  readonly json: string;
}

/** A Secret with fields that hold values which others give: with keys in the state, of the configuration; otherwise of Vault. */
export interface GivenSecret<Name extends string> {
  readonly secret: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of each value (letters and digits) to where it is: a configuration value, or `path#field` below the mount. */
  readonly values: Readonly<Record<Name, string>>;
  readonly fields: (values: Readonly<Record<Name, GivenValue>>) => Record<string, string>;
}

/** Where Secrets of given values go. */
export interface GivenSecretsArgs {
  /** What the resources of their store begin with. */
  readonly name: string;
  readonly namespace: string;
  readonly target: ClusterTarget;
  readonly keys: Keys;
  readonly externalSecrets: ExternalSecretsSettings;
  /** A secret value of the configuration by its name. */
  readonly secret: (name: string) => pulumi.Output<string>;
}

/** Makes a Secret, as a resource of that name. */
export type PlaceGiven = <Name extends string>(
  name: string,
  given: GivenSecret<Name>,
  opts: PlaceOptions,
) => pulumi.CustomResource;

/** Makes Secrets of one namespace whose values are given. One without such values is a Secret whatever the store: it holds nothing secret. */
export function givenSecrets(args: GivenSecretsArgs): PlaceGiven {
  const { name: region, namespace, target, keys, externalSecrets: settings, secret: configured } = args;
  const storeIn =
    keys.store === "vault"
      ? vaultStores({ region, target, keys, externalSecrets: settings, namespaces: [namespace] })
      : undefined;

  return (name, { secret, labels, values, fields }, opts) => {
    const names = Object.keys(values) as (keyof typeof values)[];
    const metadata = { name: secret, namespace, labels: { ...labels } };
    if (keys.store !== "vault" || storeIn === undefined || names.length === 0) {
      const known = pulumi.all(names.map((it) => configured(values[it])));
      const filled = (texts: readonly string[]) =>
        fields(byName(names.map((it, at) => [it, inState(texts[at] ?? "")])));
      const stringData = names.length === 0 ? filled([]) : known.apply(filled);
      return target.place("Secret", name, { metadata, stringData }, opts);
    }
    const templates = Object.entries(fields(byName(names.map((it) => [it, inVault(it)])))).map(
      ([field, text]) => [field, template(text, names)] as const,
    );
    const manifest = templatedExternalSecret(
      { keys, region, settings },
      {
        ...{ namespace, name: secret, labels: metadata.labels, templates: Object.fromEntries(templates) },
        values: byName(names.map((it) => [it, placeInVault(values[it])])),
      },
    );
    const dependsOn = [...dependencies(opts), ...storeIn(namespace, opts)];
    return target.place("ExternalSecret", name, manifest, { ...opts, dependsOn });
  };
}

function inState(text: string): GivenValue {
  return { text, base64: Buffer.from(text).toString("base64"), json: JSON.stringify(text) };
}

function inVault(name: string): GivenValue {
  return { text: placeholder(name), base64: placeholder(name, "b64enc"), json: placeholder(name, "toJson") };
}

function placeInVault(source: string): { path: string; property: string } {
  const [path = source, property = ""] = source.split("#");
  return { path, property };
}

function byName<Name extends string, Value>(entries: readonly (readonly [Name, Value])[]): Record<Name, Value> {
  return Object.fromEntries(entries) as Record<Name, Value>;
}
