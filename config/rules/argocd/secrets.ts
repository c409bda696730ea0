import { regionsBeside, secretsOfRegion } from "../../argocd/beside.ts";
import { argocdSecretUses } from "../../argocd/secret-uses.ts";
import { clusterSecretName, ownSecrets, repositorySecretName } from "../../argocd/secret-names.ts";
import { configKey, vaultField } from "../../names.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";

/** Every login comes from where the keys are, and into a Secret of its own. */
export const argocdSecrets: Rule = function* (platform) {
  const isInVault = platform.keys.store === "vault";
  const source = isInVault ? vaultField : configKey;
  for (const { path, name } of argocdSecretUses(platform)) {
    if (source.pattern.test(name)) {
      yield* ofThePlatform(platform, path, name);
      continue;
    }
    const allowed = isInVault
      ? "with keys in Vault, External Secrets takes it from there: its path below keys.mount, # and its field, such as my-team/argocd#deploy_key"
      : configKey.allowed;
    yield { path, found: "a value that may be a secret (not shown)", allowed };
  }

  const { repositories = {}, clusters = {} } = platform.argocd ?? {};
  const taken = takenNames(platform);
  const first = new Map<string, Path>();
  const made = [
    ...Object.entries(repositories).map(([name, it]) => ({
      ...{ path: ["argocd", "repositories", name, "secret"], secret: repositorySecretName(name, it) },
      existing: it.existing,
    })),
    ...Object.entries(clusters).map(([name, it]) => ({
      ...{ path: ["argocd", "clusters", name, "secret"], secret: clusterSecretName(name, it) },
      existing: it.existing,
    })),
  ].filter(({ existing }) => !existing);
  for (const { path, secret } of made) {
    const other = first.get(secret);
    if (other !== undefined) {
      const allowed = `${pathText(other.slice(0, -1))} has a Secret of that name: give one of them another`;
      yield { path, found: show(secret), allowed };
    } else if (ownSecrets.includes(secret)) {
      yield { path, found: show(secret), allowed: "Argo CD has a Secret of that name for itself" };
    } else {
      const writer = taken.get(secret);
      if (writer !== undefined) {
        const allowed = `${pathText(writer)} makes a Secret of that name in the same namespace of the same cluster`;
        yield { path, found: show(secret), allowed };
      }
    }
    first.set(secret, other ?? path);
  }
};

/** What Argo CD may read in Vault is what others have put there for it. */
function* ofThePlatform({ keys }: Platform, path: Path, name: string): Generator<Finding> {
  if (keys.store !== "vault" || !`${name.split("#")[0] ?? ""}/`.startsWith(`${keys.path}/`)) return;
  const allowed = `what is below ${keys.path} is the platform's own (keys.path), which Argo CD must not read: put this secret elsewhere`;
  yield { path, found: show(name), allowed };
}

/** Names of Secrets that regions have in Argo CD's namespace, each with what makes it. */
function takenNames(platform: Platform): Map<string, Path> {
  const namespace = platform.argocd?.namespace;
  const made = regionsBeside(platform).flatMap(([name, region]) => secretsOfRegion(platform, name, region));
  return new Map(made.filter((it) => it.namespace === namespace).map(({ secret, path }) => [secret, path]));
}
