import { parseArgs } from "node:util";
import { parseDuration } from "../../config/durations.ts";
import { Trouble } from "../../tools/project.ts";

/** What `system-exporter` is asked for. */
export interface ExporterArguments {
  /** Client addresses of servers, any of which is enough. */
  readonly servers: readonly string[];
  /** File with the credentials of a user of the system account. */
  readonly creds: string;
  /** File with the certificate authority of the servers. Absent: those that Node knows. */
  readonly ca?: string;
  /** Port of /metrics, /healthz and /readyz; 0 is any free one. */
  readonly port: number;
  readonly intervalSeconds: number;
  /** Client ids of MQTT clients whose connections are counted. */
  readonly mqttClients: readonly string[];
}

/** Where Prometheus finds the metrics unless another port is asked for. */
export const defaultPort = 7778;

const usage =
  "usage: npm run cli -- system-exporter --server URL [--server URL ...] --creds FILE [--ca FILE] [--port PORT] [--interval 15s] [--mqtt-client ID ...]";

/** Reads the arguments. @throws Trouble */
export function readArguments(args: readonly string[]): ExporterArguments {
  const {
    server = [],
    creds,
    ca,
    port = String(defaultPort),
    interval = "15s",
    "mqtt-client": ids = [],
  } = parsed(args);
  if (server.length === 0) throw wrong("found no --server, but at least one is needed");
  if (creds === undefined) throw wrong("found no --creds, but it is needed");
  for (const url of server) {
    const problem = addressProblem(url);
    if (problem !== undefined) throw wrong(`--server: ${problem}`);
  }
  if (!(/^\d{1,5}$/.test(port) && Number(port) < 65_536))
    throw wrong(`--port: found ${JSON.stringify(port)}, but a number from 0 to 65535 is needed`);
  const intervalSeconds = parseDuration(interval);
  if (intervalSeconds === undefined || intervalSeconds < 1 || intervalSeconds > 300)
    throw wrong(`--interval: found ${JSON.stringify(interval)}, but a duration from 1s to 5m is needed, such as 15s`);
  if (ids.includes("")) throw wrong('--mqtt-client: found "", but the id of an MQTT client is needed');
  return {
    ...{ servers: server, creds, port: Number(port), intervalSeconds, mqttClients: [...new Set(ids)] },
    ...(ca === undefined ? {} : { ca }),
  };
}

/** What is wrong with an address. A login in it would be seen in the list of processes, and is not shown again. */
function addressProblem(url: string): string | undefined {
  const needed = "an address such as nats://nats.nats.svc.cluster.local:4222 is needed";
  if (url.includes("@")) return `found a login in an address, but ${needed}, and credentials in the file of --creds`;
  return /^(?:nats|tls):\/\/[\w.-]+(?::\d{1,5})?$/.test(url)
    ? undefined
    : `found ${JSON.stringify(url)}, but ${needed}`;
}

function wrong(problem: string): Trouble {
  return new Trouble(`${problem}\n${usage}`);
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  try {
    const options = { server: texts, creds: text, ca: text, port: text, interval: text, "mqtt-client": texts };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}
