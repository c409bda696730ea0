import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { renderConf } from "../../nats/conf/text.ts";
import { which } from "../../tools/run.ts";

/** A nats-server on a free port of this machine. It dies with this process. */
export interface NatsServer {
  readonly url: string;
  /** Where MQTT clients connect to, if they may. */
  readonly mqttUrl: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a nats-server with this configuration, on a port of its own. Its files are in `folder`, which is made.
 *
 * @param program the one on PATH, where no other one is named
 */
export async function startNatsServer(
  folder: string,
  conf: Parameters<typeof renderConf>[0],
  program = which("nats-server"),
): Promise<NatsServer> {
  if (program === undefined) throw new Error("no nats-server on PATH: run this with `npm test`");
  mkdirSync(folder);
  const file = join(folder, "nats.conf");
  writeFileSync(file, renderConf({ host: "127.0.0.1", port: -1, ...conf }));
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
