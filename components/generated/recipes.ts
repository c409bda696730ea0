import { signsForApplications, type GeneratedEntry } from "../../config/generated-entries.ts";
import type { GeneratedSecrets, NkeyEntry, TokenEntry } from "../../config/schema.ts";
import { tokenWindow, type ApplicationToken, type Robot } from "../../nats/robot-token.ts";
import type { NkeyRecipe, Recipe } from "../../providers/content/recipe.ts";

/** How long a token for an application lives where nothing else is said: 90 days. */
const DEFAULT_TTL_SECONDS = 90 * 86_400;

/** How the content of a Secret is made. */
export function recipeOf(settings: GeneratedSecrets, generated: GeneratedEntry, rotation: number): Recipe {
  const { family, entry, name } = generated;
  switch (family) {
    case "natsNKeys":
      return {
        type: "nkey",
        ...kindOf(settings, entry),
        ...(entry.publicKey === undefined || entry.publicKey === "" ? {} : { publicKey: entry.publicKey }),
      };
    case "natsAuth":
      return {
        type: "password",
        length: entry.length,
        alphabet: entry.alphabet,
        ...(entry.username === undefined ? {} : { username: entry.username }),
        ...(entry.bcrypt ? { saltFrom: `${entry.secretName}\n${String(rotation)}` } : {}),
      };
    case "natsJwtAuth":
      return { type: "token", ...robotOf(name, entry) };
  }
}

/** What signs for applications has to be of kind user, also where it is there already. */
function kindOf(settings: GeneratedSecrets, entry: NkeyEntry): Pick<NkeyRecipe, "kind"> {
  const kind = entry.kind ?? (signsForApplications(settings, entry) ? "user" : undefined);
  return kind === undefined ? {} : { kind };
}

/** What a token for an application says by a second. */
export function applicationToken(name: string, entry: TokenEntry, now: number): ApplicationToken {
  const robot = robotOf(name, entry);
  return {
    ...robot,
    format: "application",
    algorithm: entry.algorithm ?? "EdDSA",
    issuer: entry.issuer ?? "",
    subject: entry.subject ?? `robot:${robot.robotName}`,
    audience: entry.audience ?? "",
    namespace: entry.claimsNamespace ?? "nats-platform",
    ...tokenWindow(entry.ttl ?? DEFAULT_TTL_SECONDS, now),
  };
}

function robotOf(name: string, { robotName, tokenType, claims }: TokenEntry): Robot {
  const named = claims.map((claim): [string, string] => {
    const colon = claim.indexOf(":");
    return [claim.slice(0, colon), claim.slice(colon + 1)];
  });
  return { robotName: robotName ?? name, tokenType, claims: Object.fromEntries(named) };
}
