import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiException, type CoreV1Api, type V1Secret } from "@kubernetes/client-node";
import type { ControllerSettings } from "../../../../components/discovery/settings.ts";
import type { Events } from "../../../../cli/discover/events.ts";
import { startGrace, type Grace } from "../../../../cli/discover/grace.ts";
import { issuersOf } from "../../../../cli/discover/issuers.ts";
import { readLedger } from "../../../../cli/discover/ledger.ts";
import { reconciler } from "../../../../cli/discover/reconcile.ts";
import { makeSnapshot } from "../../../../cli/discover/snapshot.ts";
import { readWithdrawn } from "../../../../cli/discover/withdrawn.ts";
import { parseCreds } from "../../../../nats/creds.ts";
import { decodeJwt } from "../../../../nats/jwt.ts";
import type { PublicNkey } from "../../../../nats/nkeys.ts";
import { keys, requestWith, settingsWith } from "./samples.ts";
import { memoryRecords } from "./records.ts";

const KEY = "orders.mine";

/** Stands for a user where there is none. */
const nobody = "" as PublicNkey;
const PLACE = { namespace: "orders", name: "mine" };

/** A cluster of one Secret, and records, in which the process can end before any call that changes something. */
function makeWorld() {
  let [ledgerParts, withdrawnParts] = [memoryRecords(), memoryRecords()];
  const snapshot = makeSnapshot();
  const delivered = new Set<PublicNkey>();
  const calls: string[] = [];
  const reported: string[] = [];
  let secret: V1Secret | undefined;
  let version = 0;
  let callsLeft = Infinity;
  let before: (call: string) => void = () => undefined;
  let forbidden: string | undefined;

  const change = (call: string) => {
    before(call);
    if (callsLeft <= 0) throw new Error("killed");
    callsLeft -= 1;
    calls.push(call);
  };
  const put = (body: V1Secret, uid: string) => {
    version += 1;
    secret = Object.assign(structuredClone(body), {
      metadata: Object.assign({}, body.metadata, { uid, resourceVersion: String(version) }),
    });
    const creds = Buffer.from(body.data?.["nats.creds"] ?? "", "base64").toString();
    delivered.add(decodeJwt(parseCreds(creds).jwt).claims.sub ?? nobody);
    return Promise.resolve(secret);
  };
  const core = {
    readNamespacedSecret() {
      if (forbidden === "get") return refuse(403);
      return secret === undefined ? refuse(404) : Promise.resolve(secret);
    },
    createNamespacedSecret({ body }: { body: V1Secret }) {
      change("create Secret");
      return secret === undefined ? put(body, `uid-${version}`) : refuse(409);
    },
    replaceNamespacedSecret({ body }: { body: V1Secret }) {
      change("replace Secret");
      const isSame = secret?.metadata?.resourceVersion === body.metadata?.resourceVersion;
      return isSame ? put(body, body.metadata?.uid ?? "") : refuse(409);
    },
    deleteNamespacedSecret() {
      if (forbidden === "delete") return refuse(403);
      change("delete Secret");
      secret = undefined;
      return Promise.resolve({});
    },
  };
  const events: Events = {
    did: (_, reason) => reported.push(reason),
    refuse: (_, { reason }) => reported.push(reason),
    stop: () => Promise.resolve(),
  };
  const recording = (name: string, parts: ReturnType<typeof memoryRecords>) =>
    parts.map((part) => ({
      ...part,
      async write(key: string, value: string) {
        change(`write ${name}`);
        await part.write(key, value);
      },
    }));
  return {
    snapshot,
    delivered,
    calls,
    reported,
    ledger: () => readLedger(ledgerParts),
    withdrawn: () => readWithdrawn(withdrawnParts),
    get secret() {
      return secret;
    },
    set secret(value) {
      secret = value;
    },
    /** Takes a verb on Secrets from the controller, or gives it back what it had. */
    forbid(verb?: "get" | "delete") {
      forbidden = verb;
    },
    loseRecords() {
      ledgerParts = memoryRecords();
      withdrawnParts = memoryRecords();
    },
    dieAfter(count: number) {
      callsLeft = count;
    },
    onCall(listener: (call: string) => void) {
      before = listener;
    },
    /** Starts anew, as after a restart, and brings the place up to date. */
    reconcile(settings: ControllerSettings = settingsWith(), grace: Grace = startGrace(0, () => undefined)) {
      const work = reconciler({
        settings,
        snapshot,
        ledger: readLedger(recording("ledger", ledgerParts)),
        withdrawn: readWithdrawn(recording("withdrawn", withdrawnParts)),
        issue: issuersOf(settings, keys),
        secrets: { core: core as unknown as CoreV1Api, where: "the test" },
        grace,
        events,
        log: () => undefined,
      });
      return work(KEY);
    },
  };
}

function refuse(code: number): Promise<never> {
  return Promise.reject(new ApiException(code, "", {}, {}));
}

type World = ReturnType<typeof makeWorld>;

const pod = (world: World, words: Record<string, string>) => {
  const { object, prefix } = requestWith(words, { name: "pod", uid: "uid" });
  world.snapshot.put("pods", prefix, object);
};

