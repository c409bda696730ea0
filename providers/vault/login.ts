import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { mistake } from "../provider.ts";

/** How to sign in to Vault: with a token that somebody has, or by showing a JWT to one of Vault's login mounts. */
export type Login =
  { readonly token: string } | { readonly mount: string; readonly role: string; readonly jwt: string };

/** Where a pod finds the token of its service account. */
const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * How this process is to sign in, by the variables that Vault's own tools and CI systems use. The first that is there wins:
 * `VAULT_TOKEN`; `VAULT_AUTH_ROLE` with the JWT in `VAULT_ID_TOKEN` or the file `VAULT_ID_TOKEN_FILE` (login mount
 * `VAULT_AUTH_PATH`, by default `jwt`), or with the pod's service account (by default `kubernetes`); what `vault login` left in
 * `~/.vault-token`.
 * @throws an error that lists these ways
 */
export function loginFrom(
  env: NodeJS.ProcessEnv,
  home: string = homedir(),
  pod: string = SERVICE_ACCOUNT_TOKEN,
): Login {
  const token = value(env, "VAULT_TOKEN");
  if (token !== undefined) return { token };
  const role = value(env, "VAULT_AUTH_ROLE");
  if (role !== undefined) return { role, ...shownBy(env, pod) };
  const file = join(home, ".vault-token");
  const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (kept !== "") return { token: kept };
  throw mistake(
    "There is nothing to sign in to Vault with. Set VAULT_TOKEN; or run `vault login`; or set VAULT_AUTH_ROLE, and " +
      "VAULT_ID_TOKEN (or VAULT_ID_TOKEN_FILE) to a CI system's OIDC token, unless this is a pod, whose service account will do.",
  );
}

function shownBy(env: NodeJS.ProcessEnv, pod: string): { mount: string; jwt: string } {
  const mount = value(env, "VAULT_AUTH_PATH");
  const jwt = value(env, "VAULT_ID_TOKEN");
  if (jwt !== undefined) return { mount: mount ?? "jwt", jwt };
  const file = value(env, "VAULT_ID_TOKEN_FILE");
  if (file !== undefined) return { mount: mount ?? "jwt", jwt: tokenIn(file, "VAULT_ID_TOKEN_FILE") };
  if (existsSync(pod)) return { mount: mount ?? "kubernetes", jwt: tokenIn(pod, "the pod's service account") };
  throw mistake(
    "VAULT_AUTH_ROLE is set, but neither VAULT_ID_TOKEN nor VAULT_ID_TOKEN_FILE, and this is no pod with a service account.",
  );
}

function tokenIn(file: string, what: string): string {
  try {
    const token = readFileSync(file, "utf8").trim();
    if (token !== "") return token;
  } catch (error) {
    throw mistake(`${what}: ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  throw mistake(`${what}: ${file} is empty`);
}

function value(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === "" ? undefined : text;
}
