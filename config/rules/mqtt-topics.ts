import { filterProblem, filtersOverlap, subjectsOf, uncovered } from "../../nats/mqtt-topics.ts";
import { filledIn, missingTag, type TemplateUser } from "../../nats/subject-templates.ts";
import { contains, overlaps } from "../../nats/subjects.ts";
import type { PlacedBridge } from "../mqtt-bridges.ts";
import { type Finding, listed, type Path, pathText, show } from "../problem.ts";
import type { Account, MqttBridge, Role } from "../schema.ts";

type Topic = MqttBridge["topics"]["out"][number];

interface PlacedTopic {
  readonly path: Path;
  readonly topic: Topic;
  readonly direction: "in" | "out";
  /** Filter on the broker's side. */
  readonly local: string;
  /** Filter on the side of NATS. */
  readonly remote: string;
}

/** Topics that MQTT and NATS take, that don't come back, and that the bridge's role lets through. */
export function* bridgedTopics({ path, bridge }: PlacedBridge, account: Account): Generator<Finding> {
  const all = (["out", "in"] as const).flatMap((direction) =>
    bridge.topics[direction].map((topic, index): PlacedTopic => {
      const [local, remote] = [`${topic.local}${topic.topic}`, `${topic.remote}${topic.topic}`];
      return { path: [...path, "topics", direction, index], topic, direction, local, remote };
    }),
  );
  if (all.length === 0) {
    yield { path: [...path, "topics"], found: "neither out nor in", allowed: "nothing would be bridged" };
  }
  const legal: PlacedTopic[] = [];
  for (const topic of all) {
    const findings = [...form(topic)];
    yield* findings;
    if (findings.length === 0) legal.push(topic);
  }
  yield* overlapping(legal);
  const roleName = bridge.role ?? account.users[bridge.user]?.role;
  const role = roleName !== undefined && Object.hasOwn(account.roles, roleName) ? account.roles[roleName] : undefined;
  if (roleName === undefined || role === undefined) return;
  const tags = account.users[bridge.user]?.tags ?? [];
  const user = { name: bridge.user, account: bridge.account, tags };
  const rolePath = ["accounts", bridge.account, "roles", roleName];
  const denied = unfilled(rolePath, role, user);
  const field = bridge.role === undefined ? "user" : "role";
  if (denied !== undefined) yield { path: [...path, field], found: show(bridge[field]), ...denied };
  for (const topic of legal) yield* permitted(topic, rolePath, role, (subject) => filledIn(subject, user));
}

function* form({ path, topic, remote }: PlacedTopic): Generator<Finding> {
  for (const side of ["local", "remote"] as const) {
    if (!/[#+]/.test(topic[side])) continue;
    yield { path: [...path, side], found: show(topic[side]), allowed: "a prefix has no wildcards" };
    return;
  }
  for (const field of ["topic", "local", "remote"] as const) {
    if (topic[field] !== '""') continue;
    const allowed = 'to Mosquitto, "" is no text at all: leave the quotes out';
    yield { path: [...path, field], found: show(topic[field]), allowed };
    return;
  }
  for (const side of ["remote", "local"] as const) {
    const allowed = filterProblem(`${topic[side]}${topic.topic}`);
    if (allowed === undefined) continue;
    yield { path, found: show(`${topic[side]}${topic.topic}`), allowed };
    return;
  }
  if (!remote.startsWith("$")) return;
  yield { path, found: show(remote), allowed: "on the side of NATS, subjects that begin with $ are the servers' own" };
}

/**
 * Mosquitto 2.0 maps a message by the first line of its direction that matches, and by that alone: what goes out is compared where the broker
 * has it, what comes in where NATS has it. NATS has no "no local": whoever subscribes to what it publishes gets it back. Mosquitto has it for
 * what passes, but not for what it retains: all of that goes out each time that the bridge connects.
 */
function* overlapping(topics: readonly PlacedTopic[]): Generator<Finding> {
  for (const [index, topic] of topics.entries()) {
    const earlier = topics.slice(0, index);
    const { path, direction, local, remote } = topic;
    const side = direction === "out" ? "local" : "remote";
    const twin = earlier.find((it) => it.direction === direction && filtersOverlap(it[side], topic[side]));
    const opposite = earlier.filter((it) => it.direction !== direction);
    const echo = opposite.find((it) => filtersOverlap(it.remote, remote));
    const kept = opposite.find((it) => filtersOverlap(it.local, local));
    if (twin !== undefined) {
      const where = direction === "out" ? "at the broker" : "on the side of NATS";
      const allowed = `${where} it overlaps with ${pathText(twin.path)} (${show(twin[side])}): Mosquitto maps what both match by the first of them alone`;
      yield { path, found: show(direction === "out" ? local : remote), allowed };
    }
    if (echo !== undefined) {
      const allowed = `on the side of NATS it overlaps with ${pathText(echo.path)} (${show(echo.remote)}), and what the bridge publishes there would come back to it as an echo: give each way topics of its own`;
      yield { path, found: show(remote), allowed };
    } else if (kept !== undefined) {
      const allowed = `at the broker it overlaps with ${pathText(kept.path)} (${show(kept.local)}), and what came in there and is retained would go out again each time that the bridge connects, an echo: give each way topics of its own`;
      yield { path, found: show(local), allowed };
    }
  }
}

/** nats-server 2.15 drops what is allowed by a tag that the user lacks, and refuses the user where it would be denied by one. */
function unfilled(rolePath: Path, role: Role, user: TemplateUser): Pick<Finding, "allowed" | "given"> | undefined {
  for (const field of ["publish", "subscribe"] as const) {
    const path = [...rolePath, field, "deny"];
    for (const subject of role[field].deny) {
      const tag = missingTag(subject, user);
      if (tag === undefined) continue;
      const allowed = `${pathText(path)} has ${show(subject)}, and the servers let in nobody who has no tag for ${tag}: ${user.name} has none`;
      return { allowed, given: [path] };
    }
  }
  return undefined;
}

function* permitted(
  { path, direction, remote }: PlacedTopic,
  rolePath: Path,
  role: Role,
  fill: (subject: string) => string[],
): Generator<Finding> {
  const field = direction === "out" ? "publish" : "subscribe";
  const { allow, deny } = role[field];
  const fieldPath = [...rolePath, field];
  // What is allowed with a queue group is not allowed without one.
  const subjects = allow.filter((subject) => !subject.includes(" ")).flatMap(fill);
  const missing = uncovered(remote, subjects);
  // A subscription is refused where all of it is denied; of what is published, each message that is denied is lost.
  const stops = direction === "out" ? overlaps : contains;
  const subjectsThere = subjectsOf(remote);
  const denied = deny
    .filter((subject) => !subject.includes(" "))
    .flatMap(fill)
    .find((subject) => subjectsThere.some((it) => stops(subject, it)));
  if (missing.length === 0 && denied === undefined) return;
  const why = missing.length > 0 ? `does not have ${listed(missing, "and")}` : `denies ${String(denied)}`;
  const effect =
    direction === "out"
      ? "and NATS throws away what may not be published without a word"
      : "and NATS would refuse the subscription, which Mosquitto only logs";
  yield { path, found: show(remote), allowed: `${pathText(fieldPath)} ${why}, ${effect}`, given: [fieldPath] };
}