/** Every user that was ever delivered is the one that the place holds now, or is listed. */
function assertNothingLost(world: World) {
  const held = world.ledger().get(KEY).held?.user;
  const withdrawn = world.withdrawn();
  for (const user of world.delivered) assert.ok(user === held || withdrawn.has(user), `${user} is not known of`);
}

const currentUser = ({ secret }: World) =>
  decodeJwt(parseCreds(Buffer.from(secret?.data?.["nats.creds"] ?? "", "base64").toString()).jwt).claims.sub;

test("the ledger is written before the Secret, and the list before a Secret goes", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  await world.reconcile();
  world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  await world.reconcile();
  assert.deepEqual(world.calls, ["write ledger", "create Secret", "write withdrawn", "delete Secret", "write ledger"]);
});

test("a Secret that nothing asks for stays for its grace, and its key with it when it is asked for again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const clock = context.mock.method(performance, "now", () => 0);
  const world = makeWorld();
  const asked: string[] = [];
  const grace = startGrace(60, (key) => asked.push(key));
  const reconcileAt = (seconds: number) => {
    clock.mock.mockImplementation(() => seconds * 1000);
    return world.reconcile(settingsWith(), grace);
  };
  pod(world, { role: "worker" });
  await reconcileAt(0);
  const user = currentUser(world);
  world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  await reconcileAt(1);
  await reconcileAt(60);
  pod(world, { role: "worker" });
  await reconcileAt(60);
  assert.equal(currentUser(world), user);
  assert.deepEqual(world.calls, ["write ledger", "create Secret"]);

  // Its time begins anew, and at its end the place has its turn.
  world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  await reconcileAt(61);
  context.mock.timers.tick(61_000);
  assert.deepEqual(asked, [KEY]);
  await reconcileAt(121);
  assert.equal(world.secret, undefined);
  assert.ok(user !== undefined && world.withdrawn().has(user));
});

test("whom the account refuses has no grace", async () => {
  const world = makeWorld();
  const grace = startGrace(60, () => undefined);
  pod(world, { role: "worker" });
  await world.reconcile(settingsWith(), grace);
  pod(world, { account: "BILLING" });
  await world.reconcile(settingsWith(), grace);
  assert.equal(world.secret, undefined);
});

test("nothing is written where everything is as it should be", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  await world.reconcile();
  world.calls.length = 0;
  await world.reconcile();
  assert.deepEqual(world.calls, []);
});

const histories: [string, ((world: World) => void)[]][] = [
  [
    "a role that changes",
    [
      (it) => {
        pod(it, { role: "worker" });
      },
      (it) => {
        pod(it, { role: "auditor" });
      },
    ],
  ],
  [
    "a pod that goes and comes back",
    [
      (it) => {
        pod(it, { role: "worker" });
      },
      (it) => {
        it.snapshot.remove("pods", { namespace: "orders", name: "pod" });
      },
      (it) => {
        pod(it, { role: "worker" });
      },
    ],
  ],
  [
    "a Secret that is deleted by hand",
    [
      (it) => {
        pod(it, {});
      },
      (it) => {
        it.secret = undefined;
      },
    ],
  ],
];

for (const [title, steps] of histories) {
  test(`killed before any change, nothing that was handed out is lost, and no key comes twice: ${title}`, async () => {
    for (let death = 0; death < 12; death++) {
      const world = makeWorld();
      const withdrawnOnce = new Set<PublicNkey>();
      for (const step of steps) {
        step(world);
        world.dieAfter(death);
        await world.reconcile().catch((error: unknown) => {
          assert.match(String(error), /killed/);
        });
        assertNothingLost(world);
        // What happens next may come before the next start, or after it.
        if (death % 2 === 0) {
          world.dieAfter(Infinity);
          await world.reconcile();
          assertNothingLost(world);
          if (world.secret !== undefined) assert.ok(!world.withdrawn().has(currentUser(world) ?? nobody));
        }
        const user = world.secret === undefined ? undefined : currentUser(world);
        if (user !== undefined) assert.ok(!withdrawnOnce.has(user), "a withdrawn key came again");
        const list = world.withdrawn();
        for (const it of world.delivered) if (list.has(it)) withdrawnOnce.add(it);
      }
      world.dieAfter(Infinity);
      await world.reconcile();
      assertNothingLost(world);
      assert.ok(world.secret);
      assert.ok(!world.withdrawn().has(currentUser(world) ?? nobody));
    }
  });
}

test("a label that changes while the ledger is written leads to the Secret of the new label, and never of the old", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  world.onCall((call) => {
    if (call === "write ledger") pod(world, { role: "auditor" });
  });
  await world.reconcile();
  assert.equal(world.ledger().get(KEY).held?.role, "auditor");
  assert.equal(world.delivered.size, 1);
  assertNothingLost(world);
});

test("a pod that goes while the ledger is written leaves no Secret", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  world.onCall((call) => {
    if (call === "write ledger") world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  });
  await world.reconcile();
  assert.equal(world.secret, undefined);
  assert.equal(world.ledger().get(KEY).held, undefined);
});

