import { allBridges, type NamedBridge, type PlacedBridge } from "../mqtt-bridges.ts";
import { type Finding, listed, type Path, show } from "../problem.ts";
import type { Account, Platform, Region } from "../schema.ts";
import { formatSize } from "../sizes.ts";
import { existing } from "./accounts.ts";
import { cluster } from "./deliveries.ts";
import { lackingForSessions } from "./mqtt-sessions.ts";
import { bridgedTopics } from "./mqtt-topics.ts";
import { requests } from "./requests.ts";
import type { Rule } from "./rule.ts";

/** What Mosquitto keeps of a message that waits, but for its text: 140 bytes with a short topic (2.0.11), and more with a long one. */
const BESIDE_A_MESSAGE = 256;

/** Bridges that can connect, as somebody who may, and of which none is in another's way. */
export const mqttBridges: Rule = function* (platform) {
  const first = firstOf();
  for (const placed of allBridges(platform)) {
    const { region: regionName, path, bridge } = placed;
    const region = platform.regions[regionName];
    if (region === undefined) continue;
    yield* connection(placed, region);
    yield* broker(placed);
    yield* serversNames(placed, platform);
    yield* namesakes(placed, platform, first);
    const account = Object.hasOwn(platform.accounts, bridge.account) ? platform.accounts[bridge.account] : undefined;
    if (account === undefined) {
      yield {
        path: [...path, "account"],
        found: show(bridge.account),
        allowed: `this stack has ${existing("account", Object.keys(platform.accounts), bridge.account)}`,
        given: [["accounts", bridge.account]],
      };
      continue;
    }
    yield* login(placed, platform, account);
    yield* bridgedTopics(placed, account);
  }
};

function* connection({ path, bridge, region }: PlacedBridge, { nats }: Region): Generator<Finding> {
  const { address, ca, broker } = bridge;
  const mqttPath = ["regions", region, "nats", "mqtt"];
  if (address === undefined && nats.mqtt === undefined) {
    const allowed = `the servers of region ${region} listen to no MQTT clients: give them nats.mqtt, or the bridge an address`;
    yield { path, found: "nothing to connect to", allowed, given: [mqttPath] };
    return;
  }
  const hasTls = address?.tls ?? nats.mqtt?.tls !== undefined;
  const caPath = [...path, "ca"];
  if (hasTls && ca === undefined) {
    const allowed = "the servers' certificate can't be checked without the authorities that it may come from";
    yield { path: caPath, found: "nothing", allowed, given: [mqttPath] };
  } else if (!hasTls && ca !== undefined) {
    const allowed = "the bridge connects without TLS: nats.mqtt has no tls, or address has tls: false";
    yield { path: caPath, found: "authorities", allowed, given: [mqttPath] };
  }
  if (ca !== undefined && (ca.file === undefined) !== (broker !== undefined)) {
    const [found, allowed] =
      ca.file === undefined
        ? [
            "a ConfigMap or Secret",
            "with deploy: false only the broker's owner can mount it: say with file where it is then",
          ]
        : ["a file", "it goes with deploy: false; a broker that is run here mounts a configMap or secret"];
    yield { path: caPath, found, allowed };
  }
}

function* broker({ path, bridge: { broker } }: PlacedBridge): Generator<Finding> {
  if (broker === undefined) return;
  const { anonymous, passwords, listeners, service, allowFrom, resources, maxQueuedMessages } = broker;
  yield* requests(resources, [...path, "broker", "resources"]);
  const { memory } = resources.limits;
  const most = Math.floor(memory / 2 / BESIDE_A_MESSAGE);
  if (maxQueuedMessages > most) {
    const allowed = `with the memory limit of ${formatSize(memory)} at most ${String(most)} may wait: each takes up to ${String(BESIDE_A_MESSAGE)} bytes beside what it says, and half of the memory is for that`;
    const given = [[...path, "broker", "resources", "limits", "memory"]];
    yield { path: [...path, "broker", "maxQueuedMessages"], found: String(maxQueuedMessages), allowed, given };
  }
  if (!anonymous && passwords === undefined) {
    const allowed = "clients need a password file then: passwords, or anonymous: true";
    yield { path: [...path, "broker", "anonymous"], found: "false", allowed };
  }
  if (listeners.mqtt.port === listeners.websockets?.port) {
    const allowed = "the other listener has this port";
    yield { path: [...path, "broker", "listeners", "websockets", "port"], found: show(listeners.mqtt.port), allowed };
  }
  if (service.type !== "ClusterIP" && allowFrom !== undefined) {
    const allowed = `broker.allowFrom lets in pods alone, and whoever comes from outside is none: leave it out, or give the Service the type ClusterIP`;
    const given = [[...path, "broker", "allowFrom"]];
    yield { path: [...path, "broker", "service", "type"], found: show(service.type), allowed, given };
  }
}

