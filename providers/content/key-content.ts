import type { KeyReference } from "../credential.ts";
import type { ExistingPlace, ExistingSecret } from "../kubernetes/existing.ts";
import { isUnknown, mistake } from "../provider.ts";
import { signerAt } from "../signers.ts";
import { formatContent, parseContent } from "./content.ts";
import {
  contentOf,
  existingContent,
  existingProblem,
  givenProblem,
  isContentOf,
  mintContent,
  type Recipe,
} from "./recipe.ts";

/** What a key that is a Secret's content is asked for beside what every key is. */
export interface ContentInputs {
  readonly recipe: Recipe;
  /** Where a Secret may be already whose content is to be kept, whoever made it. */
  readonly existing?: readonly ExistingPlace[] | undefined;
  /** What signs a token. */
  readonly signer?: KeyReference | undefined;
}

/** The material of the Secret that is at one of the places already. @throws where it is not what it is to be */
export async function existingMaterial({ recipe, existing = [] }: ContentInputs): Promise<string | undefined> {
  if (existing.length === 0) return undefined;
  const { existingSecrets, oneSecret } = await kubernetes();
  const found = oneSecret(await existingSecrets(existing));
  return found === undefined ? undefined : materialOf(recipe, found);
}

function materialOf(recipe: Recipe, { data, where }: ExistingSecret): string {
  const problem = existingProblem(recipe, data);
  if (problem === undefined) return formatContent(existingContent(recipe, data));
  throw mistake(
    `${where}: it is there and would be kept, but ${problem}: delete it, or let ours replace it (overwrite: true)`,
  );
}

/** The material that is made of an existing seed, password or token. @throws where it is none */
export function givenMaterial(name: string, { recipe }: ContentInputs, given: string): string {
  const problem = givenProblem(recipe, given);
  if (problem !== undefined) throw mistake(`${name}: the ${wordFor(recipe)} that was given ${problem}`);
  return formatContent(contentOf(recipe, given));
}

/** Makes new material. */
export async function newContent({ recipe, signer }: ContentInputs): Promise<string> {
  return formatContent(await mintContent(recipe, signer === undefined ? undefined : await signerAt(signer.location)));
}

/** Whether a material is what an existing seed, password or token gives. */
export function isGiven({ recipe }: ContentInputs, given: string, material: string): boolean {
  return isContentOf(recipe, given, parseContent(material));
}

/**
 * What a preview of a new key can tell: the Secret whose content it is going to be, or why it can't be known. Nothing where there is
 * none. @throws where one is there that can't be kept
 */
export async function foundAtPreview({ recipe, existing = [] }: ContentInputs): Promise<string | undefined> {
  if (existing.length === 0 || isUnknown(existing)) return undefined;
  const { existingSecrets, oneSecret } = await kubernetes();
  const all = await existingSecrets(existing).catch((error: unknown) => error as Error);
  if (all instanceof Error) return `not known here: ${all.message}`;
  const found = oneSecret(all);
  if (found === undefined) return undefined;
  materialOf(recipe, found);
  return `${found.where}, as it is`;
}

/** Kubernetes' client takes half a second to load, which keys without a cluster need not wait for. */
function kubernetes() {
  return import("../kubernetes/existing.ts");
}

/** What is given for a recipe, in a word. */
export function wordFor({ type }: Recipe): string {
  return type === "nkey" ? "seed" : type;
}
