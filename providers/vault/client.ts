import { setTimeout as pause } from "node:timers/promises";
import { mistake } from "../provider.ts";
import { sender, type Send, type WireAnswer } from "./http.ts";
import { loginFrom, type Login } from "./login.ts";

/** Which Vault, or OpenBao. Secrets to sign in with are never in here: they come from the environment (login.ts). */
export interface VaultAccess {
  readonly address: string;
  /** Namespace of Vault Enterprise or OpenBao. */
  readonly namespace?: string | undefined;
  /** PEM file with the authorities of Vault's certificate. */
  readonly caFile?: string | undefined;
}

/** A line of a policy: what a request needs, and what an error proposes. */
export interface PolicyLine {
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** What Vault answered: anything but "denied", "sealed" and "try again", which are thrown or tried again. */
export interface VaultAnswer {
  readonly status: number;
  /** The answer's `data`; empty where there is none. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly string[];
}

/** One request. */
export interface VaultRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/v1/`, with the query if there is one. */
  readonly path: string;
  readonly body?: unknown;
  /** The policy line that allows it. */
  readonly needs?: PolicyLine;
  /** Status 403 is an answer like others: there, Vault says no more of what does not exist. */
  readonly mayBeDenied?: boolean;
}

/** A signed-in Vault. */
export interface Vault {
  readonly address: string;
  /**
   * @throws an error for people where Vault denies it, is sealed, or does not answer in time (`VAULT_CLIENT_TIMEOUT`, by default 60
   * seconds, in which a request is tried again).
   */
  request(request: VaultRequest): Promise<VaultAnswer>;
}

/** What a Vault may depend on beside its address; tests give their own. */
export interface VaultEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly send?: Send;
  readonly login?: () => Login;
}

const vaults = new Map<string, Vault>();

/** The Vault at that address, signed in once for the whole process. */
export function vaultAt({ address, namespace, caFile }: VaultAccess): Vault {
  const key = JSON.stringify([address, namespace, caFile]);
  const known = vaults.get(key) ?? openVault({ address, namespace, caFile }, { env: process.env });
  vaults.set(key, known);
  return known;
}

/** How long a sealed Vault is waited for: one that unseals itself is back after a moment. In milliseconds. */
const SEALED_PATIENCE = 5_000;
/** No single attempt takes longer, so that a request to a node that hangs is sent to another one. In milliseconds. */
const ATTEMPT = 15_000;
/** Too many requests, and what a proxy or a node in trouble says. 412: a standby that has not seen the last write yet. */
const TRY_AGAIN = new Set([412, 429, 500, 502, 503, 504]);
const REDIRECTS = new Set([301, 302, 307, 308]);

/** A Vault with connections and a login of its own. */
export function openVault(access: VaultAccess, { env, send, login }: VaultEnvironment): Vault {
  const { address } = access;
  const namespace = access.namespace ?? env.VAULT_NAMESPACE;
  const patience = timeout(env.VAULT_CLIENT_TIMEOUT);
  const wire =
    send ??
    sender({
      caFile: access.caFile ?? env.VAULT_CACERT,
      certificateFile: env.VAULT_CLIENT_CERT,
      keyFile: env.VAULT_CLIENT_KEY,
      serverName: env.VAULT_TLS_SERVER_NAME,
    });
  let token: Promise<string> | undefined;

  const ask = async (request: VaultRequest, signedIn: string | undefined): Promise<WireAnswer> => {
    const headers = {
      "X-Vault-Request": "true",
      ...(namespace === undefined || namespace === "" ? {} : { "X-Vault-Namespace": namespace }),
      ...(signedIn === undefined ? {} : { "X-Vault-Token": signedIn }),
    };
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    let url = new URL(`/v1/${request.path}`, address);
    for (let hops = 0; ; hops += 1) {
      const answer = await wire({ method: request.method, url, headers, body, timeout: Math.min(ATTEMPT, patience) });
      // A standby that doesn't forward sends its clients to the active node.
      const next = REDIRECTS.has(answer.status) ? answer.headers.location : undefined;
      if (next === undefined) return answer;
      const to = new URL(next, url);
      if (hops === 3 || (url.protocol === "https:" && to.protocol !== "https:")) {
        throw mistake(
          `Vault at ${address} sends its clients to ${to.origin}, where this one does not go: check its api_addr`,
        );
      }
      url = to;
    }
  };

  const askPatiently = async (request: VaultRequest, signedIn: string | undefined): Promise<WireAnswer> => {
    const started = Date.now();
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await ask(request, signedIn).catch((error: unknown) => error as NodeJS.ErrnoException);
      const trouble = troubleOf(outcome);
      if (trouble === undefined) return outcome as WireAnswer;
      const wait = pauseOf(attempt, outcome);
      const limit = trouble.isSealed ? Math.min(SEALED_PATIENCE, patience) : patience;
      if (trouble.isFinal || Date.now() - started + wait > limit) {
        const tried =
          attempt === 0 ? "" : ` (asked ${attempt + 1} times in ${Math.ceil((Date.now() - started) / 1000)} s)`;
        throw mistake(
          `Vault at ${address}: ${trouble.message}${tried}. Nothing was changed by this request; run the same command again.`,
        );
      }
      await pause(wait);
    }
  };

  const signIn = async (): Promise<string> => {
    const how = (login ?? (() => loginFrom(env)))();
    if ("token" in how) return how.token;
    const { mount, role, jwt } = how;
    const answer = read(
      await askPatiently({ method: "POST", path: `auth/${mount}/login`, body: { role, jwt } }, undefined),
    );
    const token = answer.auth?.client_token;
    if (typeof token === "string") return token;
    const why = answer.errors.join("; ");
    throw mistake(
      `Vault at ${address} refuses the login of role ${role} at auth/${mount}: ${why || `status ${answer.status}`}`,
    );
  };

  return {
    address,
    async request(request) {
      token ??= signIn();
      const first = token;
      // A login that failed is tried again by the next request.
      first.catch(() => {
        if (token === first) token = undefined;
      });
      let answer = await askPatiently(request, await first);
      if (answer.status === 403 && !(await isAlive(await first))) {
        // A token from a login can be had again; one that somebody gave us can't.
        if (token === first) token = signIn();
        if ((await token) === (await first)) {
          throw mistake(
            `Vault at ${address} does not know the token any more: it has expired or was revoked. Sign in again, and run the same command again; what is done is kept.`,
          );
        }
        answer = await askPatiently(request, await token);
      }
      if (answer.status === 403 && request.mayBeDenied !== true) throw mistake(await denial(request, await token));
      const { status, data, errors } = read(answer);
      return { status, data, errors };
    },
  };

  async function isAlive(known: string): Promise<boolean> {
    const answer = await askPatiently({ method: "GET", path: "auth/token/lookup-self" }, known);
    if (answer.status === 200) return true;
    // A token without the default policy may not look itself up; a dead one is told so.
    return answer.status === 403 && !/invalid token|bad token/.test(answer.body);
  }

  async function denial({ method, path, needs }: VaultRequest, known: string): Promise<string> {
    const place = needs?.path ?? path;
    const wanted = needs?.capabilities ?? [method === "GET" ? "read" : "update"];
    const body = { paths: [path.split("?")[0]] };
    const answer = read(await askPatiently({ method: "POST", path: "sys/capabilities-self", body }, known));
    const found = answer.status === 200 ? (answer.data.capabilities as string[] | undefined) : undefined;
    const has = found === undefined ? "" : ` The token has ${found.join(", ")} there.`;
    return (
      `Vault at ${address} denies ${method === "GET" ? "reading" : method === "DELETE" ? "deleting" : "writing"} ${path.split("?")[0] ?? path}.${has} ` +
      `A policy with this line would allow it:\n  path "${place}" { capabilities = [${wanted.map((name) => `"${name}"`).join(", ")}] }`
    );
  }
}

interface Trouble {
  readonly message: string;
  readonly isSealed: boolean;
  /** It makes no sense to try again. */
  readonly isFinal: boolean;
}

function troubleOf(outcome: WireAnswer | NodeJS.ErrnoException): Trouble | undefined {
  if (outcome instanceof Error) return connectionTrouble(outcome);
  if (!TRY_AGAIN.has(outcome.status)) return undefined;
  if (outcome.body.includes("Vault is sealed")) {
    return { message: "it is sealed. Unseal it (`vault operator unseal`)", isSealed: true, isFinal: false };
  }
  const said = read(outcome).errors.join("; ");
  // KV says 500 for requests that can't be right, and transit for a key that it lacks: these don't get better.
  const isFinal = outcome.status === 500 && /unsupported|no such|not found|unknown/.test(said);
  return {
    message: `it answers with status ${outcome.status}${said === "" ? "" : `: ${said}`}`,
    isSealed: false,
    isFinal,
  };
}

function connectionTrouble(error: NodeJS.ErrnoException): Trouble {
  // Our own words, such as where a redirect leads.
  if (error.stack === "") throw error;
  const code = error.code ?? error.name;
  const isTls = /CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code) || error.message.includes("certificate");
  const hint = isTls
    ? " (keys.caFile or VAULT_CACERT names the authorities that Vault's certificate is checked against; VAULT_CLIENT_CERT and VAULT_CLIENT_KEY this client's own)"
    : "";
  const isTimeout = error.name === "TimeoutError" || error.name === "AbortError";
  const message = isTimeout ? "it does not answer in time" : `it can't be reached: ${code}${hint}`;
  return { message, isSealed: false, isFinal: isTls };
}

/** Milliseconds before the next attempt: what Vault asks for, or twice as long each time, give or take a third. */
function pauseOf(attempt: number, outcome: WireAnswer | Error): number {
  const asked = outcome instanceof Error ? Number.NaN : Number(outcome.headers["retry-after"]);
  if (Number.isFinite(asked) && asked > 0) return Math.min(asked * 1000, 10_000);
  return Math.min(100 * 2 ** attempt, 4_000) * (2 / 3 + Math.random() * (2 / 3));
}

interface Body {
  readonly status: number;
  readonly data: Record<string, unknown>;
  readonly errors: string[];
  readonly auth?: { readonly client_token?: unknown };
}

/** What can be read of an answer. A proxy's page of HTML has no data and says nothing that is worth repeating. */
function read({ status, body }: WireAnswer): Body {
  let parsed: Partial<Body> | null = null;
  try {
    parsed = JSON.parse(body) as Partial<Body> | null;
  } catch {
    // Not JSON.
  }
  return { ...parsed, status, data: parsed?.data ?? {}, errors: parsed?.errors ?? [] };
}

/** Milliseconds of a number of seconds or of a Go duration such as 30s, as Vault's own tools read it. */
function timeout(text = "60"): number {
  const [, number, unit] = /^(\d+)(ms|s|m)?$/.exec(text) ?? [];
  if (number === undefined)
    throw mistake(`VAULT_CLIENT_TIMEOUT: found ${JSON.stringify(text)}; seconds, or a duration like 30s, are allowed`);
  return Number(number) * ({ ms: 1, s: 1000, m: 60_000 }[unit ?? "s"] ?? 1000);
}
