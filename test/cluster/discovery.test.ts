import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import type { ControllerSettings } from "../../components/discovery/settings.ts";
import { parseCreds } from "../../nats/creds.ts";
import { decodeJwt } from "../../nats/jwt.ts";
import { until } from "../../tools/cluster/wait.ts";
import { startJwtServer, type JwtServer } from "../support/jwt-server.ts";
import { teamOn, type Team, type TeamSecret } from "./support/asking.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import {
  controllerObjects,
  renderDiscovery,
  startController,
  type RenderedDiscovery,
  type RunningController,
} from "./support/discovery.ts";
import { served } from "./support/kinds.ts";
import { inWords, measureMany } from "./support/many-pods.ts";
import { accountsDefinition } from "./support/nack-accounts.ts";

const WAIT = { seconds: 90 };

const role = (subject: string) => ({ publish: [subject], subscribe: [subject, "_INBOX.>"] });

const platform = {
  operator: { name: "ring" },
  accounts: {
    SERVICES: {
      roles: { worker: role("orders.>"), auditor: role("audit.>") },
      users: {
        declared: { role: "worker", deliver: [{ region: "ring", namespace: "orders", secret: "declared-nats" }] },
        ring_orders_namesake: { role: "worker" },
      },
      allow: [
        { region: "*", namespaces: ["orders", "team-*"] },
        { region: "ring", namespaces: ["limited"], roles: ["worker"] },
        { region: "elsewhere-*", namespaces: ["strangers"] },
      ],
    },
    billing: { allow: [{ region: "ring", namespaces: ["orders"] }] },
    PRIVATE: { allow: [{ region: "ring", namespaces: ["vault"] }] },
  },
  regions: {
    ring: {
      target: { render: "deploy/ring" },
      discovery: { image: "registry.example/nats-platform:1", resync: "2s", grace: "0s" },
    },
  },
};

const worker = { account: "SERVICES", role: "worker" };