test("one that something else makes in the same moment is left alone", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  const foreign: V1Secret = { metadata: { ...PLACE, uid: "theirs", resourceVersion: "9" }, data: { password: "eA==" } };
  world.onCall((call) => {
    if (call === "create Secret") world.secret = foreign;
  });
  await world.reconcile();
  assert.equal(world.secret, foreign);
  assert.deepEqual(world.reported, ["ErrorUpsertingSecret"]);
});

test("with a rotation that is raised and lowered again, no key comes twice", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  const users: (string | undefined)[] = [];
  for (const rotation of [0, 1, 0, 1, 2, 0]) {
    await world.reconcile(settingsWith({ rotation }));
    users.push(currentUser(world));
  }
  assert.equal(new Set(users).size, 6);
  assertNothingLost(world);
});

test("a list that was emptied after its users were revoked brings no key back", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  await world.reconcile();
  const first = currentUser(world);
  world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  await world.reconcile();
  assert.equal(world.ledger().get(KEY).generation, 1);
  pod(world, { role: "worker" });
  await world.reconcile();
  assert.notEqual(currentUser(world), first);
});

for (const verb of ["get", "delete"] as const) {
  test(`without the right to ${verb} Secrets, the user is listed, and the Secret goes as soon as the right is there`, async () => {
    const world = makeWorld();
    pod(world, { role: "worker" });
    await world.reconcile();
    const user = currentUser(world) ?? nobody;
    const nothing = settingsWith({ accounts: {} });
    world.forbid(verb);
    for (let attempt = 0; attempt < 2; attempt++) {
      const parts = [
        `user ${user} is listed as to be revoked`,
        `needs \`${verb} secrets\``,
        "regions\\.east\\.discovery\\.takeBackFrom: \\[orders\\]",
      ];
      await assert.rejects(world.reconcile(nothing), new RegExp(parts.join(".*")));
      assert.ok(world.withdrawn().has(user));
      assert.equal(world.ledger().get(KEY).held?.user, user);
      assert.deepEqual(world.ledger().held(), [KEY]);
    }
    world.forbid();
    await world.reconcile(nothing);
    assert.equal(world.secret, undefined);
    assert.deepEqual(world.ledger().get(KEY), { generation: 1 });
    assert.equal(world.calls.filter((it) => it === "write withdrawn").length, 1);
  });
}

test("takeBackFrom is named only for a namespace that may have nothing, or is not watched", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  await world.reconcile();
  world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  world.forbid("get");
  const failureWith = (settings: ControllerSettings) =>
    world.reconcile(settings).then(
      () => "",
      (error: unknown) => String(error),
    );
  const here = await failureWith(settingsWith());
  assert.match(here, /needs `get secrets` there/);
  assert.doesNotMatch(here, /takeBackFrom/);
  assert.match(await failureWith(settingsWith({ namespace: "team-a" })), /takeBackFrom: \[orders\]/);
});

test("a Secret that could not be deleted when its grace was over has no other grace", async () => {
  const world = makeWorld();
  pod(world, { role: "worker" });
  await world.reconcile();
  world.snapshot.remove("pods", { namespace: "orders", name: "pod" });
  world.forbid("delete");
  await assert.rejects(world.reconcile());
  world.forbid();
  const grace = startGrace(60, () => undefined);
  await world.reconcile(settingsWith(), grace);
  grace.stop();
  assert.equal(world.secret, undefined);
});

/** The place's third user, of generation 2: the first two are withdrawn. */
async function makeThird(world: World): Promise<PublicNkey> {
  for (const role of ["worker", "auditor", "worker"]) {
    pod(world, { role });
    await world.reconcile();
  }
  assert.equal(world.ledger().get(KEY).generation, 2);
  return currentUser(world) ?? nobody;
}

test("with the records lost, no key comes again, and the Secret's user is listed, wherever it is killed", async () => {
  for (let death = 0; death < 6; death++) {
    const world = makeWorld();
    const third = await makeThird(world);
    world.loseRecords();
    const before = new Set(world.delivered);
    world.dieAfter(death);
    await world.reconcile().catch((error: unknown) => {
      assert.match(String(error), /killed/);
    });
    world.dieAfter(Infinity);
    await world.reconcile();
    assert.ok(!before.has(currentUser(world) ?? nobody), "a withdrawn key came again");
    assert.ok(world.withdrawn().has(third));
    assert.equal(world.ledger().get(KEY).generation, 3);
  }
});

test("with the records lost, a Secret without readable credentials tells its generation, and has nobody listed", async () => {
  const world = makeWorld();
  const third = await makeThird(world);
  world.loseRecords();
  const before = new Set(world.delivered);
  if (world.secret?.data !== undefined) world.secret.data["nats.creds"] = Buffer.from("edited").toString("base64");
  await world.reconcile();
  assert.ok(!before.has(currentUser(world) ?? nobody), "a withdrawn key came again");
  assert.ok(!world.withdrawn().has(third));
});
