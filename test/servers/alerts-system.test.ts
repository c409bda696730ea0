import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { AuthorizationError } from "@nats-io/transport-node";
import { scopedUserClaims } from "../../nats/claims/user.ts";
import { formatCreds, parseCreds } from "../../nats/creds.ts";
import { signJwt } from "../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, signerOf, type Seed } from "../../nats/nkeys.ts";
import { fixedMaterial } from "../support/fixed-keys.ts";
import { platformOf } from "../support/program.ts";
import { connectWith } from "./support/clients.ts";
import type { ExporterCommand } from "./support/exporter.ts";
import { eventually } from "./support/monitoring.ts";
import { connectMqtt, type MqttClient } from "./support/mqtt.ts";
import { provoke } from "./support/provoked.ts";
import { regionName } from "./support/region.ts";
import { startSilentClient } from "./support/silent-client.ts";
import { startSystemExporter, systemTarget } from "./support/system-watch.ts";
import { addTlsListener, makeCertificate } from "./support/tls-listener.ts";
import { startWatched, type WatchedRegion } from "./support/watched-region.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];
const clientId = "bridge";

const folder = mkdtempSync(join(tmpdir(), "nats-platform-system-alerts-"));
let watched: WatchedRegion;
let system: ExporterCommand;
let bridge: MqttClient;

before(async () => {
  const certificate = await makeCertificate(folder, 90);
  watched = await startWatched({
    ...{ factor, scrapeSeconds, run: { platform: withBridge(platformOf("dev")), fixed: true } },
    context: { hasSystemExporter: true, hasTls: true, bridges: [clientId] },
    add: (stack) => {
      addTlsListener(stack, certificate);
    },
  });
  bridge = await connectBridge();
  system = await startSystemExporter(watched.region, [clientId]);
  watched.scrape(systemTarget(system));
  // What is counted before the first scrape is no increase.
  const isScraped = async () => (await watched.prometheus.query("nats_system_connected == 1")).length > 0;
  await eventually("the system exporter is scraped", isScraped);
});
after(async () => {
  await watched.end();
  await system.end();
  bridge.close();
  rmSync(folder, { recursive: true });
});

suite("alerts that only the system account can tell", { concurrency: true }, () => {
  test("logins with credentials that are of nobody are noticed while they go on", async (t) => {
    const enough = new AbortController();
    let trying = Promise.resolve();
    await provoke(t, watched.prometheus, {
      what: "a client tries wrong credentials again and again",
      alerts: ["NatsAuthenticationErrors"],
      cause: async () => {
        await refused();
        trying = (async () => {
          while (!enough.signal.aborted) await refused();
        })();
      },
      cure: async () => {
        enough.abort();
        await trying;
      },
    });
  });

  test("a client whose JWT ends while it is connected is noticed, and forgotten later", async (t) => {
    await provoke(t, watched.prometheus, {
      what: "the JWT of a connected client ends",
      alerts: ["NatsCredentialsExpired"],
      cause: async () => {
        // One that reads would end the connection itself when it is told, and the server may take that for the reason.
        const client = await startSilentClient(watched.region.urls[0] ?? "", signedUser(10), "orders.>");
        t.after(() => {
          client.close();
        });
      },
      cure: () => Promise.resolve(),
    });
  });

  test("a bridge that is not connected is down until it is", async (t) => {
    await provoke(t, watched.prometheus, {
      what: "the connection of an MQTT bridge is cut",
      alerts: ["NatsMqttBridgeDown"],
      cause: () => {
        bridge.close();
        return Promise.resolve();
      },
      cure: async () => {
        bridge = await connectBridge();
      },
    });
  });
});

test("a certificate that ends within a day is told of in both ways, until the servers present another one", async (t) => {
  const restart = async (days: number) => {
    await makeCertificate(folder, days);
    for (const pod of watched.pods) {
      await pod.killServer();
      await pod.restore();
    }
    bridge = await connectBridge();
  };
  await provoke(t, watched.prometheus, {
    what: "the servers present a certificate of one day",
    alerts: ["NatsCertificateExpiring", "NatsCertificateExpired"],
    cause: () => restart(1),
    cure: () => restart(90),
  });
});

test("a system exporter that is gone is told of, and nothing that it cannot know any more", async (t) => {
  await provoke(t, watched.prometheus, {
    what: "the system exporter is gone",
    alerts: ["NatsSystemExporterDown"],
    silent: ["NatsMqttBridgeDown", "NatsCertificateExpiring", "NatsTargetDown", "NatsServersMissing"],
    cause: () => system.end(),
    cure: async () => {
      system = await startSystemExporter(watched.region, [clientId]);
      watched.scrape(systemTarget(system));
    },
  });
});

/** A login with a user of the account that somebody else's key has signed. */
async function refused(): Promise<void> {
  const { jwt } = parseCreds(watched.region.credential("SERVICES", "orders").creds);
  const creds = formatCreds(jwt, encodeSeed("user", randomBytes(32)));
  await assert.rejects(connectWith(creds, watched.region.urls), AuthorizationError);
}

/** Credentials of a worker of SERVICES, signed with the key of the fixed stack. */
function signedUser(secondsToLive: number): string {
  const now = Math.floor(Date.now() / 1000);
  const account = publicKeyOf(fixedMaterial("account", "account.SERVICES") as Seed);
  const seed = encodeSeed("user", randomBytes(32));
  const claims = scopedUserClaims({
    ...{ sub: publicKeyOf(seed), name: "guest", exp: now + secondsToLive, nats: { issuer_account: account } },
  });
  const signer = signerOf(fixedMaterial("account", "account.SERVICES.role.worker") as Seed);
  return formatCreds(signJwt(claims, signer, now - 120), seed);
}

/** Signs in, again and again: servers that have just started refuse MQTT clients for a while (nats-server 2.15). */
async function connectBridge(): Promise<MqttClient> {
  const { region, pods } = watched;
  const { jwt: password } = parseCreds(region.credential("IOT", "bridge").creds);
  const url = pods[0]?.server.mqttUrl ?? assert.fail("it takes no MQTT clients");
  let client: MqttClient | undefined;
  await eventually("the bridge is connected", async () => {
    client = await connectMqtt(url, { clientId, username: "bridge", password }).catch(() => undefined);
    return client !== undefined;
  });
  return client ?? assert.fail();
}

type Tree = Record<string, unknown>;

/** A bearer that MQTT clients sign in as. */
function withBridge(platform: Tree): Tree {
  const { accounts } = structuredClone(platform) as { accounts: { IOT: Record<"roles" | "users", Tree> } };
  accounts.IOT.roles.bridge = { publish: ["sensors.>"], subscribe: ["$MQTT.sub.>"], bearer: true };
  const deliver = [{ region: regionName, namespace: "iot", secret: "bridge" }];
  accounts.IOT.users.bridge = { role: "bridge", deliver };
  return { ...platform, accounts };
}