/** Every test has places of its own; where one goes on where another ended, it says so. */
describe("workloads get credentials by labels", () => {
  const undo: (() => Promise<unknown>)[] = [];
  let plane: ControlPlane;
  let rendered: RenderedDiscovery;
  let team: Team;
  let nats: JwtServer;
  let controller: RunningController;

  before(async () => {
    plane = await startControlPlane();
    undo.push(() => plane.stop());
    rendered = await renderDiscovery(platform);
    nats = await startJwtServer(join(plane.folder, "nats"), rendered.trust);
    undo.push(() => nats.stop());
    team = teamOn(plane);
    for (const name of ["orders", "limited", "vault", "strangers", "team-a"]) await team.makeNamespace(name);
    await plane.apply(...controllerObjects(rendered).filter(({ kind }) => kind === "Namespace"));
    await plane.apply(...controllerObjects(rendered).filter(({ kind }) => kind !== "Namespace"));
    controller = await startController(plane, rendered);
    undo.push(() => controller.kill());
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  /** Ends the controller as Kubernetes does, and starts it with other settings. */
  async function restart(change: Partial<ControllerSettings> = {}): Promise<void> {
    assert.equal(await controller.stop(), 0);
    controller = await startController(plane, rendered, change);
  }

  /** Lets the controller do what another configuration of the same platform would, and nothing else. */
  async function giveAccess(discovery: object, allow: readonly object[]): Promise<void> {
    const { SERVICES, ...others } = platform.accounts;
    const { ring } = platform.regions;
    const { objects } = await renderDiscovery({
      ...platform,
      accounts: { ...others, SERVICES: { ...SERVICES, allow } },
      regions: { ring: { ...ring, discovery: { ...ring.discovery, ...discovery } } },
    });
    const kinds = "roles,rolebindings,clusterroles,clusterrolebindings";
    await plane.kubectl("delete", kinds, "-A", "-l", "app.kubernetes.io/component=discovery");
    await plane.apply(...objects.filter(({ kind }) => /^(Cluster)?Role(Binding)?$/.test(kind)));
  }

  const there = (namespace: string, name: string): Promise<TeamSecret> =>
    until(`Secret ${namespace}/${name} is there`, () => team.secret(namespace, name), {
      ...WAIT,
      explain: controller.log,
    });
  const gone = (namespace: string, name: string) =>
    until(`Secret ${namespace}/${name} is gone`, async () => (await team.secret(namespace, name)) === undefined, {
      ...WAIT,
      explain: controller.log,
    });
  const event = (namespace: string, object: string, reason: string) =>
    until(
      `${namespace}/${object} has an Event ${reason}`,
      async () => (await team.events(namespace, object)).find((it) => it.reason === reason),
      { ...WAIT, explain: controller.log },
    );
  const withdrawnUser = (user: string) =>
    until(`${user} is listed as withdrawn`, async () => (await team.configMap("nats-discovery-withdrawn"))[user], {
      ...WAIT,
      explain: controller.log,
    });

  test("the rendered settings hold no key, and nothing but the Secret does", () => {
    const plain = JSON.stringify(rendered.objects.filter(({ kind }) => kind !== "Secret"));
    assert.doesNotMatch(plain, /\bS[AOU][A-Z2-7]{56}\b/);
    assert.match(rendered.keys, /"signing": "SA[A-Z2-7]{56}"/);
  });

  test("a pod with the labels account, secret and role gets a Secret that connects with the role's permissions", async (context) => {
    await team.makePod("orders", "shop", { ...worker, secret: "shop-nats", installation: rendered.settings.operator });
    const { data, labels, annotations } = await there("orders", "shop-nats");
    assert.deepEqual(Object.keys(data).sort(), ["ACCOUNT_NAME", "URLS", "nats.creds"]);
    assert.equal(data.ACCOUNT_NAME, "SERVICES");
    assert.equal(data.URLS, "nats://nats.nats.svc.cluster.local:4222");
    assert.deepEqual(labels, {
      "app.kubernetes.io/managed-by": "nats-platform",
      "nats-platform/account": "SERVICES",
      "nats-tower.com/nats-tower-secret": "true",
      "nats-tower.com/nats-tower-credential-type": "user",
    });
    const { user, ...madeFor } = JSON.parse(annotations["nats-platform/discovered"] ?? "") as Record<string, unknown>;
    const { operator, region } = rendered.settings;
    assert.deepEqual(madeFor, { operator, region, account: "SERVICES", role: "worker", rotation: 0, generation: 0 });
    assert.equal(decodeJwt(parseCreds(data["nats.creds"] ?? "").jwt).claims.sub, user);
    assert.equal(decodeJwt(parseCreds(data["nats.creds"] ?? "").jwt).claims.name, "ring_orders_shop-nats");

    const connection = await signIn(context, nats, data);
    assert.deepEqual(await allowedOf(connection, ["orders.new", "audit.new"]), ["orders.new"]);
    await event("orders", "shop", "Created");
    assert.equal((await team.events("orders", "shop")).filter(({ type }) => type === "Warning").length, 0);
  });

  test("a pod without a role gets the whole account, under the platform's own prefix as well", async (context) => {
    await team.makePod("orders", "admin", { account: "SERVICES", secret: "admin-nats" }, {}, "nats-platform/");
    const { data, labels } = await there("orders", "admin-nats");
    assert.equal(labels["nats-platform/secret"], "true");
    const connection = await signIn(context, nats, data);
    assert.deepEqual(await allowedOf(connection, ["orders.new", "audit.new"]), ["orders.new", "audit.new"]);
  });

  test("a NACK Account gets the same under its own name, also where its kind comes after the controller", async (context) => {
    await plane.apply(accountsDefinition);
    await served(plane, [accountsDefinition]);
    await team.makeNackAccount("orders", "billing", { secret: "nack" });
    const { data } = await there("orders", "nack");
    assert.equal(data.ACCOUNT_NAME, "billing");
    await signIn(context, nats, data);
    const { involvedObject } = await event("orders", "billing", "Created");
    assert.equal(involvedObject.apiVersion, "jetstream.nats.io/v1beta2");
    await team.deleteNackAccount("orders", "billing");
    await gone("orders", "nack");
  });

  test("annotations say what a user may do where the role is none of the account's, and are not read where it is", async (context) => {
    const annotations = { publish: "stock.>, prices.*\nalerts", subscribe: "stock.> team" };
    const made = { account: "SERVICES", secret: "own-nats", role: "stock" };
    await team.makePod("orders", "own", made, annotations);
    const connection = await signIn(context, nats, (await there("orders", "own-nats")).data);
    const asked = ["stock.a.b", "prices.x", "prices.x.y", "alerts", "orders.new"];
    assert.deepEqual(await allowedOf(connection, asked), ["stock.a.b", "prices.x", "alerts"]);

    await team.makePod("orders", "scoped", { ...worker, secret: "scoped-nats" }, annotations);
    const scoped = await signIn(context, nats, (await there("orders", "scoped-nats")).data);
    assert.deepEqual(await allowedOf(scoped, ["stock.a.b", "orders.new"]), ["orders.new"]);
  });

  const refused: [
    title: string,
    pod: string,
    namespace: string,
    labels: Record<string, string>,
    reason: string,
    message: RegExp,
    annotations?: Record<string, string>,
  ][] = [
    [
      "no account",
      "no-account",
      "orders",
      {},
      "MissingAccountLabel",
      /found no label nats-tower\.com\/nats-tower-account/,
    ],
    [
      "another operator",
      "other",
      "orders",
      { ...worker, installation: "none" },
      "InvalidInstallationLabel",
      /found "none", but this operator is O/,
    ],
    [
      "an account of others",
      "spy",
      "orders",
      { account: "PRIVATE" },
      "ErrorK8sAccessNotAllowed",
      /account PRIVATE allows only vault in region ring \(accounts\.PRIVATE\.allow\)/,
    ],
    [
      "the system account",
      "system",
      "orders",
      { account: "SYS" },
      "ErrorK8sAccessNotAllowed",
      /found "SYS", but namespace orders may have only the accounts SERVICES and billing/,
    ],
    [
      "a namespace of another region",
      "abroad",
      "strangers",
      worker,
      "ErrorK8sAccessNotAllowed",
      /allows only orders, team-\* and limited in region ring/,
    ],
    [
      "another role than it may have",
      "wrong-role",
      "limited",
      { ...worker, role: "auditor" },
      "ErrorK8sAccessNotAllowed",
      /allows only the role worker in namespace limited/,
    ],
    [
      "the whole account where roles are listed",
      "whole",
      "limited",
      { account: "SERVICES" },
      "ErrorK8sAccessNotAllowed",
      /found no role, but/,
    ],
    [
      "made up permissions where roles are listed",
      "made-up",
      "limited",
      { ...worker, role: "own" },
      "ErrorK8sAccessNotAllowed",
      /made up by annotations/,
      { publish: "a" },
    ],
    [
      "annotations without a role",
      "roleless",
      "orders",
      { account: "SERVICES" },
      "MissingRoleLabel",
      /need a label nats-tower\.com\/nats-tower-role/,
      { publish: "a" },
    ],
    [
      "an unknown role",
      "unknown-role",
      "orders",
      { ...worker, role: "wrker" },
      "ErrorCreatingUserAuth",
      /only the roles auditor and worker; did you mean worker\?/,
    ],
    [
      "a subject that is none",
      "bad-subject",
      "orders",
      { ...worker, role: "own" },
      "ErrorCreatingUserAuth",
      /nats-tower-publish: found "a\.\.b", but a subject's tokens/,
      { publish: "ok, a..b" },
    ],
    [
      "more permissions than a server reads",
      "long",
      "orders",
      { ...worker, role: "own" },
      "ErrorCreatingUserAuth",
      /servers accept at most/,
      { publish: Array.from({ length: 400 }, (_, at) => `subject.${String(at)}`).join() },
    ],
    [
      "another type of credentials",
      "odd-type",
      "orders",
      { ...worker, "credential-type": "account" },
      "ErrorCreatingUserAuth",
      /only user is known/,
    ],
    [
      "a name that no Secret has",
      "odd-name",
      "orders",
      { ...worker, secret: "My_Secret" },
      "ErrorUpsertingSecret",
      /it becomes the name of a Secret/,
    ],
    [
      "a Secret that the configuration delivers",
      "declared",
      "orders",
      { ...worker, secret: "declared-nats" },
      "ErrorUpsertingSecret",
      /accounts\.SERVICES\.users\.declared\.deliver/,
    ],
    [
      "the name of a declared user",
      "namesake",
      "orders",
      { ...worker, secret: "namesake" },
      "ErrorCreatingUserAuth",
      /accounts\.SERVICES\.users\.ring_orders_namesake/,
    ],
  ];
  for (const [title, pod, namespace, labels, reason, message, annotations] of refused) {
    test(`refused, with a reason on the pod and no Secret: ${title}`, async () => {
      const secret = labels.secret ?? `${pod}-nats`;
      await team.makePod(namespace, pod, { ...labels, secret }, annotations);
      const found = await event(namespace, pod, reason);
      assert.match(found.message ?? "", message);
      assert.equal(found.type, "Warning");
      if (/^[a-z-]+$/.test(secret)) assert.equal(await team.secret(namespace, secret), undefined);
    });
  }

  test("a refusal that stays is one Event, counted on", async () => {
    await team.makePod("orders", "again", { secret: "again-nats" });
    await event("orders", "again", "MissingAccountLabel");
    const counted = async () => {
      const found = await team.events("orders", "again");
      assert.equal(found.length, 1);
      return (found[0]?.count ?? 0) >= 3;
    };
    await until("it is counted to 3", counted, WAIT);
    await restart();
    const before = (await team.events("orders", "again"))[0]?.count ?? 0;
    await until(
      "it is counted on after a restart",
      async () => ((await team.events("orders", "again"))[0]?.count ?? 0) > before,
      WAIT,
    );
    assert.equal((await team.events("orders", "again")).length, 1);
  });

  test("without a default installation, a pod has to name the operator", async () => {
    await restart({ defaultInstallation: false });
    await team.makePod("orders", "nameless", { ...worker, secret: "nameless-nats" });
    await event("orders", "nameless", "MissingInstallationLabel");
    assert.equal(await team.secret("orders", "nameless-nats"), undefined);
    await team.label("orders", "nameless", { installation: rendered.settings.operator });
    await there("orders", "nameless-nats");
    await restart();
    await team.makePod("orders", "by-default", { ...worker, secret: "by-default-nats" });
    await event("orders", "by-default", "DefaultInstallation");
  });

  test("a Secret that something else has made is never touched", async () => {
    const body = { metadata: { name: "foreign" }, stringData: { password: "mine" } };
    await team.core.createNamespacedSecret({ namespace: "orders", body });
    const before = await team.secret("orders", "foreign");
    await team.makePod("orders", "bold", { ...worker, secret: "foreign" });
    assert.match((await event("orders", "bold", "ErrorUpsertingSecret")).message ?? "", /something else has made/);
    await team.deletePod("orders", "bold");
    await restart();
    assert.deepEqual(await team.secret("orders", "foreign"), before);
  });

  test("of two that want different things in one place, the first keeps it, and the other follows with another key", async () => {
    await team.makePod("orders", "first", { ...worker, secret: "shared" });
    const first = await there("orders", "shared");
    await team.makePod("orders", "second", { account: "SERVICES", role: "auditor", secret: "shared" });
    const { message = "" } = await event("orders", "second", "ErrorUpsertingSecret");
    assert.match(
      message,
      /found account SERVICES, role auditor, but it is for account SERVICES, role worker, as Pod first asks/,
    );
    await restart();
    assert.equal((await team.secret("orders", "shared"))?.version, first.version);

    await team.deletePod("orders", "first");
    const isSeconds = async () => {
      const { annotations = {} } = (await team.secret("orders", "shared")) ?? {};
      return annotations["nats-platform/discovered"]?.includes('"role":"auditor"');
    };
    await until("the second has it", isSeconds, WAIT);
    const second = await there("orders", "shared");
    assert.notEqual(userOf(second), userOf(first));
    assert.match(await withdrawnUser(userOf(first)), /now it is for account SERVICES, role auditor/);
  });

  test("a good Secret is left alone; one that was edited or deleted is put back with the same key", async () => {
    await team.makePod("orders", "steady", { ...worker, secret: "steady" });
    const made = await there("orders", "steady");
    await restart();
    assert.equal((await team.secret("orders", "steady"))?.version, made.version);

    const edit = { data: { URLS: Buffer.from("nats://evil:4222").toString("base64") } };
    await plane.kubectl("patch", "secret", "steady", "-n", "orders", "-p", JSON.stringify(edit));
    await until(
      "it is put back",
      async () => (await team.secret("orders", "steady"))?.data.URLS === made.data.URLS,
      WAIT,
    );
    await event("orders", "steady", "Updated");
    await plane.kubectl("delete", "secret", "steady", "-n", "orders");
    assert.deepEqual((await there("orders", "steady")).data, made.data);
  });

  test("a label that is taken away takes the Secret with it, the user is listed, and its key never comes again", async () => {
    await team.makePod("orders", "leaver", { ...worker, secret: "leaver" });
    const first = await there("orders", "leaver");
    await team.label("orders", "leaver", { secret: null });
    await gone("orders", "leaver");
    const listed = JSON.parse(await withdrawnUser(userOf(first))) as Record<string, unknown>;
    assert.equal(listed.account, rendered.settings.accounts.SERVICES?.publicKey);
    assert.equal(listed.name, "ring_orders_leaver");
    assert.equal(listed.place, "orders.leaver");
    assert.equal(listed.reason, "nothing asks for it any more");
    assert.ok(Math.abs(Date.parse(String(listed.at)) - Date.now()) < 60_000);

    await team.label("orders", "leaver", { secret: "leaver" });
    const second = await there("orders", "leaver");
    assert.notEqual(userOf(second), userOf(first));
    await team.deletePod("orders", "leaver");
    await gone("orders", "leaver");
    await withdrawnUser(userOf(second));
    await team.makePod("orders", "leaver", { ...worker, secret: "leaver" });
    assert.ok(![userOf(first), userOf(second)].includes(userOf(await there("orders", "leaver"))));
  });

  test("a pod that is replaced finds its Secret and its key as they were, and one that stays away does not", async () => {
    await restart({ graceSeconds: 15 });
    await team.makePod("orders", "replaced", { ...worker, secret: "replaced" });
    await team.makePod("orders", "leaves", { ...worker, secret: "leaves" });
    const [first, left] = [await there("orders", "replaced"), await there("orders", "leaves")];
    await team.deletePod("orders", "replaced");
    await team.makePod("orders", "replaced", { ...worker, secret: "replaced" });
    await team.deletePod("orders", "leaves");
    await gone("orders", "leaves");
    await withdrawnUser(userOf(left));
    assert.equal((await team.secret("orders", "replaced"))?.version, first.version);
    await restart();
  });

  test("what changed while the controller was away is seen by the next one", async () => {
    for (const name of ["stays", "goes", "moves"]) {
      await team.makePod("team-a", name, { ...worker, secret: name });
      await there("team-a", name);
    }
    const [stays, goes, moves] = await Promise.all(["stays", "goes", "moves"].map((it) => there("team-a", it)));
    assert.ok(stays && goes && moves);
    assert.equal(await controller.stop(), 0);
    await team.deletePod("team-a", "goes");
    await team.label("team-a", "moves", { secret: "moved" });
    controller = await startController(plane, rendered);
    await Promise.all([gone("team-a", "goes"), gone("team-a", "moves"), there("team-a", "moved")]);
    await Promise.all([goes, moves].map((it) => withdrawnUser(userOf(it))));
    assert.equal((await team.secret("team-a", "stays"))?.version, stays.version);
  });

  test("an allow list that no longer names a namespace takes back what was handed out there, and says so", async () => {
    await team.makePod("team-a", "tenant", { ...worker, secret: "tenant" });
    const made = await there("team-a", "tenant");
    const { SERVICES, ...others } = rendered.settings.accounts;
    assert.ok(SERVICES);
    await restart({ accounts: { ...others, SERVICES: { ...SERVICES, allow: [{ namespaces: ["orders"] }] } } });
    await gone("team-a", "tenant");
    assert.match(await withdrawnUser(userOf(made)), /ErrorK8sAccessNotAllowed/);
    await event("team-a", "tenant", "ErrorK8sAccessNotAllowed");
    await restart();
    assert.notEqual(userOf(await there("team-a", "tenant")), userOf(made));
  });

  test("a Secret that the configuration has taken over is left to it, and its former user is listed", async () => {
    await team.makePod("orders", "taken", { ...worker, secret: "taken-over" });
    const made = await there("orders", "taken-over");
    await restart({ taken: [{ namespace: "orders", secret: "taken-over", by: "somebody" }] });
    await withdrawnUser(userOf(made));
    assert.equal((await team.secret("orders", "taken-over"))?.uid, made.uid);
    await team.deletePod("orders", "taken");
  });

  test("a raised rotation gives every user another key", async () => {
    const before = await there("orders", "shop-nats");
    await restart({ rotation: 1 });
    await until("it has another key", async () => userOf(await there("orders", "shop-nats")) !== userOf(before), WAIT);
    assert.match(await withdrawnUser(userOf(before)), /rotation 1/);
    const rotated = await there("orders", "shop-nats");
    await restart();
    await until("it is turned back", async () => userOf(await there("orders", "shop-nats")) !== userOf(rotated), WAIT);
    assert.notEqual(userOf(await there("orders", "shop-nats")), userOf(before), "a withdrawn key came again");
  });

  test("a pod that changes its mind while its Secret is made ends with what it wants last, and gets nothing that it may not have", async () => {
    const accounts = ["SERVICES", "PRIVATE", "billing"];
    await team.makePod("orders", "restless", { account: "SERVICES", secret: "restless" });
    const seen = new Set<string>();
    for (let turn = 0; turn < 40; turn++) {
      await team.label("orders", "restless", { account: accounts[turn % 3] ?? null, secret: `restless-${turn % 2}` });
      for (const name of ["restless", "restless-0", "restless-1"]) {
        const found = await team.secret("orders", name);
        if (found !== undefined) seen.add(accountOf(found));
      }
    }
    await team.label("orders", "restless", { account: "billing", secret: "restless-1" });
    const isRight = async () => {
      const found = await team.secret("orders", "restless-1");
      return (
        found?.data.ACCOUNT_NAME === "billing" && accountOf(found) === rendered.settings.accounts.billing?.publicKey
      );
    };
    await until("it has what it wants", isRight, { ...WAIT, explain: controller.log });
    await gone("orders", "restless-0");
    const forbidden = rendered.settings.accounts.PRIVATE?.publicKey ?? "";
    assert.ok(!seen.has(forbidden));
    assert.ok(seen.size > 0);
  });

  test("killed again and again while it writes, it loses no Secret, and knows of everything that it handed out", async () => {
    const names = Array.from({ length: 60 }, (_, at) => `crash-${at}`);
    await Promise.all(names.map((name) => team.makePod("team-a", name, { ...worker, secret: name })));
    for (let kill = 0; kill < 4; kill++) {
      await controller.kill();
      controller = await startController(plane, rendered);
      if (kill % 2 === 0) for (const name of names.slice(kill * 5, kill * 5 + 5)) await team.deletePod("team-a", name);
    }
    const kept = await Promise.all(
      names.filter((_, at) => at > 14 || (at > 4 && at < 10)).map((it) => there("team-a", it)),
    );
    for (const at of [0, 4, 10, 14]) await gone("team-a", `crash-${at}`);
    const ledger = await ledgerOf(team);
    for (const secret of kept) assert.ok(ledger.includes(userOf(secret)), "handed out, and not in the ledger");
    for (const at of [0, 4, 10, 14]) assert.ok(!ledger.includes(`"team-a.crash-${at}":"{\\"generation\\":0,\\"held`));
  });

  test("it survives the API server, and catches up with what it missed", async () => {
    await plane.withoutApi(() =>
      until("it has noticed", () => controller.log().includes("a watch has ended"), {
        ...WAIT,
        explain: controller.log,
      }).then(() => undefined),
    );
    await team.makePod("orders", "late", { ...worker, secret: "late" });
    await there("orders", "late");
    const { process } = controller;
    assert.equal(process.exitCode, null);
  });

  test("a namespace that an exact allow list names no longer: users are listed at once, and Secrets go when takeBackFrom names it", async () => {
    await team.makePod("limited", "leaving", { ...worker, secret: "leaving" });
    const made = await there("limited", "leaving");
    const allow = [{ region: "ring", namespaces: ["orders"] }];
    const { SERVICES, ...others } = rendered.settings.accounts;
    assert.ok(SERVICES);
    await giveAccess({}, allow);
    await restart({ accounts: { ...others, SERVICES: { ...SERVICES, allow: [{ namespaces: ["orders"] }] } } });
    await withdrawnUser(userOf(made));
    const said = () =>
      controller
        .log()
        .split("\n")
        .find((line) => line.includes(userOf(made)));
    const line = await until("the log names the user", said, WAIT);
    assert.match(line, /Secret limited\/leaving.*could not get secrets \(403\).*needs `get secrets` there/);
    assert.match(line, /regions\.ring\.discovery\.takeBackFrom: \[limited\]/);
    assert.equal((await team.secret("limited", "leaving"))?.uid, made.uid);
    assert.ok((await ledgerOf(team)).includes(userOf(made)), "it is not known of any more");

    await giveAccess({ takeBackFrom: ["limited"] }, allow);
    await gone("limited", "leaving");
    await until("the ledger is done with it", async () => !(await ledgerOf(team)).includes(userOf(made)), WAIT);
    await team.deletePod("limited", "leaving");
  });

  test("accounts: [] takes back everything, with the rights that it leaves", async () => {
    const { allow } = platform.accounts.SERVICES;
    await giveAccess({}, allow);
    await restart();
    const made = await Promise.all([there("orders", "shop-nats"), there("team-a", "stays")]);
    await giveAccess({ accounts: [] }, [{ region: "ring", namespaces: ["orders"] }]);
    await restart({ accounts: {} });
    await Promise.all([gone("orders", "shop-nats"), gone("team-a", "stays")]);
    for (const secret of made) await withdrawnUser(userOf(secret));
    const isEmpty = async () => !(await ledgerOf(team)).includes("held");
    await until("nothing is held", isEmpty, { ...WAIT, explain: controller.log });
    await giveAccess({}, allow);
    await restart();
    assert.notEqual(userOf(await there("orders", "shop-nats")), userOf(made[0]));
  });

  test("with its records lost, it lists the user of a Secret that it finds, and gives it another key", async () => {
    const before = await there("orders", "shop-nats");
    const { generation } = JSON.parse(before.annotations["nats-platform/discovered"] ?? "") as { generation: number };
    assert.ok(generation > 0);
    assert.equal(await controller.stop(), 0);
    await plane.kubectl("delete", "configmaps", "-n", "nats", "-l", "app.kubernetes.io/component=discovery");
    await plane.apply(...controllerObjects(rendered).filter(({ kind }) => kind === "ConfigMap"));
    controller = await startController(plane, rendered);
    await until("it has another key", async () => userOf(await there("orders", "shop-nats")) !== userOf(before), WAIT);
    const after = await there("orders", "shop-nats");
    const madeFor = JSON.parse(after.annotations["nats-platform/discovered"] ?? "") as Record<string, unknown>;
    assert.equal(madeFor.generation, generation + 1);
    const listed = JSON.parse(await withdrawnUser(userOf(before))) as Record<string, unknown>;
    assert.equal(listed.account, rendered.settings.accounts.SERVICES?.publicKey);
  });

  test("a thousand pods in two hundred namespaces get their Secrets", async (context) => {
    await restart({ resyncSeconds: 600 });
    const crowd = { pods: 1000, namespaces: 200, labels: worker };
    const measured = await measureMany(team, controller, crowd);
    assert.equal(measured.secrets, 1000);
    context.diagnostic(inWords(crowd, measured));
  });

  test("neither its log, nor an Event, nor a record holds a seed or a JWT", async () => {
    const { items } = await team.core.listEventForAllNamespaces();
    const texts = [controller.log(), JSON.stringify(items), await ledgerOf(team)];
    texts.push(JSON.stringify(await team.configMap("nats-discovery-withdrawn")));
    for (const text of texts) {
      assert.ok(text.length > 100);
      assert.doesNotMatch(text, /S[AOU][A-Z2-7]{56}|eyJ[\w-]{20}/);
    }
  });

  test("asked to end, it ends at once and well", async () => {
    assert.equal(await controller.stop(), 0);
    assert.match(controller.log(), /"stopped"/);
  });
});

/** Connects as a workload does, until the end of the test. */
async function signIn(context: TestContext, server: JwtServer, data: TeamSecret["data"]): Promise<NatsConnection> {
  const authenticator = credsAuthenticator(new TextEncoder().encode(data["nats.creds"] ?? ""));
  const connection = await connect({ servers: server.url, authenticator });
  context.after(() => connection.close());
  return connection;
}

/** Those of the subjects that the user may publish to. */
async function allowedOf(connection: NatsConnection, subjects: readonly string[]): Promise<string[]> {
  const refused = new Set<string>();
  const watching = (async () => {
    for await (const status of connection.status()) {
      const text = "error" in status ? String(status.error) : "";
      for (const subject of subjects) if (text.includes(`"${subject}"`)) refused.add(subject);
    }
  })();
  watching.catch(() => undefined);
  for (const subject of subjects) connection.publish(subject);
  // The answer to the ping comes after the server's complaints.
  await connection.flush();
  await connection.flush();
  return subjects.filter((subject) => !refused.has(subject));
}

function userOf({ data }: TeamSecret): string {
  return decodeJwt(parseCreds(data["nats.creds"] ?? "").jwt).claims.sub ?? "";
}

function accountOf({ data }: TeamSecret): string {
  const { issuer_account: account } = decodeJwt(parseCreds(data["nats.creds"] ?? "").jwt).claims.nats ?? {};
  return String(account);
}

async function ledgerOf(team: Team): Promise<string> {
  const parts = Array.from({ length: 8 }, (_, part) => team.configMap(`nats-discovery-ledger-${part}`));
  return (await Promise.all(parts)).map((part) => JSON.stringify(part)).join("\n");
}
