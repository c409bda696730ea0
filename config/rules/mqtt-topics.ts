import { filterProblem, filtersOverlap, subjectOf, uncovered } from "../../nats/mqtt-topics.ts";
import { filledIn } from "../../nats/subject-templates.ts";
import { contains } from "../../nats/subjects.ts";
import type { PlacedBridge } from "../mqtt-bridges.ts";
import { type Finding, listed, type Path, pathText, show } from "../problem.ts";
import type { Account, MqttBridge, Role } from "../schema.ts";

type Topic = MqttBridge["topics"]["out"][number];

interface PlacedTopic {
  readonly path: Path;
  readonly topic: Topic;
  readonly direction: "in" | "out";
  /** Filter on the side of NATS. */
  readonly remote: string;
}

/** Topics that MQTT and NATS take, that don't come back, and that the bridge's role lets through. */
export function* bridgedTopics({ path, bridge }: PlacedBridge, account: Account): Generator<Finding> {
  const all = (["out", "in"] as const).flatMap((direction) =>
    bridge.topics[direction].map((topic, index): PlacedTopic => {
      return { path: [...path, "topics", direction, index], topic, direction, remote: `${topic.remote}${topic.topic}` };
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
  const fill = (subject: string) => filledIn(subject, { name: bridge.user, account: bridge.account, tags });
  for (const topic of legal) yield* permitted(topic, ["accounts", bridge.account, "roles", roleName], role, fill);
}

function* form({ path, topic, remote }: PlacedTopic): Generator<Finding> {
  for (const side of ["local", "remote"] as const) {
    if (!/[#+]/.test(topic[side])) continue;
    yield { path: [...path, side], found: show(topic[side]), allowed: "a prefix has no wildcards" };
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

/** NATS has no "no local": whoever subscribes to what it publishes gets it back. */
function* overlapping(topics: readonly PlacedTopic[]): Generator<Finding> {
  for (const [index, topic] of topics.entries()) {
    const other = topics.slice(0, index).find(({ remote }) => filtersOverlap(remote, topic.remote));
    if (other === undefined) continue;
    const theirs = `${pathText(other.path)} (${show(other.remote)})`;
    const allowed =
      other.direction === topic.direction
        ? `on the side of NATS it overlaps with ${theirs}: what both match would go through twice`
        : `on the side of NATS it overlaps with ${theirs}, and what the bridge publishes there would come back to it as an echo: give each way topics of its own`;
    yield { path: topic.path, found: show(topic.remote), allowed };
  }
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
  const denied = deny.flatMap(fill).find((subject) => contains(subject, subjectOf(remote)));
  if (missing.length === 0 && denied === undefined) return;
  const why = missing.length > 0 ? `does not have ${listed(missing, "and")}` : `denies ${String(denied)}`;
  const effect =
    direction === "out"
      ? "and NATS throws away what may not be published without a word"
      : "and NATS would refuse the subscription, which Mosquitto only logs";
  yield { path, found: show(remote), allowed: `${pathText(fieldPath)} ${why}, ${effect}`, given: [fieldPath] };
}
