import {
  generatedEntries,
  givenField,
  givenFrom,
  signsForApplications,
  type GeneratedEntry,
} from "../generated-entries.ts";
import { allBridges } from "../mqtt-bridges.ts";
import { platformSecrets } from "../platform-secrets.ts";
import { type Finding, type Path, pathText, show } from "../problem.ts";
import type { Destination, NkeyEntry, Platform, TokenEntry } from "../schema.ts";
import { existing } from "./accounts.ts";
import { cluster } from "./deliveries.ts";
import type { Rule } from "./rule.ts";

/** Generated Secrets: what they hold is given or minted, never both; each is in one place once; tokens have a signer. */
export const secrets: Rule = function* (platform) {
  const writers = deliveredSecrets(platform);
  const names = new Map<string, Path>();
  for (const generated of generatedEntries(platform.secrets)) {
    const { path, entry, destinations } = generated;
    yield* source(generated);
    const namesake = names.get(entry.secretName);
    if (namesake !== undefined) {
      const allowed = `${pathText(namesake)} has this name: each Secret has one of its own`;
      yield { path: [...path, "secretName"], found: show(entry.secretName), allowed };
      continue;
    }
    names.set(entry.secretName, [...path, "secretName"]);
    if (destinations.length === 0) {
      const allowed = "nothing says where it is to be: give it deliver, or all of them secrets.deliver";
      yield { path, found: "no region and namespace", allowed, given: [["secrets", "deliver"]] };
    }
    const base = entry.deliver === undefined ? ["secrets", "deliver"] : [...path, "deliver"];
    for (const [position, destination] of destinations.entries())
      yield* place(platform, writers, generated, destination, [...base, position]);
    if (generated.family === "natsJwtAuth") yield* token(platform, generated.entry, path);
    if (generated.family === "natsNKeys") yield* keySets(platform, writers, generated.entry, [...path, "jwks"]);
  }
  yield* existingClusters(platform);
};

function* source(generated: GeneratedEntry): Generator<Finding> {
  const { path, entry, family } = generated;
  const from = givenField(generated);
  const given = givenFrom(generated);
  const isPublicOnly = family === "natsNKeys" && (entry.publicKey ?? "") !== "" && given === undefined;
  if (entry.generate && given !== undefined) {
    const allowed = `what it holds is given (${from}): it is one or the other, so set generate to false, or take ${from} out`;
    yield { path: [...path, "generate"], found: "true", allowed };
  } else if (isPublicOnly) {
    yield { path: [...path, "publicKey"], found: "a public key alone", allowed: "its seed is needed too: seedFrom" };
  } else if (!entry.generate && given === undefined) {
    const allowed = `nothing says what it holds: generate: true mints it, ${from} takes what exists`;
    yield { path, found: `neither generate nor ${from}`, allowed, given: [[...path, from]] };
  }
}

function* place(
  platform: Platform,
  writers: Map<string, Path>,
  { path, entry: { secretName } }: GeneratedEntry,
  { region, namespace }: Destination,
  destinationPath: Path,
): Generator<Finding> {
  if (!Object.hasOwn(platform.regions, region)) {
    yield* knownRegion(platform, region, [...destinationPath, "region"]);
    return;
  }
  if (platform.regions[region]?.nats.namespace === namespace && platformSecrets.includes(secretName)) {
    const allowed = `this program has it for the servers in ${namespace} of region ${region}`;
    yield { path: [...path, "secretName"], found: show(secretName), allowed };
    return;
  }
  const writer = firstWriter(writers, [cluster(platform, region), "Secret", namespace, secretName], destinationPath);
  if (writer === undefined) return;
  const allowed = `${pathText(writer)} already writes it in ${namespace} of ${cluster(platform, region)}`;
  yield { path: [...path, "secretName"], found: show(secretName), allowed };
}

