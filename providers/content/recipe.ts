import { createHash, randomBytes, randomInt } from "node:crypto";
import bcrypt from "bcryptjs";
import { expiredAt, isCompactJwt } from "../../nats/jwt-times.ts";
import { encodeSeed, type KeyKind, type Signer } from "../../nats/nkeys.ts";
import type { SlowSigner } from "../../nats/jwt.ts";
import { signRobotToken, type Robot } from "../../nats/robot-token.ts";
import { adoptionProblem } from "../material.ts";
import { dataOfText, publicKeyIn, seedIn, textOf, type Content, type SecretData } from "./content.ts";

/** A Secret with an nkey. */
export interface NkeyRecipe {
  readonly type: "nkey";
  /** Absent: user where it is minted, and what exists may be of an account, too. */
  readonly kind?: Extract<KeyKind, "user" | "account"> | undefined;
  /** What the public key of an existing seed has to be. */
  readonly publicKey?: string | undefined;
}

/** A Secret with a password. */
export interface PasswordRecipe {
  readonly type: "password";
  readonly length: number;
  /** The characters that it is made of, each as likely as the others. */
  readonly alphabet: string;
  readonly username?: string | undefined;
  /** What the salt of the bcrypt hash follows from; absent: no hash is wanted. */
  readonly saltFrom?: string | undefined;
}

/** A Secret with a token that is signed once and never expires. */
export interface TokenRecipe extends Robot {
  readonly type: "token";
}

/** How a Secret's content is made. */
export type Recipe = NkeyRecipe | PasswordRecipe | TokenRecipe;

/** Cost of bcrypt hashes: the one that `nats server passwd` takes. */
const BCRYPT_COST = 11;

/** New content. @param signer what signs a token */
export async function mintContent(recipe: Recipe, signer: Signer | SlowSigner | undefined): Promise<Content> {
  switch (recipe.type) {
    case "nkey":
      return contentOf(recipe, encodeSeed(recipe.kind ?? "user", randomBytes(32)));
    case "password":
      return contentOf(recipe, mintPassword(recipe));
    case "token": {
      // One that was to be given before the one that is given now: it never was, and is nothing.
      if (signer === undefined) return { publicId: publicIdIn(recipe, {}), data: {} };
      const issuedAt = Math.floor(Date.now() / 1000);
      return contentOf(recipe, await signRobotToken({ ...recipe, format: "legacy", issuedAt }, signer));
    }
  }
}

/** The content that is made of an existing seed, password or token. */
export function contentOf(recipe: Recipe, given: string): Content {
  const data = dataOfText(fieldsOf(recipe, given));
  return { publicId: publicIdIn(recipe, data), data };
}

/** The content that a Secret of a cluster has, as it is. */
export function existingContent(recipe: Recipe, data: SecretData): Content {
  return { publicId: publicIdIn(recipe, data), data };
}

/** Why a text can't be the seed, password or token of a Secret, in words that don't repeat it. */
export function givenProblem(recipe: Recipe, given: string): string | undefined {
  switch (recipe.type) {
    case "nkey": {
      const problem = seedProblem(recipe.kind, given);
      if (problem !== undefined) return problem;
      const { publicKey } = recipe;
      const found = publicKeyIn(dataOfText({ seed: given }));
      return publicKey === undefined || publicKey === found
        ? undefined
        : `is the seed of ${String(found)}, but publicKey says ${publicKey}`;
    }
    case "password":
      return given === "" ? "is empty" : undefined;
    case "token":
      return tokenProblem(given);
  }
}

/** Why a Secret of a cluster can't be kept as what it is to be, in words that don't repeat any of it. */
export function existingProblem(recipe: Recipe, data: SecretData): string | undefined {
  const values = Object.values(data).map((value) => textOf(value).trim());
  const fields = Object.keys(data).sort().join(", ") || "no fields";
  switch (recipe.type) {
    case "nkey": {
      const seed = seedIn(data);
      if (seed === undefined) return `has ${fields}, but not exactly one nkey seed among them`;
      const problem = seedProblem(recipe.kind, seed);
      return problem === undefined ? undefined : `what it holds ${problem}`;
    }
    case "password":
      return values.every((value) => value === "") ? `has ${fields}, but no password in them` : undefined;
    case "token":
      return values.some(isCompactJwt) ? undefined : `has ${fields}, but no JWT among them`;
  }
}

/** Whether a content holds a given seed, password or token. What else is in it was a matter of its first day. */
export function isContentOf({ type }: Recipe, given: string, { data }: Content): boolean {
  const field = { nkey: "seed", password: "password", token: "token" }[type];
  return data[field] !== undefined && textOf(data[field]) === given;
}

/** Why a seed can't be that of the nkey. */
function seedProblem(kind: NkeyRecipe["kind"], seed: string): string | undefined {
  if (kind !== undefined) return adoptionProblem(kind, seed);
  const problem = adoptionProblem("user", seed);
  return problem === undefined || adoptionProblem("account", seed) === undefined ? undefined : problem;
}

function fieldsOf(recipe: Recipe, given: string): Record<string, string> {
  switch (recipe.type) {
    case "nkey":
      return { publicKey: publicKeyIn(dataOfText({ seed: given })) ?? "", seed: given };
    case "password":
      return {
        password: given,
        ...(recipe.username === undefined ? {} : { username: recipe.username }),
        ...(recipe.saltFrom === undefined ? {} : { passwordHash: bcryptOf(given, recipe.saltFrom) }),
      };
    case "token":
      return { token: given };
  }
}

/** A password gets random text: a hash of a weak one would give it away. */
function publicIdIn(recipe: Recipe, data: SecretData): string {
  const publicKey = recipe.type === "nkey" ? publicKeyIn(data) : undefined;
  return publicKey ?? `${recipe.type}-${randomBytes(16).toString("hex")}`;
}

function mintPassword({ length, alphabet }: PasswordRecipe): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

/** The salt is no secret, but the same for as long as the password is, so that the hash is too. */
function bcryptOf(password: string, saltFrom: string): string {
  const salt = createHash("sha256").update(saltFrom).digest().subarray(0, 16);
  return bcrypt.hashSync(password, `$2b$${String(BCRYPT_COST)}$${bcrypt.encodeBase64(salt, 16)}`);
}

function tokenProblem(token: string): string | undefined {
  if (!isCompactJwt(token)) return "is no JWT";
  const end = expiredAt(token);
  return end === undefined ? undefined : `expired at ${end}`;
}
