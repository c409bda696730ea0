import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "yaml";
import { assertQuiet } from "./support/changes.ts";
import { configure, stackFileText } from "./support/configuration.ts";
import { killUpdate, type Victims } from "./support/kill.ts";
import { finishedCopy, freshCopy, startUp, up, type ProjectCopy } from "./support/project-copy.ts";
import { randomFrom } from "./support/random.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, stateOf, urnsOf, type State } from "./support/state.ts";
import { assertCredentialsFit, assertManifestsInStep } from "./support/trust-check.ts";

/** When to kill: after this many milliseconds, or this many milliseconds after this many lines of output. */
interface Moment {
  readonly lines: number;
  readonly ms: number;
  readonly victims: Victims;
}

const VICTIMS: readonly Victims[] = ["group", "engine", "everything"];
/** Kills at moments of the clock, spread over a whole first update, most of which is spent before and after the work ... */
const BY_CLOCK = 9;
/** ... and kills in the midst of the work, which shows in the lines of output. */
const BY_LINE = 12;
/** Lines of output of a first update: each resource begins and ends with one. */
const LINES = 85;

const seed = Number(process.env.NATS_PLATFORM_TEST_SEED ?? Date.now() % 2 ** 31);
const random = randomFrom(seed);
const undisturbed = firstUpdate();

describe("an update that is killed", { concurrency: 2 }, () => {
  for (const moment of moments()) {
    test(`the first one: ${words(moment)}: the next update heals it, and no key is lost`, async (t) => {
      const copy = await freshCopy();
      const stackFile = stackFileText(copy);
      const reached = await killed(copy, moment);
      const kept = await stateOf(copy);
      // Every fifth is also previewed afterwards.
      await heal(t, copy, { kept, reached, isPreviewed: random() < 0.2 });
      // Killed at the wrong moment, the engine leaves the file in its own style: the same settings, other white space.
      assert.deepEqual(settings(stackFileText(copy)), settings(stackFile), "Pulumi.dev.yaml");
    });
  }

  for (const victims of VICTIMS) {
    test(`one that changes something (${victims}): the next update finishes it, and no key changes`, async (t) => {
      const copy = await finishedCopy();
      const before = filesOf(copy);
      configure(copy, ["accounts", "BILLING"], { roles: { reader: {} } });
      configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
      configure(copy, ["accounts", "IOT", "limits", "connections"], 200);
      const reached = await killed(copy, { lines: 3 + Math.floor(random() * 10), ms: random() * 100, victims });
      const kept = await stateOf(copy);
      assert.ok(Object.keys(keysOf(kept)).length >= 19, "the keys of the finished update");
      await heal(t, copy, { kept, reached, isPreviewed: true, more: 6 });
      assert.deepEqual(differences(before, filesOf(copy)), [
        "deploy/local-secrets/secret.orders.orders-nats.yaml",
        "deploy/local/1-configuration/configmap.nats.nats-accounts.yaml",
      ]);
    });
  }
});

/** What a stack's file says, without the salt: looking at the state with the plain CLI is enough to bring that back. */
function settings(text: string): unknown {
  const { encryptionsalt: _, ...others } = parse(text) as Record<string, unknown>;
  return others;
}

function* moments(): Generator<Moment> {
  for (let place = 0; place < BY_CLOCK; place += 1) {
    yield { lines: 0, ms: (place + random()) / BY_CLOCK, victims: VICTIMS[place % 3] ?? "group" };
  }
  for (let place = 0; place < BY_LINE; place += 1) {
    const lines = 1 + Math.floor(((place + random()) / BY_LINE) * LINES);
    yield { lines, ms: random() * 30, victims: VICTIMS[place % 3] ?? "group" };
  }
}

function words({ lines, ms, victims }: Moment): string {
  const when = lines === 0 ? `at ${Math.round(ms * 100)} % of its time` : `${Math.round(ms)} ms after line ${lines}`;
  return `${victims} killed ${when} (seed ${seed})`;
}

/** Starts an update and kills it. Returns its last line, or that it was over before. */
async function killed(copy: ProjectCopy, { lines, ms, victims }: Moment): Promise<string> {
  const { ms: whole } = await undisturbed;
  let seen = 0;
  let last = "nothing";
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const update = startUp(copy, [], {
    onLine: (line) => {
      seen += 1;
      if (line.trim() !== "") last = line.trim();
      if (seen === lines) reach();
    },
  });
  if (lines === 0) await Promise.race([pause(ms * whole), update.ended]);
  else await Promise.race([reached.then(() => pause(ms)), update.ended]);
  killUpdate(update.pid, copy.folder, victims);
  const { code } = await update.ended;
  return code === 0 ? "its end" : last;
}

interface Killed {
  readonly kept: State;
  readonly reached: string;
  readonly isPreviewed: boolean;
  /** Resources that are to be there beyond those of the undisturbed update. */
  readonly more?: number;
}

/** Runs the update again, once, and asserts that everything is there and nothing was minted twice. */
async function heal(
  t: TestContext,
  copy: ProjectCopy,
  { kept, reached, isPreviewed, more = 0 }: Killed,
): Promise<void> {
  const keys = keysOf(kept);
  const { code, output } = await up(copy);
  assert.equal(code, 0, `killed at ${reached}; then\n${output}`);
  assert.match(output, /manifests\s*: "deploy\/local"/);
  const state = await stateOf(copy);
  const after = keysOf(state);
  assert.deepEqual(
    Object.fromEntries(Object.keys(keys).map((name) => [name, after[name]])),
    keys,
    "keys that were in the state",
  );
  const { urns } = await undisturbed;
  assert.deepEqual(
    urns.filter((urn) => !urnsOf(state).includes(urn)),
    [],
    "resources that are missing",
  );
  assert.equal(state.resources.length, urns.length + more);
  assert.equal(state.pendingOperations, 0, `killed at ${reached}; pending operations are left by\n${output}`);
  assertManifestsInStep(copy, state);
  assert.equal(assertCredentialsFit(copy), 8);
  if (isPreviewed) await assertQuiet(copy);
  const healed = output.split("\n").filter((line) => /removed the lock|cleared \d+/.test(line)).length;
  t.diagnostic(
    `killed at ${JSON.stringify(reached)} with ${Object.keys(keys).length} keys in the state; ${healed} thing(s) to heal`,
  );
}

async function firstUpdate(): Promise<{ urns: string[]; ms: number }> {
  const copy = await freshCopy();
  const started = performance.now();
  const { code, output } = await up(copy);
  assert.equal(code, 0, output);
  return { ms: performance.now() - started, urns: urnsOf(await stateOf(copy)) };
}
