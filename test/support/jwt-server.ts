import { join } from "node:path";
import { startNatsServer, type NatsServer } from "./nats-server.ts";

/** What a server in operator mode trusts. */
export interface ServerTrust {
  readonly operatorJwt: string;
  readonly systemAccount: string;
  /** Account JWTs by public key, the system account's among them. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** A server in operator mode. */
export type JwtServer = NatsServer;

/**
 * Starts a nats-server that knows its accounts from its configuration. Its files are in `folder`, which is made.
 *
 * @param options.hasMqtt opens a port for MQTT clients, and JetStream, which their sessions take
 */
export function startJwtServer(
  folder: string,
  trust: ServerTrust,
  { hasMqtt = false }: { hasMqtt?: boolean } = {},
): Promise<JwtServer> {
  return startNatsServer(folder, {
    operator: trust.operatorJwt,
    system_account: trust.systemAccount,
    resolver: "MEMORY",
    resolver_preload: { ...trust.accounts },
    ...(hasMqtt ? { server_name: "mqtt", jetstream: { store_dir: join(folder, "jetstream") } } : {}),
    ...(hasMqtt ? { mqtt: { host: "127.0.0.1", port: -1 } } : {}),
  });
}
