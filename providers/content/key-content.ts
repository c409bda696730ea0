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
  const found = await lookAt(existing);
  if (found === undefined) return undefined;
  const problem = existingProblem(recipe, found.data);
  if (problem === undefined) return formatContent(existingContent(recipe, found.data));
  throw mistake(
    `${found.where}: it is there and would be kept, but ${problem}: delete it, or let ours replace it (overwrite: true)`,
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
 * What a preview of a new key can tell: the Secret whose content it is going to be. Nothing where there is none, or where whoever
 * previews can't look. @throws where one is there that can't be kept
 */
export async function foundAtPreview(content: ContentInputs): Promise<string | undefined> {
  if (content.existing === undefined || isUnknown(content.existing)) return undefined;
  const found = await lookAt(content.existing).catch(() => undefined);
  if (found === undefined) return undefined;
  await existingMaterial(content);
  return `${found.where}, as it is`;
}

/** Kubernetes' client takes half a second to load, which keys without a cluster need not wait for. */
async function lookAt(places: readonly ExistingPlace[]): Promise<ExistingSecret | undefined> {
  if (places.length === 0) return undefined;
  const { existingSecret } = await import("../kubernetes/existing.ts");
  return existingSecret(places);
}

/** What is given for a recipe, in a word. */
export function wordFor({ type }: Recipe): string {
  return type === "nkey" ? "seed" : type;
}
