import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "../../../cli/local/health.ts";
import { run } from "../../../tools/run.ts";
import { binary } from "../binaries.ts";

/** What stands for the broker's container on this machine. */
export interface BrokerPlace {
  /** Stands for the root of the container's file system. */
  readonly folder: string;
  /** Where NATS takes MQTT clients, as host:port. */
  readonly nats: string;
}

/** A Mosquitto that runs here, with a port for each of its listeners. It dies with this process. */
export interface Mosquitto {
  readonly ports: readonly number[];
  /** All that it has logged so far. */
  log(): string;
  /** Waits until this many lines of the log say so. */
  says(pattern: RegExp, times?: number): Promise<void>;
  /** How many lines of the log say so. */
  count(pattern: RegExp): number;
  stop(): Promise<void>;
}

/** A message as a subscriber got it. */
export interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
  readonly retained: boolean;
}

/** How a client of Mosquitto's own gets to a broker. */
export interface ClientOptions {
  readonly port: number;
  readonly login?: readonly [user: string, password: string];
  /** PEM file of authorities. */
  readonly authority?: string;
  readonly id?: string;
}

/** Mosquitto puts its next attempt off by up to half a minute, more or less by chance. */
const patienceMs = 90_000;

/** How long a broker may take to end: the grace period of its pod. */
const graceMs = 30_000;

/** Paths, ports and the address of a rendered mosquitto.conf, put in their places here; nothing else is touched. */
export function mapConf(conf: string, { folder, nats }: BrokerPlace, ports: readonly number[]): string {
  let listener = 0;
  return conf
    .replace(/^address \S+$/m, `address ${nats}`)
    .replace(/^listener \d+$/gm, () => `listener ${String(ports[listener++])} 127.0.0.1`)
    .replaceAll(/(?<= )\/mosquitto\//g, `${folder}/mosquitto/`);
}

/** Ports of this machine that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Starts Mosquitto with a rendered mosquitto.conf, mapped, and these files of the container. */
export async function startMosquitto(
  conf: string,
  place: BrokerPlace,
  files: Readonly<Record<string, string>> = {},
  again?: Pick<Mosquitto, "ports">,
): Promise<Mosquitto> {
  const ports = again?.ports ?? (await freePorts([...conf.matchAll(/^listener /gm)].length));
  const main = "/mosquitto/config/mosquitto.conf";
  // As root, Mosquitto becomes another user, who could read none of this; and it tells only in debug what it subscribes to.
  const text = `user root\nlog_type all\n${mapConf(conf, place, ports)}`;
  for (const [path, content] of Object.entries({ ...files, [main]: text, "/mosquitto/data/": "" })) {
    const file = join(place.folder, path);
    mkdirSync(path.endsWith("/") ? file : dirname(file), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(file, content, { mode: 0o600 });
  }
  const program = binary("mosquitto");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, "-c", join(place.folder, main)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", (line) => lines.push(line));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const log = () => lines.join("\n");
  const isUp = await until(Date.now() + patienceMs, () => isOver() || log().includes("running"));
  if (!isUp || isOver()) throw new Error(`mosquitto did not start:\n${log()}`);
  return {
    ports,
    log,
    async says(pattern, times = 1) {
      const count = () => lines.filter((line) => pattern.test(line)).length;
      if (!(await until(Date.now() + patienceMs, () => isOver() || count() >= times)) || count() < times)
        throw new Error(`mosquitto has not said ${String(pattern)} ${String(times)} times:\n${log()}`);
    },
    count: (pattern) => lines.filter((line) => pattern.test(line)).length,
    async stop() {
      if (isOver()) return;
      child.kill("SIGTERM");
      // As Kubernetes does. Mosquitto 2.0.11 was seen to turn in circles at its end, when its bridge was just being refused.
      const impatience = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await once(child, "exit");
      clearTimeout(impatience);
    },
  };
}

function clientArguments({ port, login, authority, id }: ClientOptions): string[] {
  return [
    ...["-h", "127.0.0.1", "-p", String(port)],
    ...(login === undefined ? [] : ["-u", login[0], "-P", login[1]]),
    ...(authority === undefined ? [] : ["--cafile", authority]),
    ...(id === undefined ? [] : ["-i", id]),
  ];
}

/** Publishes a message, and waits for its acknowledgement where the QoS has one. @throws where the broker refuses the client */
export async function publish(
  options: ClientOptions,
  topic: string,
  text: string,
  { qos = 1, isRetained = false }: { qos?: number; isRetained?: boolean } = {},
): Promise<void> {
  const message = ["-t", topic, "-m", text, "-q", String(qos), ...(isRetained ? ["-r"] : [])];
  const { code, stderr } = await run("mosquitto_pub", [...clientArguments(options), ...message], {
    cwd: "/",
    timeoutMs: patienceMs,
  });
  if (code !== 0) throw new Error(`mosquitto_pub: ${stderr.trim()}`);
}

/** A subscriber of Mosquitto's own. */
export interface Subscriber {
  readonly heard: readonly Heard[];
  /** Waits for a message. */
  hears(topic: string, text: string): Promise<Heard>;
  stop(): Promise<void>;
}

const subscribers = new Set<ChildProcess>();

/** Ends the subscribers of tests that have failed: they would connect again for ever. */
export function endSubscribers(): void {
  for (const child of subscribers) child.kill("SIGKILL");
}

/** Subscribes, and resolves when the broker has confirmed it. */
export async function subscribe(options: ClientOptions, filter: string, qos = 2): Promise<Subscriber> {
  const args = [...clientArguments(options), "-t", filter, "-q", String(qos), "-d", "-F", "HEARD %q %r %t %p"];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "stdbuf", "-oL", binary("mosquitto_sub"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  subscribers.add(child);
  child.once("exit", () => subscribers.delete(child));
  const heard: Heard[] = [];
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    const [, qos, retained, topic = "", text = ""] = /^HEARD (\d) (\d) (\S+) (.*)$/.exec(line) ?? [];
    if (qos !== undefined) heard.push({ topic, text, qos: Number(qos), retained: retained === "1" });
  };
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", take);
  const isOver = () => child.exitCode !== null;
  const confirmed = () => lines.some((line) => line.startsWith("Subscribed (mid: 1)"));
  await until(Date.now() + patienceMs, () => isOver() || confirmed());
  if (!confirmed()) throw new Error(`mosquitto_sub: ${lines.join("\n")}`);
  return {
    heard,
    async hears(topic, text) {
      const find = () => heard.find((it) => it.topic === topic && it.text === text);
      await until(Date.now() + patienceMs, () => find() !== undefined);
      return find() ?? fail(`${topic} ${text}`, heard);
    },
    async stop() {
      if (isOver()) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function fail(what: string, heard: readonly Heard[]): never {
  throw new Error(`has not heard ${what}, but ${JSON.stringify(heard)}`);
}
