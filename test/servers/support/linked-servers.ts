import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startNatsServer, type NatsServer } from "../../support/nats-server.ts";
import { freePort } from "./free-port.ts";
import { startNatsExporter, type NatsExporter } from "./nats-exporter.ts";

type Conf = Parameters<typeof startNatsServer>[1];
type Name = "home" | "far" | "leaf";

/**
 * Three servers with a configuration of their own, as a region has no gateways and leaf nodes yet: one that is watched, one of another
 * cluster that it has a gateway to, and its leaf node.
 */
export interface LinkedServers {
  /** Where the watched server is scraped. */
  readonly exporter: NatsExporter;
  stop(name: Name): Promise<void>;
  /** Starts one that was stopped, with another configuration where one is given. */
  start(name: Name, change?: Conf): Promise<void>;
  end(): Promise<void>;
}

/** Starts them. Their files are in `folder`, which is made. @param program the nats-server to run, where it is not the present one */
export async function startLinkedServers(folder: string, program?: string): Promise<LinkedServers> {
  mkdirSync(folder);
  const ports = { home: await freePort(), far: await freePort(), leaf: await freePort(), monitor: await freePort() };
  const monitor = `127.0.0.1:${String(ports.monitor)}`;
  const gateway = (own: "home" | "far", other: "home" | "far") => ({
    ...{ name: own, host: "127.0.0.1", port: ports[own] },
    gateways: [{ name: other, url: `nats://127.0.0.1:${String(ports[other])}` }],
  });
  const leafnode = `nats://127.0.0.1:${String(ports.leaf)}`;
  // Servers with gateways and leaf nodes have to have one.
  const system = { accounts: { SYS: {} }, system_account: "SYS" };
  const confs: Readonly<Record<Name, Conf>> = {
    home: {
      ...{ ...system, server_name: "home-0", http: monitor, gateway: gateway("home", "far") },
      leafnodes: { host: "127.0.0.1", port: ports.leaf },
    },
    far: { ...system, server_name: "far-0", gateway: gateway("far", "home") },
    leaf: { server_name: "leaf-0", leafnodes: { reconnect: 1, remotes: [{ url: leafnode }] } },
  };
  const running = new Map<Name, NatsServer>();
  let starts = 0;
  const start = async (name: Name, change: Conf = {}) => {
    const place = join(folder, `${name}-${String(starts++)}`);
    running.set(name, await startNatsServer(place, { ...confs[name], ...change }, program));
  };
  const stop = async (name: Name) => running.get(name)?.stop();
  for (const name of ["home", "far", "leaf"] as const) await start(name);
  const everything = { streams: "consumers", accounts: true, gateways: true, leafnodes: true } as const;
  const exporter = startNatsExporter(`http://${monitor}`, await freePort(), everything);
  const end = async () => {
    await Promise.all([exporter.kill(), ...[...running.values()].map((server) => server.stop())]);
  };
  return { exporter, start, stop, end };
}
