import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { renderConf } from "../../nats/conf/text.ts";
import { which } from "../../tools/run.ts";

/** What a server in operator mode trusts. */
export interface ServerTrust {
  readonly operatorJwt: string;
  readonly systemAccount: string;
  /** Account JWTs by public key, the system account's among them. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** A nats-server on a free port of this machine. It dies with this process. */
export interface JwtServer {
  readonly url: string;
  /** Where MQTT clients connect to, if they may. */
  readonly mqttUrl: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a nats-server that knows its accounts from its configuration. Its files are in `folder`, which is made.
 *
 * @param options.hasMqtt opens a port for MQTT clients, and JetStream, which their sessions take
 */
export async function startJwtServer(
  folder: string,
  trust: ServerTrust,
  { hasMqtt = false }: { hasMqtt?: boolean } = {},
): Promise<JwtServer> {
  const program = which("nats-server");
  if (program === undefined) throw new Error("no nats-server on PATH: run this with `npm test`");
  mkdirSync(folder);
  const file = join(folder, "nats.conf");
  writeFileSync(
    file,
    renderConf({
      host: "127.0.0.1",
      port: -1,
      operator: trust.operatorJwt,
      system_account: trust.systemAccount,
      resolver: "MEMORY",
      resolver_preload: { ...trust.accounts },
      ...(hasMqtt ? { server_name: "mqtt", jetstream: { store_dir: join(folder, "jetstream") } } : {}),
      ...(hasMqtt ? { mqtt: { host: "127.0.0.1", port: -1 } } : {}),
    }),
  );
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  let url: string | undefined;
  let mqttUrl: string | undefined;
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    const port = /Listening for client connections on \S+:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) url = `nats://127.0.0.1:${port}`;
    mqttUrl ??= /Listening for MQTT clients on (mqtt:\S+)$/.exec(line)?.[1];
    if (line.endsWith("Server is ready")) break;
  }
  if (url === undefined) throw new Error(`nats-server ended:\n${lines.join("\n")}`);
  child.stderr.resume();
  return {
    url,
    mqttUrl,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
