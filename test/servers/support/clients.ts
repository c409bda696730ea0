import { credsAuthenticator, connect, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import { contextName } from "../../../cli/local/contexts.ts";
import type { Credential } from "../../../cli/local/credentials.ts";
import { run, type Finished } from "../../../tools/run.ts";
import { regionName, type TestRegion } from "./region.ts";

const second = 1000;

/** Connects with a creds file, and gives up at the first refusal. */
export function connectWith(
  creds: string,
  servers: readonly string[],
  options: NodeConnectionOptions = {},
): Promise<NatsConnection> {
  return connect({
    servers: [...servers],
    authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
    timeout: 20 * second,
    reconnect: false,
    ...options,
  });
}

/** Connects as a delivered user, to the first server unless others are named. */
export function connectAs(
  region: TestRegion,
  account: string,
  user: string,
  options: NodeConnectionOptions & { urls?: readonly string[] } = {},
): Promise<NatsConnection> {
  const { urls = region.urls.slice(0, 1), ...rest } = options;
  return connectWith(region.credential(account, user).creds, urls, rest);
}

/** Runs the `nats` command in a user's context. */
export function natsCommand(
  region: TestRegion,
  user: Pick<Credential, "account" | "user">,
  args: readonly string[],
): Promise<Finished> {
  return run("nats", ["--context", contextName(regionName, user), ...args], {
    cwd: region.folder,
    env: { PATH: process.env.PATH, HOME: region.folder, XDG_CONFIG_HOME: region.contexts.configHome },
    timeoutMs: 60 * second,
  });
}
