import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { verifyJwt } from "../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, signerOf } from "../../nats/nkeys.ts";
import { signRobotTokenNow } from "../../nats/robot-token.ts";
import { until } from "../../tools/cluster/wait.ts";
import { execute } from "../engine/support/command.ts";
import { leaksIn } from "../engine/support/leaks.ts";
import { freshCopy, pulumi, type ProjectCopy } from "../engine/support/project-copy.ts";
import { scratch } from "../engine/support/scratch.ts";
import { makeNamespaces, secretContent } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const mint = encodeSeed("user", randomBytes(32));
const user = encodeSeed("user", randomBytes(32));
const claims = { robot_type: "service" };
const token = signRobotTokenNow(
  { format: "legacy", robotName: "jwt-mint", tokenType: "robot", claims, issuedAt: 1_790_000_000 },
  signerOf(mint),
);

/** The Secrets as the chart's Jobs leave them: labels of the chart, fields of their own, one with the owner that a Helm install gives. */
const chartSecrets: Record<string, Record<string, string>> = {
  "glass-jwt-mint-nkey": { publicKey: publicKeyOf(mint), seed: mint },
  "glass-nats-user-nkey": { "auth-issuer.pub": publicKeyOf(user), "auth-issuer.nk": `${user}\n` },
  "glass-nats-user-auth": { username: "auth", password: randomBytes(24).toString("base64url") },
  "glass-nats-policy-auth": { password: randomBytes(24).toString("base64url") },
  "glass-jwt-mint-auth": { token },
};

let copy: ProjectCopy;

