import * as pulumi from "@pulumi/pulumi";
import {
  generatedEntries,
  generationNames,
  givenFrom,
  isRenewed,
  signsForApplications,
  type GeneratedEntry,
} from "../../config/generated-entries.ts";
import type { GeneratedSecrets as Settings, NkeyEntry, TokenEntry } from "../../config/schema.ts";
import { MintedKey } from "../../providers/resources.ts";
import type { StoreSettings } from "../../providers/stores/store.ts";
import { CHECKSUM_ANNOTATION } from "../credentials/checksum.ts";
import { existingKey, type SecretValue } from "../trust/adoption.ts";
import { generatedChecksum } from "./checksum.ts";
import type { EndingToken, GeneratedSecret, GeneratedSource, KeySet } from "./generated-secret.ts";
import { marksOf } from "./marks.ts";
import { existingPlaces, type RegionTargets } from "./places.ts";
import { applicationToken, recipeOf } from "./recipes.ts";

export { GeneratedInRegion } from "./in-region.ts";

/** What {@link GeneratedSecrets} need. */
export interface GeneratedSecretsArgs {
  settings: Settings;
  /** Name of the platform's operator. */
  operator: string;
  regions: RegionTargets;
  keys: StoreSettings;
  /** Secret configuration values. */
  secret: SecretValue;
  /** The current second since 1970: it decides in which of its windows a token is. */
  now: number;
}

/** What a region gets. */
export interface ForRegion {
  readonly secrets: readonly GeneratedSecret[];
  readonly keySets: readonly KeySet[];
  /** Tokens that are signed anew in each of their windows. */
  readonly tokens: readonly EndingToken[];
}

interface Planned {
  readonly generated: GeneratedEntry;
  readonly source: GeneratedSource;
  readonly checksum: pulumi.Output<string>;
}

/** The keys of the Secrets that are generated: nkeys, passwords and tokens, each minted once, or what existed before. */
export class GeneratedSecrets extends pulumi.ComponentResource {
  readonly #args: GeneratedSecretsArgs;
  /** The keys of each Secret by its name, the first one first. */
  readonly #generations = new Map<string, readonly MintedKey[]>();
  readonly #planned: readonly Planned[];

  constructor(name: string, args: GeneratedSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:generated:GeneratedSecrets", name, {}, opts);
    this.#args = args;
    // Nkeys come first: they sign the tokens.
    this.#planned = [...generatedEntries(args.settings)].map((generated) => this.#plan(generated));
    this.registerOutputs({});
  }

  /** The public keys of the nkeys, and checksums of what the Secrets hold, by their names. */
  get summary(): Record<string, { publicKey?: pulumi.Output<string>; checksum: pulumi.Output<string> }> {
    return Object.fromEntries(
      this.#planned.map(({ generated, source, checksum }) => [
        generated.entry.secretName,
        {
          ...(generated.family === "natsNKeys" && "content" in source ? { publicKey: source.content.publicKey } : {}),
          checksum,
        },
      ]),
    );
  }

  /** What belongs into a region. */
  forRegion(region: string): ForRegion {
    const { settings, operator } = this.#args;
    const secrets = this.#planned.flatMap(({ generated, source, checksum }) => {
      const { entry, destinations } = generated;
      const { secretName, immutable, overwrite, rotation } = entry;
      return destinations
        .filter((destination) => destination.region === region)
        .map(({ namespace }) => ({
          ...{ namespace, secretName, immutable, overwrite, rotation, source },
          marks: marksOf(operator),
          labels: settings.labels,
          annotations: { [CHECKSUM_ANNOTATION]: checksum },
        }));
    });
    const tokens = secrets.flatMap(({ namespace, secretName, source }) =>
      "token" in source && source.token.expiresAt !== undefined
        ? [
            {
              name: `${namespace}/${secretName}`,
              issuedAt: source.token.issuedAt,
              expiresAt: source.token.expiresAt,
            },
          ]
        : [],
    );
    return { secrets, keySets: this.#keySets(region), tokens };
  }

  #plan(generated: GeneratedEntry): Planned {
    const { name, family, entry } = generated;
    const source: GeneratedSource =
      family === "natsJwtAuth" && isRenewed(generated)
        ? { token: applicationToken(name, entry, this.#args.now), signer: this.#signer(entry) }
        : { content: this.#current(generated) };
    return { generated, source, checksum: generatedChecksum(source) };
  }

  /** Mints all keys of an entry and gives the one that counts. */
  #current(generated: GeneratedEntry): MintedKey {
    const { settings, keys, secret } = this.#args;
    const { entry } = generated;
    const generations = generationNames(settings, generated).map((keyName, rotation) => {
      const given = rotation === entry.rotation ? givenFrom(generated) : undefined;
      const content = this.#contentOf(generated, rotation);
      return new MintedKey(
        keyName,
        { kind: "content", keys, content, ...existingKey(keys, secret, given) },
        // One that nothing has been signed with may go again.
        { parent: this, ...(rotation > entry.rotation ? { protect: false } : {}) },
      );
    });
    this.#generations.set(entry.secretName, generations);
    return keyAt(generations, entry.rotation);
  }

  #contentOf(generated: GeneratedEntry, rotation: number) {
    const { settings, regions } = this.#args;
    const { family, entry, destinations } = generated;
    const places = existingPlaces(entry.secretName, destinations, regions, settings.existing);
    return {
      recipe: recipeOf(settings, generated, rotation),
      // A rotation is asked for: what is in the cluster is to go.
      ...(rotation > 0 || entry.overwrite || places.length === 0 ? {} : { existing: places }),
      ...(family === "natsJwtAuth" && entry.generate ? { signer: this.#signer(entry).reference } : {}),
    };
  }

  #signer({ signer }: TokenEntry): MintedKey {
    const entry = this.#nkeys().find(({ secretName }) => secretName === signer);
    if (entry === undefined) throw new Error(`there is no nkey ${signer}`);
    return keyAt(this.#generations.get(signer), entry.rotation);
  }

  /** Applications know the key that signs now, the one before, and the one that a rotation will bring. */
  #keySets(region: string): KeySet[] {
    const { settings } = this.#args;
    return this.#nkeys().flatMap((entry) => {
      if (!signsForApplications(settings, entry)) return [];
      const { secretName, rotation } = entry;
      const generations = this.#generations.get(secretName) ?? [];
      const keys = [rotation, rotation + 1, rotation - 1].flatMap((place) => generations[place] ?? []);
      const namespaces =
        entry.jwks?.filter((place) => place.region === region) ?? this.#besideTokens(secretName, region);
      return namespaces.map(({ namespace, configMap = `${secretName}-jwks` }) => ({ namespace, configMap, keys }));
    });
  }

  #besideTokens(signer: string, region: string): { namespace: string; configMap?: string }[] {
    const namespaces = this.#planned.flatMap(({ generated }) =>
      generated.family === "natsJwtAuth" && isRenewed(generated) && generated.entry.signer === signer
        ? generated.destinations.filter((it) => it.region === region).map(({ namespace }) => namespace)
        : [],
    );
    return [...new Set(namespaces)].map((namespace) => ({ namespace }));
  }

  #nkeys(): NkeyEntry[] {
    return Object.values(this.#args.settings.natsNKeys).filter(({ enabled }) => enabled);
  }
}

function keyAt(generations: readonly MintedKey[] | undefined, rotation: number): MintedKey {
  const key = generations?.[rotation];
  if (key === undefined) throw new Error(`there is no key of rotation ${String(rotation)}`);
  return key;
}
