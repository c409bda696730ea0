import type { Path } from "./problem.ts";
import type { Destination, GeneratedSecrets, NkeyEntry, PasswordEntry, TokenEntry } from "./schema.ts";

interface Place {
  /** The entry's name in its family. */
  readonly name: string;
  readonly path: Path;
  readonly destinations: readonly Destination[];
}

/** A Secret that is to be generated, with the entry that asks for it. */
export type GeneratedEntry = Place &
  (
    | { readonly family: "natsNKeys"; readonly entry: NkeyEntry }
    | { readonly family: "natsAuth"; readonly entry: PasswordEntry }
    | { readonly family: "natsJwtAuth"; readonly entry: TokenEntry }
  );

/** Every Secret that is to be generated. A robot of format nats is a user, and no Secret of its own. */
export function* generatedEntries(secrets: GeneratedSecrets): Generator<GeneratedEntry> {
  const place = (family: string, name: string, deliver: readonly Destination[] | undefined): Place => ({
    name,
    path: ["secrets", family, name],
    destinations: deliver ?? secrets.deliver,
  });
  for (const [name, entry] of Object.entries(secrets.natsNKeys)) {
    if (entry.enabled) yield { ...place("natsNKeys", name, entry.deliver), family: "natsNKeys", entry };
  }
  for (const [name, entry] of Object.entries(secrets.natsAuth)) {
    if (entry.enabled) yield { ...place("natsAuth", name, entry.deliver), family: "natsAuth", entry };
  }
  for (const [name, entry] of Object.entries(secrets.natsJwtAuth)) {
    const isSecret = entry.enabled && entry.format !== "nats";
    if (isSecret) yield { ...place("natsJwtAuth", name, entry.deliver), family: "natsJwtAuth", entry };
  }
}

/** Robots that are NATS users. */
export function robotUsers({ natsJwtAuth }: GeneratedSecrets): [name: string, entry: TokenEntry][] {
  return Object.entries(natsJwtAuth).filter(([, { enabled, format }]) => enabled && format === "nats");
}

/** Where an entry says that its material is; undefined where it is to be minted. */
export function givenFrom({ family, entry }: GeneratedEntry): string | undefined {
  switch (family) {
    case "natsNKeys":
      return entry.seedFrom;
    case "natsAuth":
      return entry.passwordFrom;
    case "natsJwtAuth":
      return entry.tokenFrom;
  }
}

/** The field of an entry that says where its material is. */
export function givenField({ family }: GeneratedEntry): "seedFrom" | "passwordFrom" | "tokenFrom" {
  return family === "natsNKeys" ? "seedFrom" : family === "natsAuth" ? "passwordFrom" : "tokenFrom";
}

/** Whether a token is signed anew in each of its windows: it is no key then, but follows from one. */
export function isRenewed(generated: GeneratedEntry): boolean {
  return generated.family === "natsJwtAuth" && generated.entry.format === "application" && generated.entry.generate;
}

/** Whether an nkey signs tokens for applications. */
export function signsForApplications({ natsJwtAuth }: GeneratedSecrets, { secretName }: NkeyEntry): boolean {
  return Object.values(natsJwtAuth).some(
    ({ enabled, format, generate, signer }) => enabled && generate && format === "application" && signer === secretName,
  );
}

/**
 * The keys of an entry, the first one first: one for each rotation, for none is ever thrown away. One that is minted and signs for
 * applications has a next one besides, which they know before anything is signed with it.
 */
export function generationNames(secrets: GeneratedSecrets, generated: GeneratedEntry): string[] {
  if (isRenewed(generated)) return [];
  const { family, entry } = generated;
  const isAhead = family === "natsNKeys" && entry.generate && signsForApplications(secrets, entry);
  const count = entry.rotation + (isAhead ? 2 : 1);
  return Array.from({ length: count }, (_, rotation) => generationName(entry.secretName, rotation));
}

/** Name of a key in its store. No region is called `Secret`: its keys would be in the way. */
export function generationName(secretName: string, rotation: number): string {
  return `Secret.${secretName}${rotation === 0 ? "" : `.r${String(rotation)}`}`;
}
