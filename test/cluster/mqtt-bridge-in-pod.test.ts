import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { decodeJwt } from "../../nats/jwt.ts";
import { until } from "../../tools/cluster/wait.ts";
import { configure, unconfigure } from "../engine/support/configuration.ts";
import { up, type ProjectCopy } from "../engine/support/project-copy.ts";
import { appliedCopy, WORKLOADS } from "./support/applied-copy.ts";
import { connectWith } from "./support/clients.ts";
import { inside, reaches, startClient, type Inside } from "./support/mqtt-clients.ts";
import { makeNamespaces, serverPods } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const BRIDGE = ["regions", "local", "mqttBridges", "mosquitto"] as const;
const BROKER = ["mosquitto.mosquitto.svc.cluster.local", 1883] as const;
const SERVERS = "nats.nats.svc.cluster.local";
const broker: Inside = { namespace: "mosquitto", pod: "deployment/mosquitto" };
const patience = { seconds: 90 };

interface BrokerPod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

let copy: ProjectCopy;
let home: Inside;
let stranger: Inside;

// Every test goes on where the one before it ended.
describe("a bridge's broker in a pod, where NetworkPolicies are enforced", () => {
  const cluster = clusterOfTheseTests({ volumes: 3, hasPolicies: true });
  before(async () => {
    await makeNamespaces(cluster(), WORKLOADS);
    home = await startClient(cluster(), "home", { home: "automation" });
    stranger = await startClient(cluster(), "strangers");
    copy = await appliedCopy(cluster());
    configure(copy, ["regions", "local", "nats", "replicas"], 1);
    unconfigure(copy, ["regions", "local", "monitoring"]);
    await update();
  });

  const update = async () => {
    const { code, output } = await up(copy, ["--skip-preview"]);
    const state = () => cluster().kubectl(["describe", "pods", "-n", "mosquitto"]).catch(String);
    assert.equal(code, 0, code === 0 ? "" : `${output}\n${await state()}`);
  };
  const brokerPods = async () => {
    const answer = await cluster().kubectl(["get", "pods", "-n", "mosquitto", "-o", "json"]);
    return (JSON.parse(answer) as { items: BrokerPod[] }).items;
  };
  /** Public key of the user that the bridge is connected as. */
  const signedInAs = async () => {
    const [server] = await serverPods(cluster(), "nats");
    const answer = await fetch(`http://${server?.address ?? ""}:8222/connz?auth=true`);
    const { connections } = (await answer.json()) as {
      connections: { mqtt_client?: string; jwt?: string }[];
    };
    const jwt = connections.find(({ mqtt_client: client }) => client === "local-mosquitto")?.jwt;
    return jwt === undefined ? undefined : decodeJwt(jwt).claims.sub;
  };
  const canReach = (from: Inside, to: readonly [string, number]) => reaches(cluster(), from, to);
  const publish = (from: Inside, text: string) =>
    inside(cluster(), from, [
      ...["/usr/bin/mosquitto_pub", "-h", BROKER[0], "-p", String(BROKER[1])],
      ...["-t", "sensors/temp", "-q", "1", "-m", text],
    ]);

  test("its pod is ready under restricted rules, as the image's user, with a root that it can't write to", async () => {
    const [pod, ...others] = await brokerPods();
    assert.deepEqual(others, []);
    assert.deepEqual(
      pod?.status.containerStatuses.map(({ ready, restartCount }) => ({ ready, restartCount })),
      [{ ready: true, restartCount: 0 }],
    );
    const careless = ["run", "careless", "-n", "mosquitto", "--image=eclipse-mosquitto:2.0.22"];
    await assert.rejects(cluster().kubectl(careless), /violates PodSecurity "restricted/);
    const busybox = (...args: string[]) => inside(cluster(), broker, ["/bin/busybox", ...args]);
    assert.equal((await busybox("id", "-u")).trim(), "1883");
    await assert.rejects(busybox("touch", "/tmp/new"), /Read-only file system/);
  });

  test("a message at the broker's Service comes to a subscriber of NATS, and one of NATS to a subscriber at the Service", async (context) => {
    await messagesPass(context);
  });

  test("raising rotation rolls the pod, and messages pass again under the new login", async (context) => {
    const [pod] = await brokerPods();
    const login = await until("the bridge is known", signedInAs, patience);
    configure(copy, [...BRIDGE, "rotation"], 1);
    await update();
    // With provider 4.25 an update may end before the Deployment has taken the old pod away.
    const isAnother = async () => {
      const [next, ...others] = await brokerPods();
      return others.length === 0 && next !== undefined && next.metadata.uid !== pod?.metadata.uid;
    };
    await until("there is another pod, and that one alone", isAnother, patience);
    const isBack = async () => ![undefined, login].includes(await signedInAs());
    await until("the bridge is back under another login", isBack, patience);
    await messagesPass(context);
  });

  test("with allowFrom, pods of a namespace with that label reach the broker, and others do not", async (context) => {
    await until("the broker is reached by anybody", () => canReach(stranger, BROKER), patience);
    configure(copy, [...BRIDGE, "broker", "allowFrom"], [{ home: "automation" }]);
    await update();
    await until("a stranger is refused", async () => !(await canReach(stranger, BROKER)), patience);
    await until("home reaches it", () => canReach(home, BROKER), patience);
    // It is the broker that is kept from them, and nothing else is.
    await until("a stranger reaches the servers", () => canReach(stranger, [SERVERS, 1883]), patience);
    await cluster().kubectl(["label", "namespace", "strangers", "home=automation"]);
    await until("it is no stranger any more", () => canReach(stranger, BROKER), patience);
    await cluster().kubectl(["label", "namespace", "strangers", "home-"]);
    await until("it is one again", async () => !(await canReach(stranger, BROKER)), patience);
    await messagesPass(context);
  });

  test("the broker reaches the servers' MQTT port and DNS, and not what other pods reach: the servers' client port and their monitoring", async () => {
    const elsewhere = [
      [SERVERS, 4222],
      ["nats-headless.nats.svc.cluster.local", 8222],
    ] as const;
    for (const place of elsewhere) {
      await until(`home reaches ${place.join(":")}`, () => canReach(home, place), patience);
      assert.equal(await canReach(broker, place), false);
    }
    // By name: what it asks DNS is answered.
    await until("the broker reaches the servers", () => canReach(broker, [SERVERS, 1883]), patience);
  });

  test("a drain takes its pod away, and another one comes", async (context) => {
    await evictedAndBack();
    await messagesPass(context);
  });

  test("a drain takes its pod away that runs and is never ready", async () => {
    const probe = (port: string | number) =>
      JSON.stringify([
        { op: "replace", path: "/spec/template/spec/containers/0/readinessProbe/tcpSocket/port", value: port },
      ]);
    const patch = (port: string | number) =>
      cluster().kubectl(["patch", "deployment", "mosquitto", "-n", "mosquitto", "--type=json", "-p", probe(port)]);
    const [before] = await brokerPods();
    await patch(1);
    const runsUnready = async () => {
      const [pod, ...others] = await brokerPods();
      return others.length === 0 && pod?.metadata.uid !== before?.metadata.uid && pod?.status.phase === "Running";
    };
    await until("it runs with a probe that fails", runsUnready, patience);
    await evictedAndBack();
    await patch("mqtt");
    const isReady = async () => (await brokerPods())[0]?.status.containerStatuses[0]?.ready === true;
    await until("it is ready again", isReady, patience);
  });

  test("a broker without a pod is given a volume, and there is one pod all the time", async (context) => {
    await cluster().kubectl(["scale", "deployment", "mosquitto", "-n", "mosquitto", "--replicas=0"]);
    await until("there is no pod", async () => (await brokerPods()).length === 0, patience);
    configure(copy, [...BRIDGE, "broker", "persistence"], { size: "16Mi" });
    const seen = new Set<string>();
    const isOver = new AbortController();
    const updating = update().finally(() => {
      isOver.abort();
    });
    const watching = until(
      "the update is over",
      async () => {
        for (const { metadata } of await brokerPods()) seen.add(metadata.name);
        return isOver.signal.aborted;
      },
      { seconds: 300 },
    );
    await updating;
    await watching;
    assert.deepEqual([...seen], ["mosquitto-0"]);
    await messagesPass(context);
  });

  /** What a drain asks for. */
  async function evictedAndBack(): Promise<void> {
    const [{ metadata }] = (await brokerPods()) as [BrokerPod];
    const evict = () =>
      cluster().kubectl(
        ["create", "--raw", `/api/v1/namespaces/mosquitto/pods/${metadata.name}/eviction`, "-f", "-"],
        JSON.stringify({
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: metadata.name, namespace: "mosquitto" },
        }),
      );
    // As a drain does, which asks again where the budget is not worked out yet.
    await until("the pod is evicted", evict, patience);
    const isAnother = async () => {
      const [pod, ...others] = await brokerPods();
      return others.length === 0 && pod !== undefined && pod.metadata.uid !== metadata.uid;
    };
    await until("there is another pod", isAnother, patience);
  }

  /** Both ways, from a namespace that may reach the broker. */
  async function messagesPass(context: Parameters<typeof connectWith>[0]): Promise<void> {
    // A connection that is begun before kube-proxy knows the new pod never comes about, and the clients wait for it for minutes.
    await until("the broker's Service leads to its pod", () => canReach(home, BROKER), patience);
    const connection = await connectWith(context, cluster(), "iot", "collector-nats");
    const sensors = connection.subscribe("sensors.temp", { max: 1 });
    await connection.flush();
    const text = `${context.name} out`;
    await publish(home, text);
    const timer = setTimeout(() => {
      sensors.unsubscribe();
    }, patience.seconds * 1000);
    const heard = await sensors[Symbol.asyncIterator]().next();
    clearTimeout(timer);
    assert.equal(heard.done === true ? "nothing" : heard.value.string(), text);

    // What is published in NATS is kept for nobody: again, until the subscriber is there.
    const isOver = new AbortController();
    const subscriber = inside(cluster(), home, [
      ...["/usr/bin/mosquitto_sub", "-h", BROKER[0], "-p", String(BROKER[1])],
      ...["-t", "commands/fan", "-C", "1", "-W", String(patience.seconds)],
    ]).finally(() => {
      isOver.abort();
    });
    const keepOn = until(
      "the subscriber has ended",
      () => {
        connection.publish("commands.fan", `${context.name} in`);
        return isOver.signal.aborted;
      },
      { seconds: patience.seconds + 10 },
    );
    assert.equal((await subscriber).trim(), `${context.name} in`);
    await keepOn;
  }
});