/** The servers' objects in their namespace are named `nats` and `nats-…`: those of another region of the cluster, too. */
function* serversNames({ path, bridge, region }: PlacedBridge, platform: Platform): Generator<Finding> {
  const { broker, name, namespace } = bridge;
  if (broker === undefined || (name !== "nats" && !name.startsWith("nats-"))) return;
  const where = cluster(platform, region);
  const theirs = Object.entries(platform.regions).find(
    ([other, { nats }]) => nats.namespace === namespace && cluster(platform, other) === where,
  );
  if (theirs === undefined) return;
  const allowed = `names with nats are the servers' in their namespace (region ${theirs[0]})`;
  yield { path, found: `the name ${show(name)}`, allowed };
}

/** Says which bridge was the first with something, if this one isn't. */
function firstOf() {
  const seen = new Map<string, PlacedBridge>();
  return (placed: PlacedBridge, ...key: readonly string[]): PlacedBridge | undefined => {
    const text = JSON.stringify(key);
    const other = seen.get(text);
    if (other === undefined) seen.set(text, placed);
    return other;
  };
}

function* namesakes(placed: PlacedBridge, platform: Platform, first: ReturnType<typeof firstOf>): Generator<Finding> {
  const { region, path, bridge } = placed;
  const where = cluster(platform, region);
  const { address } = bridge;
  const servers = address === undefined ? ["of", region] : ["at", address.host, String(address.port)];
  const session = first(placed, "session", ...servers, bridge.account, bridge.clientId);
  if (session !== undefined) {
    const allowed = `bridge ${session.bridge.name} of region ${session.region} signs in with it: the servers would throw out one for the other`;
    yield { path: [...path, "clientId"], found: show(bridge.clientId), allowed };
  }
  const namesake = first(placed, "name", where, bridge.namespace, bridge.name);
  if (namesake !== undefined) {
    const allowed = `region ${namesake.region} has a bridge of this name in the same namespace of ${where}`;
    yield { path: [...path, "namespace"], found: show(bridge.namespace), allowed };
  } else if (bridge.createNamespace) {
    const maker = first(placed, "namespace", where, bridge.namespace);
    const neighbour = Object.entries(platform.regions).find(
      ([other, { nats }]) =>
        other !== region &&
        nats.createNamespace &&
        nats.namespace === bridge.namespace &&
        cluster(platform, other) === where,
    );
    const other = neighbour?.[0] ?? maker?.region ?? region;
    if (other === region) return;
    const allowed = `region ${other} makes the namespace ${bridge.namespace} of ${where}: say false here`;
    yield { path: [...path, "createNamespace"], found: "true", allowed };
  }
}

function* login({ path, bridge, region }: PlacedBridge, { regions }: Platform, account: Account): Generator<Finding> {
  const written = regions[region]?.mqttBridges[bridge.name];
  if ((written?.user === undefined) === (bridge.role === undefined)) {
    const found = bridge.role === undefined ? "neither role nor user" : "role and user";
    yield { path, found, allowed: "exactly one of them says whom the bridge signs in as" };
    return;
  }
  if (written?.user !== undefined) {
    if (bridge.rotation !== undefined) {
      const allowed = "it goes with role: the user has a rotation of its own";
      yield { path: [...path, "rotation"], found: show(bridge.rotation), allowed };
    }
    if (!Object.hasOwn(account.users, bridge.user)) {
      const allowed = `account ${bridge.account} has ${existing("user", Object.keys(account.users), bridge.user)}`;
      const given = [["accounts", bridge.account, "users", bridge.user]];
      yield { path: [...path, "user"], found: show(bridge.user), allowed, given };
      return;
    }
  }
  yield* permitted(path, bridge, account);
}

function* permitted(path: Path, bridge: NamedBridge, account: Account): Generator<Finding> {
  const { users, roles } = account;
  const accountPath = ["accounts", bridge.account];
  const field = bridge.role === undefined ? "user" : "role";
  const roleName = bridge.role ?? users[bridge.user]?.role;
  const role = roleName !== undefined && Object.hasOwn(roles, roleName) ? roles[roleName] : undefined;
  const shown = show(bridge.role ?? bridge.user);
  const rolePath = [...accountPath, "roles", roleName ?? ""];
  if (roleName === undefined || role?.bearer === false) {
    const allowed = `a bridge signs in with its JWT as the password, which takes a role with bearer: true: ${roleName === undefined ? "it has no role" : `role ${roleName} is not one`}`;
    yield { path: [...path, field], found: shown, allowed, given: [[...rolePath, "bearer"]] };
  } else if (role !== undefined && role.connectionTypes.length > 0 && !role.connectionTypes.includes("MQTT")) {
    const allowed = `role ${roleName} may connect as ${listed(role.connectionTypes, "and")} only: add MQTT to its connectionTypes`;
    yield { path: [...path, field], found: shown, allowed, given: [[...rolePath, "connectionTypes"]] };
  }
  const lacking = lackingForSessions(bridge.account, account);
  if (lacking !== undefined) {
    const allowed = `MQTT sessions are ${lacking.allowed}`;
    yield { path: [...path, "account"], found: show(bridge.account), allowed, given: lacking.given };
  }
}