function* keySets(platform: Platform, writers: Map<string, Path>, entry: NkeyEntry, path: Path): Generator<Finding> {
  if (entry.jwks === undefined) return;
  if (!signsForApplications(platform.secrets, entry)) {
    const allowed =
      "no token of format application names this nkey as its signer, so there is nothing to check with it";
    yield { path, found: "places for a key set", allowed };
  }
  for (const [position, { region, namespace, configMap = `${entry.secretName}-jwks` }] of entry.jwks.entries()) {
    yield* knownRegion(platform, region, [...path, position, "region"]);
    const place = [cluster(platform, region), "ConfigMap", namespace, configMap];
    const writer = firstWriter(writers, place, [...path, position]);
    if (writer === undefined) continue;
    const allowed = `${pathText(writer)} already writes it in ${namespace} of ${cluster(platform, region)}`;
    yield { path: [...path, position, "configMap"], found: configMap, allowed };
  }
}

/** Who already writes an object; otherwise it is this one from now on. */
function firstWriter(writers: Map<string, Path>, object: readonly string[], path: Path): Path | undefined {
  const key = JSON.stringify(object);
  const first = writers.get(key);
  if (first === undefined) writers.set(key, path);
  return first;
}

function* knownRegion({ regions }: Platform, region: string, path: Path): Generator<Finding> {
  if (Object.hasOwn(regions, region)) return;
  yield {
    path,
    found: show(region),
    allowed: `this stack has ${existing("region", Object.keys(regions), region)}`,
    given: [["regions", region]],
  };
}

/** Fields that only one format has. */
const OF_FORMAT = {
  application: ["ttl", "algorithm", "issuer", "subject", "audience", "claimsNamespace"],
  nats: ["account", "role"],
  legacy: [],
} as const;

function* token({ secrets: { natsNKeys } }: Platform, entry: TokenEntry, path: Path): Generator<Finding> {
  yield* strayFields(entry, path);
  if (!entry.generate) return;
  const nkeys = Object.values(natsNKeys).filter(({ enabled }) => enabled);
  const signer = nkeys.find(({ secretName }) => secretName === entry.signer);
  if (signer === undefined) {
    const known = existing(
      "nkey",
      nkeys.map(({ secretName }) => secretName),
      entry.signer,
    );
    yield { path: [...path, "signer"], found: show(entry.signer), allowed: `natsNKeys has ${known}` };
  }
  if (entry.format !== "application") return;
  for (const field of ["issuer", "audience"] as const) {
    if (entry[field] === undefined)
      yield { path: [...path, field], found: "nothing", allowed: "a token for an application needs it" };
  }
  if (signer?.kind === "account") {
    const allowed = `natsNKeys has it of kind ${signer.kind}, whose signatures NATS servers trust: a token for an application needs one of kind user`;
    yield { path: [...path, "signer"], found: show(entry.signer), allowed };
  }
}

function* strayFields(entry: TokenEntry, path: Path): Generator<Finding> {
  for (const [format, fields] of Object.entries(OF_FORMAT)) {
    for (const field of format === entry.format ? [] : fields) {
      if (entry[field] !== undefined)
        yield { path: [...path, field], found: show(entry[field]), allowed: `it goes with format ${format} alone` };
    }
  }
}

function* existingClusters({ secrets: { existing: clusters }, regions }: Platform): Generator<Finding> {
  for (const [position, { region }] of clusters.entries()) {
    const path = ["secrets", "existing", position, "region"];
    const target = regions[region]?.target;
    if (target === undefined) {
      const allowed = `this stack has ${existing("region", Object.keys(regions), region)}`;
      yield { path, found: show(region), allowed, given: [["regions", region]] };
    } else if ("context" in target) {
      yield { path, found: show(region), allowed: "its target is a cluster, which is looked into anyway" };
    }
  }
}

/** Secrets that users' credentials are delivered to. */
function deliveredSecrets(platform: Platform): Map<string, Path> {
  const { accounts } = platform;
  const writers = new Map<string, Path>();
  for (const [account, { users }] of Object.entries(accounts)) {
    for (const [user, { deliver }] of Object.entries(users)) {
      for (const [position, { region, namespace, secret }] of deliver.entries())
        writers.set(JSON.stringify([cluster(platform, region), "Secret", namespace, secret]), [
          "accounts",
          account,
          "users",
          user,
          "deliver",
          position,
        ]);
    }
  }
  for (const { region, path, bridge } of allBridges(platform))
    writers.set(JSON.stringify([cluster(platform, region), "Secret", bridge.namespace, bridge.secret]), path);
  return writers;
}
