import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** What Vault answered. */
export interface Answer {
  readonly status: number;
  readonly data: Record<string, unknown>;
  readonly errors: readonly string[];
  /** The whole body. */
  readonly body: Record<string, unknown>;
}

/** A real Vault, unsealed, with a KV version 2 mount at `secret`. */
export interface TestVault {
  readonly address: string;
  /** The root token. */
  readonly token: string;
  /** Asks as root, or with another token: path below /v1/, such as `secret/data/a`. */
  ask(method: string, path: string, body?: object, token?: string): Promise<Answer>;
  /** As {@link ask}, but fails the test when Vault refuses. */
  must(method: string, path: string, body?: object): Promise<Answer>;
  /** A token with these policies alone (and `default`). */
  tokenWith(policies: readonly string[], ttl?: string): Promise<string>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

/** How to start it. */
export interface VaultOptions {
  /** Arguments for `vault` (tools/go/vault), such as `--certificate`. */
  readonly args?: readonly string[];
  /** Where it listens. Default: a free port of 127.0.0.1. */
  readonly listen?: string;
  /** Replaces fetch where that can't connect: TLS with an authority of one's own. */
  readonly fetch?: typeof fetch;
}

/** Starts a Vault that keeps its data in memory. It dies with this process. */
export async function startVault({
  args = [],
  listen = "127.0.0.1:0",
  fetch: get = fetch,
}: VaultOptions = {}): Promise<TestVault> {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "vault", "--log-level", "off", "--listen", listen, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const scheme = args.includes("--certificate") ? "https" : "http";
  const address = `${scheme}://${await listeningOn(child)}`;

  const send = async (method: string, path: string, body?: object, token = ""): Promise<Answer> => {
    const response = await get(`${address}/v1/${path}`, {
      method,
      headers: token === "" ? {} : { "X-Vault-Token": token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    return {
      status: response.status,
      data: (parsed.data ?? {}) as Record<string, unknown>,
      errors: (parsed.errors ?? []) as string[],
      body: parsed,
    };
  };
  const init = (await send("POST", "sys/init", { secret_shares: 1, secret_threshold: 1 })).body as unknown as {
    keys: [string];
    root_token: string;
  };
  const root = init.root_token;
  const must = async (method: string, path: string, body?: object) => {
    const answer = await send(method, path, body, root);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.errors.join("; ")}`);
    return answer;
  };
  const unseal = async () => {
    await send("POST", "sys/unseal", { key: init.keys[0] });
    // Unsealed is not yet active: the mounts take a moment.
    while ((await send("GET", "sys/health")).status !== 200) continue;
  };
  await unseal();
  await must("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  // A new KV version 2 mount says for a moment that it is being upgraded.
  while ((await send("GET", "secret/config", undefined, root)).status !== 200) continue;

  return {
    address,
    token: root,
    must,
    unseal,
    ask: (method, path, body, token = root) => send(method, path, body, token),
    async tokenWith(policies, ttl = "1h") {
      const { body } = await must("POST", "auth/token/create", { policies, ttl, no_parent: true });
      return (body.auth as { client_token: string }).client_token;
    },
    seal: async () => {
      await must("POST", "sys/seal");
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

async function listeningOn(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("vault has no stdout");
  for await (const line of createInterface(child.stdout)) {
    const found = /^listening on (\S+)$/.exec(line)?.[1];
    if (found !== undefined) {
      child.stdout.resume();
      return found;
    }
  }
  throw new Error("vault ended before it listened");
}