describe("docs/migrate-from-chart-generators.md hands over what a chart's Jobs have made", () => {
  const cluster = clusterOfTheseTests({ volumes: 2 });
  let found: Record<string, Record<string, string>>;
  let consumer: unknown;

  before(async () => {
    await makeNamespaces(cluster(), ["glass"]);
    await cluster().kubectl(["create", "-f", "-"], JSON.stringify(list(Object.entries(chartSecrets).map(chartSecret))));
    await cluster().kubectl(["create", "-f", "-"], JSON.stringify(consumerPod()));
    await until(
      "the consumer runs",
      () => cluster().kubectl(["wait", "pod/consumer", "-n", "glass", "--for=condition=Ready", "--timeout=30s"]),
      { seconds: 120 },
    );
    found = await contents();
    consumer = await consumerState();
    const { folder, env } = await freshCopy();
    copy = { folder, env: { ...env, HOME: scratch, KUBECONFIG: cluster().kubeconfig } };
  });

  test("its commands work, one after the other, as they stand", async (context) => {
    const started = Date.now();
    const script = commands().join("\n");
    const { code, output } = await execute("bash", ["-euo", "pipefail", "-c", script], {
      cwd: copy.folder,
      env: copy.env,
    });
    assert.equal(code, 0, `${output}\n${cluster().logs()}`);
    context.diagnostic(
      `docs/migrate-from-chart-generators.md took ${String(Math.round((Date.now() - started) / 1000))} s`,
    );
  });

  test("its preview says of every key whose content it will be, and of every Secret that it is left alone", () => {
    const preview = readFileSync(join(copy.folder, "preview.txt"), "utf8");
    for (const name of Object.keys(chartSecrets)) {
      assert.ok(
        preview.includes(`keepsContentOf: "Secret glass/${name} on cluster ring, as it is"`),
        `${name}\n${preview}`,
      );
      assert.match(
        preview,
        new RegExp(`leaves +: "Secret glass/${name} on cluster ring \\(managed by Helm\\), as it is"`),
      );
    }
  });

  test("its rotation changes the Secret that was asked for, and no other", async () => {
    const now = await contents();
    const { "glass-nats-policy-auth": rotated, ...others } = now;
    const { "glass-nats-policy-auth": old, ...kept } = found;
    assert.deepEqual(others, kept);
    assert.notEqual(rotated?.password, old?.password);
    const changed = readFileSync(join(copy.folder, "rotation.txt"), "utf8");
    assert.match(changed, /\+ .*Secret\.glass-nats-policy-auth\.r1 +create/);
    assert.match(changed, /~ .*here\.generated\.glass\.glass-nats-policy-auth +update/);
    assert.match(changed, /\+ 1 to create\n +~ 1 to update/);
  });

  test("a pod that uses the Secrets has noticed nothing", async () => {
    assert.deepEqual(await consumerState(), consumer);
  });

  test("the token that the chart made is still the one, signed by the key that we have now", async () => {
    const { "glass-jwt-mint-auth": auth } = await contents();
    assert.equal(verifyJwt(auth?.token ?? "").claims.iss, publicKeyOf(mint));
    const { stdout } = await pulumi(copy, ["stack", "output", "generated", "--json", "--stack", "glass"]);
    const generated = JSON.parse(stdout) as Record<string, { publicKey?: string }>;
    assert.equal(generated["glass-jwt-mint-nkey"]?.publicKey, publicKeyOf(mint));
    assert.equal(generated["glass-nats-user-nkey"]?.publicKey, publicKeyOf(user));
  });

  test("no value stands in plain text in the state, in what was printed, or in a log", async () => {
    const exported = await pulumi(copy, ["stack", "export", "--stack", "glass"]);
    const texts = ["preview.txt", "rotation.txt"].map((name) => ({
      name,
      text: readFileSync(join(copy.folder, name), "utf8"),
    }));
    const secrets = Object.entries(await contents()).flatMap(([name, fields]) =>
      Object.values(fields)
        .filter((text) => text.length > 20 && !text.startsWith("U"))
        .flatMap((text) => [
          { name, text: text.trim() },
          { name, text: Buffer.from(text).toString("base64") },
        ]),
    );
    assert.ok(secrets.length >= 10);
    assert.deepEqual(leaksIn([{ name: "the state", text: exported.stdout }, ...texts], secrets), []);
  });

  test("after all of it there is nothing left to do", async () => {
    const { code, output } = await pulumi(copy, ["preview", "--expect-no-changes", "--stack", "glass"]);
    assert.equal(code, 0, output);
  });

  async function contents(): Promise<Record<string, Record<string, string>>> {
    const entries = Object.keys(chartSecrets).map(
      async (name) => [name, await secretContent(cluster(), "glass", name)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /** What a pod would show if something had happened to it, and what it reads in its volume. */
  async function consumerState(): Promise<unknown> {
    const { metadata, status } = JSON.parse(
      await cluster().kubectl(["get", "pod", "consumer", "-n", "glass", "-o", "json"]),
    ) as {
      metadata: { uid: string };
      status: { startTime: string; containerStatuses: { restartCount: number; containerID: string }[] };
    };
    const volume = await cluster().kubectl([
      "exec",
      "consumer",
      "-n",
      "glass",
      "--",
      "/bin/busybox",
      "cat",
      "/issuer/auth-issuer.nk",
    ]);
    const [container] = status.containerStatuses;
    return {
      uid: metadata.uid,
      since: status.startTime,
      restarts: container?.restartCount,
      id: container?.containerID,
      volume,
    };
  }
});

function chartSecret([name, stringData]: [string, Record<string, string>]): object {
  const labels = { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "glass-ui" };
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "glass", labels }, stringData };
}

function consumerPod(): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "consumer", namespace: "glass" },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "consumer",
          image: "nats:2.15.2-alpine",
          command: ["/bin/busybox", "sleep", "3600"],
          volumeMounts: [{ name: "auth-issuer", mountPath: "/issuer" }],
        },
      ],
      volumes: [{ name: "auth-issuer", secret: { secretName: "glass-nats-user-nkey" } }],
    },
  };
}

function list(items: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items };
}

/** The page's shell blocks, in order. */
function commands(): string[] {
  const page = readFileSync(new URL("../../docs/migrate-from-chart-generators.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  assert.ok(blocks.length > 5);
  return blocks;
}
