import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { waitForSecrets, type AwaitedSecret } from "../../components/credentials/wait-for-secrets.ts";
import { until } from "../../tools/cluster/wait.ts";
import { makeNamespaces } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

// An image with busybox in it; what its entry point is does not matter, for every container here names its own command.
const IMAGE = "nats:2.15.2-alpine";
const NAMESPACE = "waiting";
/** Enough for a kubelet that looks at a running pod's volumes once a minute, as it does unless told otherwise; the ring's is quicker. */
const KUBELET_SECONDS = 150;

const users: AwaitedSecret = { name: "auth-users", fields: ["jwt", "seed"] };
const issuer: AwaitedSecret = { name: "auth-issuer", fields: ["nats.nk"] };

interface PodStatus {
  readonly phase: string;
  readonly initContainerStatuses?: readonly { readonly name: string; readonly state: Record<string, object> }[];
  readonly containerStatuses?: readonly { readonly state: Record<string, { readonly reason?: string }> }[];
}

describe("a pod that waits for Secrets", () => {
  const cluster = clusterOfTheseTests({ volumes: 0 });
  const kubectl = (args: readonly string[], input?: string) => cluster().kubectl(["-n", NAMESPACE, ...args], input);

  before(async () => {
    await makeNamespaces(cluster(), [NAMESPACE]);
    const restricted = ["enforce", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await cluster().kubectl(["label", "namespace", NAMESPACE, ...restricted]);
  });

  test("shows Init:0/2, Init:1/2, and runs when both are there, with their content in its own volumes", async (context) => {
    await start("waiting", [users, issuer]);
    await until("it waits for the first", async () => (await columnOf("waiting")) === "Init:0/2", patience(60));
    await until(
      "it says for what",
      async () => (await log("waiting", 0)).includes("waiting for jwt of Secret auth-users"),
      patience(60),
    );

    // One field of two: it goes on waiting for the other.
    await makeSecret(users.name, { jwt: "a JWT" });
    await until(
      "it has seen the first field",
      async () => (await log("waiting", 0)).includes("seed of Secret auth-users"),
      patience(KUBELET_SECONDS),
    );
    assert.equal(await columnOf("waiting"), "Init:0/2");

    await kubectl(["patch", "secret", users.name, "-p", JSON.stringify({ stringData: { seed: "a seed" } })]);
    await until(
      "it waits for the second",
      async () => (await columnOf("waiting")) === "Init:1/2",
      patience(KUBELET_SECONDS),
    );
    await until(
      "it says for what",
      async () => /waiting for nats.nk of Secret auth-issuer/.test(await log("waiting", 1)),
      patience(60),
    );
    const appeared = Date.now();
    await makeSecret(issuer.name, { "nats.nk": "a seed" });
    await until("it runs", async () => (await statusOf("waiting")).phase === "Running", patience(KUBELET_SECONDS));
    context.diagnostic(`it ran ${String(Math.round((Date.now() - appeared) / 1000))} s after its last Secret appeared`);
    const read = (path: string) => kubectl(["logs", "waiting", "-c", path]);
    assert.equal((await read("main")).trim(), "a JWT");
  });

  test("starts at once where the Secrets are there already", async (context) => {
    const started = Date.now();
    await start("ready", [users, issuer]);
    await until("it runs", async () => (await statusOf("ready")).phase === "Running", patience(60));
    context.diagnostic(`it ran ${String(Math.round((Date.now() - started) / 1000))} s after it was made`);
    assert.equal(await log("ready", 0), "", "it had nothing to wait for");
  });

  test("that is deleted while it waits is gone at once", async () => {
    // So long that it is told apart from a slow machine's time.
    await start("given-up", [{ name: "never", fields: ["creds"] }], { terminationGracePeriodSeconds: 600 });
    await until("it waits", async () => (await columnOf("given-up")) === "Init:0/1", patience(60));
    await until("it says for what", async () => (await log("given-up", 0)) !== "", patience(60));
    await kubectl(["delete", "pod", "given-up", "--timeout=120s"]);
  });

  describe("in another way", () => {
    test("that mounts a missing Secret is not started, and comes up by itself when there is one", async (context) => {
      await create("mounts", { volumes: [volumeOf("late")], containers: [main([mountOf()])] });
      await until(
        "kubelet can't mount it",
        () => hasEvent("mounts", /MountVolume.SetUp failed .+secret "late" not found/),
        patience(60),
      );
      assert.equal(await columnOf("mounts"), "ContainerCreating");
      const appeared = Date.now();
      await makeSecret("late", { jwt: "late" });
      await until("it runs", async () => (await statusOf("mounts")).phase === "Running", patience(KUBELET_SECONDS));
      context.diagnostic(`it ran ${String(Math.round((Date.now() - appeared) / 1000))} s after its Secret appeared`);
    });

    test("that has a missing optional Secret in its environment starts without it, and never gets it", async () => {
      const env = [{ name: "JWT", valueFrom: { secretKeyRef: { name: "env", key: "jwt", optional: true } } }];
      const command = ["/bin/sh", "-c", 'echo "JWT is ${JWT:-empty}"; while true; do sleep 1; done'];
      await create("env", { containers: [{ ...main([]), command, env }] });
      await until("it says what it has", async () => (await mainLog("env")) === "JWT is empty", patience(60));
      await makeSecret("env", { jwt: "in vain" });
      // A volume of the same Secret tells when kubelet has had its time.
      await create("env-witness", { volumes: [volumeOf("env")], containers: [main([mountOf()])] });
      await until("kubelet knows it", async () => (await mainLog("env-witness")) === "in vain", patience(60));
      assert.equal(await kubectl(["exec", "env", "--", "/bin/sh", "-c", 'printf %s "$JWT"']), "");
    });

    test("that has a missing Secret in its environment is not started, and comes up by itself when there is one", async () => {
      const env = [{ name: "JWT", valueFrom: { secretKeyRef: { name: "needed", key: "jwt" } } }];
      const command = ["/bin/sh", "-c", 'echo "JWT is ${JWT:-empty}"; while true; do sleep 1; done'];
      await create("needs-env", { containers: [{ ...main([]), command, env }] });
      await until(
        "kubelet can't make its container",
        async () => (await columnOf("needs-env")) === "CreateContainerConfigError",
        patience(60),
      );
      await makeSecret("needed", { jwt: "there" });
      await until("it says what it has", async () => (await mainLog("needs-env")) === "JWT is there", patience(60));
    });

    test("that mounts one field by subPath keeps what it was when the Secret changes, where a volume follows", async () => {
      await makeSecret("rotating", { jwt: "old" });
      const print = "while true; do cat /secret/jwt; echo; sleep 1; done";
      const container = { ...main([]), command: ["/bin/sh", "-c", print] };
      const parts = (mount: object) => ({
        volumes: [volumeOf("rotating")],
        containers: [{ ...container, volumeMounts: [mount] }],
      });
      await create("whole", parts(mountOf()));
      await create("part", parts({ ...mountOf(), mountPath: "/secret/jwt", subPath: "jwt" }));
      for (const pod of ["whole", "part"])
        await until(`${pod} has it`, async () => (await mainLog(pod)) === "old", patience(60));
      await makeSecret("rotating", { jwt: "new" });
      await until("the volume follows", async () => (await mainLog("whole")) === "new", patience(KUBELET_SECONDS));
      assert.equal(await mainLog("part"), "old");
    });

    test("that mounts a field of a missing optional Secret by subPath gets a folder of that name, and keeps it", async () => {
      const optional = [{ name: "secret", secret: { secretName: "absent", optional: true } }];
      const print = "while true; do [ -d /secret/jwt ] && echo folder; [ -f /secret/jwt ] && echo file; sleep 1; done";
      const parts = (mount: object) => ({
        volumes: optional,
        containers: [{ ...main([]), command: ["/bin/sh", "-c", print], volumeMounts: [mount] }],
      });
      await create("hollow", parts({ ...mountOf(), mountPath: "/secret/jwt", subPath: "jwt" }));
      await create("filled", parts(mountOf()));
      await until("it starts", async () => (await mainLog("hollow")) === "folder", patience(60));
      await until("the other one runs", async () => (await statusOf("filled")).phase === "Running", patience(60));
      await makeSecret("absent", { jwt: "too late" });
      await until("the volume has it", async () => (await mainLog("filled")) === "file", patience(KUBELET_SECONDS));
      assert.equal(await mainLog("hollow"), "folder");
    });
  });

  function patience(seconds: number) {
    return { seconds, explain: () => cluster().logs() };
  }

  /** Starts a pod that waits, and whose main container prints a field of the first Secret. */
  async function start(
    name: string,
    secrets: readonly [AwaitedSecret, ...AwaitedSecret[]],
    further: object = {},
  ): Promise<void> {
    const { initContainers, volumes } = waitForSecrets({ image: IMAGE, secrets });
    const mount = { ...mountOf(), name: "wait-for-secret-0" };
    await create(name, { initContainers, volumes, containers: [main([mount])], ...further });
  }

  async function create(name: string, spec: object): Promise<void> {
    const securityContext = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };
    const metadata = { name, namespace: NAMESPACE };
    const whole = { automountServiceAccountToken: false, securityContext, ...spec };
    const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: whole };
    // A warning would be one of a pod that the restricted standard doesn't admit.
    await kubectl(["apply", "--warnings-as-errors", "-f", "-"], JSON.stringify(pod));
  }

  async function makeSecret(name: string, stringData: Record<string, string>): Promise<void> {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: NAMESPACE }, stringData };
    await kubectl(["apply", "-f", "-"], JSON.stringify(secret));
  }

  async function statusOf(name: string): Promise<PodStatus> {
    return (JSON.parse(await kubectl(["get", "pod", name, "-o", "json"])) as { status: PodStatus }).status;
  }

  /** What `kubectl get pods` shows as the pod's status. */
  async function columnOf(name: string): Promise<string> {
    return (await kubectl(["get", "pod", name, "--no-headers"])).trim().split(/\s+/)[2] ?? "";
  }

  function log(pod: string, index: number): Promise<string> {
    return kubectl(["logs", pod, "-c", `wait-for-secret-${String(index)}`]);
  }

  /** The last line that the main container printed. */
  async function mainLog(pod: string): Promise<string> {
    return (await kubectl(["logs", pod, "-c", "main", "--tail=1"])).trim();
  }

  async function hasEvent(pod: string, message: RegExp): Promise<boolean> {
    const about = ["--field-selector", `involvedObject.name=${pod}`, "-o", "jsonpath={.items[*].message}"];
    return message.test(await kubectl(["get", "events", ...about]));
  }
});

function main(volumeMounts: readonly object[]): object {
  return {
    name: "main",
    image: IMAGE,
    command: ["/bin/sh", "-c", "cat /secret/jwt; echo; while true; do sleep 1; done"],
    volumeMounts,
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
}

function mountOf(): object {
  return { name: "secret", mountPath: "/secret", readOnly: true };
}

function volumeOf(secretName: string): object {
  return { name: "secret", secret: { secretName } };
}
