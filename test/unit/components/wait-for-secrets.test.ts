import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { waitForSecrets, type AwaitedSecret } from "../../../components/credentials/wait-for-secrets.ts";

const secrets: readonly AwaitedSecret[] = [
  { name: "auth-users", fields: ["jwt", "seed"] },
  { name: "auth-issuer", fields: ["nats.nk"] },
];

/** The parts of an init container that are given as plain values. */
interface Plain {
  readonly name: string;
  readonly image: string;
  readonly command: readonly [shell: string, option: string, script: string, ...rest: string[]];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
}

function containersOf(image: string, awaited: readonly AwaitedSecret[]): Plain[] {
  return waitForSecrets({ image, secrets: awaited }).initContainers as unknown as Plain[];
}

test("each Secret has an init container of its number, which mounts that Secret's volume and no other", () => {
  const { volumes } = waitForSecrets({ image: "busybox:1", secrets });
  assert.deepEqual(volumes, [
    { name: "wait-for-secret-0", secret: { secretName: "auth-users", optional: true } },
    { name: "wait-for-secret-1", secret: { secretName: "auth-issuer", optional: true } },
  ]);
  const containers = containersOf("busybox:1", secrets);
  assert.deepEqual(
    containers.map(({ name, image, command, volumeMounts }) => [
      name,
      image,
      command.slice(3),
      volumeMounts.map((mount) => mount.name),
    ]),
    [
      ["wait-for-secret-0", "busybox:1", ["auth-users", "jwt", "seed"], ["wait-for-secret-0"]],
      ["wait-for-secret-1", "busybox:1", ["auth-issuer", "nats.nk"], ["wait-for-secret-1"]],
    ],
  );
  for (const { securityContext } of containers)
    assert.deepEqual(securityContext, {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
});

test("nothing to wait for is no container and no volume", () => {
  assert.deepEqual(waitForSecrets({ image: "busybox:1", secrets: [] }), { initContainers: [], volumes: [] });
});

test("the script says nothing and ends where all fields are there", (context) => {
  const folder = scratch(context);
  for (const field of ["jwt", "seed"]) writeFileSync(join(folder, field), "");
  const [shell, ...args] = scriptIn(folder);
  assert.equal(execFileSync(shell, args, { encoding: "utf8" }), "");
});

test("the script names the field that it waits for, goes on when that comes, and ends at a signal", async (context) => {
  const folder = scratch(context);
  const [shell, ...args] = scriptIn(folder);
  const child = spawn(shell, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = child.stdout.setEncoding("utf8");
  assert.deepEqual(await once(lines, "data"), ["waiting for jwt of Secret auth-users\n"]);
  writeFileSync(join(folder, "jwt"), "");
  assert.deepEqual(await once(lines, "data"), ["waiting for seed of Secret auth-users\n"]);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [143, null]);
});

/** The first container's command, with a folder of this machine for the one in the container. */
function scriptIn(folder: string): [string, ...string[]] {
  const [container] = containersOf("busybox:1", secrets);
  const { command, volumeMounts } = container ?? assert.fail("no container");
  const [shell, ...args] = command;
  return [shell, ...args.map((text) => text.replaceAll(volumeMounts[0]?.mountPath ?? "?", folder))];
}

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-wait-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}
