import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRendered, secretsOf } from "../../../cli/local/manifests.ts";
import { makeAuthority, type Authority } from "../../../tools/cluster/certificates.ts";
import { platformOf } from "../../support/program.ts";
import { addSecret, issueFor } from "./certificates.ts";
import { endSubscribers, startMosquitto, type Mosquitto } from "./mosquitto.ts";
import { startDev, type TestRegion } from "./region.ts";

/** A region with one server that takes MQTT clients over TLS, and what its bridges are given. */
export interface BridgedRegion {
  readonly region: TestRegion;
  readonly authority: Authority;
  /** For files of the tests; it goes with the region. */
  readonly folder: string;
  /** Where the bridges connect to, by a name that TLS is told. */
  readonly nats: string;
  readonly natsPort: number;
  /** The very mosquitto.conf that a bridge's Secret holds. */
  confOf(bridge: string): string;
  /** Starts the broker of a bridge, with the authority and these files in its container. */
  start(bridge: string, options?: StartOptions): Promise<Mosquitto>;
  end(): Promise<void>;
}

/** How a broker is started. */
export interface StartOptions {
  readonly files?: Readonly<Record<string, string>>;
  /** Change of the mosquitto.conf, for what is to go wrong. */
  readonly change?: (conf: string) => string;
  /** Another place for NATS, as host:port. */
  readonly nats?: string;
  /** Authorities, PEM. */
  readonly ca?: string;
  /** What stands for the root of its container's file system: that of one before, to go on with what it kept. Absent: a new one. */
  readonly folder?: string;
}

/** The role and account with which tests try bridges. */
export const bridgeRole = {
  bearer: true,
  connectionTypes: ["MQTT"],
  publish: ["sensors", "sensors.>", "zero.*", "two.*", "homeassistant", "homeassistant.>", "up.*.status"],
  subscribe: ["commands", "commands.>", "in0.*", "in2.*", "down.*.set"],
};

/** Renders the dev stack with these bridges, all of role `bridge` of account IOT, and starts its servers: one, with TLS for MQTT. */
export async function startBridged(
  bridges: Readonly<Record<string, object>>,
  { roles = {}, users = {}, accounts = {} }: { roles?: object; users?: object; accounts?: object } = {},
): Promise<BridgedRegion> {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-bridge-"));
  mkdirSync(join(folder, "certificates"));
  const authority = await makeAuthority(join(folder, "certificates"));
  const certificate = await issueFor(authority, "mqtt");
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: { IOT: { roles: object; users: object } };
    regions: { local: { nats: object; mqttBridges: object } };
  };
  const { local } = platform.regions;
  const { IOT } = platform.accounts;
  local.nats = { ...local.nats, replicas: 1, mqtt: { tls: { secret: "nats-mqtt-tls" } } };
  const common = { account: "IOT", role: "bridge", ca: { configMap: "ca" }, restartTimeout: "1s" };
  local.mqttBridges = Object.fromEntries(
    Object.entries(bridges).map(([name, bridge]) => [name, { ...common, broker: { anonymous: true }, ...bridge }]),
  );
  platform.accounts = { ...platform.accounts, ...accounts };
  IOT.roles = { ...IOT.roles, bridge: bridgeRole, ...roles };
  IOT.users = { ...IOT.users, ...users };
  const region = await startDev({ platform, fixed: true }, ({ rendered }) => {
    addSecret(rendered, "nats-mqtt-tls", certificate);
  });
  const natsPort = Number(new URL(region.servers[0]?.mqttUrl ?? "").port);
  const nats = `localhost:${String(natsPort)}`;
  const ca = readFileSync(authority.certificate, "utf8");
  const confs = new Map(
    secretsOf(readRendered(region.rendered)).map((it) => [it.metadata.name, it.stringData["mosquitto.conf"]]),
  );
  const confOf = (bridge: string) => confs.get(`${bridge}-bridge`) ?? assert.fail(`no Secret of bridge ${bridge}`);
  const running: Mosquitto[] = [];
  return {
    ...{ region, authority, folder, nats, natsPort, confOf },
    async start(bridge, options = {}) {
      const { files = {}, change = (conf) => conf } = options;
      const root = options.folder ?? mkdtempSync(join(folder, `${bridge}-`));
      const place = { folder: root, nats: options.nats ?? nats };
      const all = { "/mosquitto/ca/ca.crt": options.ca ?? ca, ...files };
      const mosquitto = await startMosquitto(change(confOf(bridge)), place, all);
      running.push(mosquitto);
      return mosquitto;
    },
    async end() {
      endSubscribers();
      await Promise.all(running.map((mosquitto) => mosquitto.stop()));
      await region.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The JWT with which a bridge signs in. */
export function passwordIn(conf: string): string {
  return /^remote_password (\S+)$/m.exec(conf)?.[1] ?? assert.fail("no password");
}
