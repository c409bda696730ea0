import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeContexts, type Contexts } from "../../../cli/local/contexts.ts";
import type { Credential } from "../../../cli/local/credentials.ts";
import type { Rendered } from "../../../cli/local/manifests.ts";
import { startRegion, type LocalRegion } from "../../../cli/local/region.ts";
import { parsePlatform } from "../../../config/parse.ts";
import type { Platform } from "../../../config/schema.ts";
import { isAlive } from "../../../tools/process.ts";
import { which } from "../../../tools/run.ts";
import { platformOf, renderStack, type Run } from "../../support/program.ts";

/** The one region of the dev stack. */
export const regionName = "local";

/** The dev stack, rendered into a temporary folder. */
export interface RenderedStack {
  /** What it was rendered from. */
  readonly platform: Platform;
  readonly folder: string;
  readonly rendered: Rendered;
}

/** A region of the dev stack that runs on ports of its own. */
export interface TestRegion extends LocalRegion, RenderedStack {
  readonly contexts: Contexts;
  credential(account: string, user: string): Credential;
  /** Stops it, sees that no process of it is left, and removes its folder. */
  end(): Promise<void>;
}

/** The nats-server that the ring has put on PATH. */
export function natsServer(): string {
  const file = which("nats-server");
  assert.ok(file, "there is no nats-server on PATH");
  return file;
}

/** The nats-server of the minor version before, which the ring has put on PATH as well. */
export function natsServerBefore(): string {
  const file = which("nats-server-before");
  assert.ok(file, "there is no nats-server-before on PATH");
  return file;
}

/** Renders the dev stack as an update does, with keys of its own. Remove the folder when done. */
export async function renderDev(run: Omit<Run, "stack"> = {}): Promise<RenderedStack> {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-servers-"));
  await renderStack("dev", folder, run);
  const rendered = { manifests: join(folder, "deploy/local"), secrets: join(folder, "deploy/local-secrets") };
  return { platform: parsePlatform(run.platform ?? platformOf("dev")), folder, rendered };
}

/** Renders the dev stack, lets something be added to what was rendered, and starts its region. */
export async function startDev(
  run: Omit<Run, "stack"> = {},
  add: (stack: RenderedStack) => void = () => undefined,
  executable = natsServer(),
): Promise<TestRegion> {
  const stack = await renderDev(run);
  add(stack);
  const folder = join(stack.folder, "run");
  const patienceMs = 120_000;
  const region = await startRegion({ rendered: stack.rendered, folder, ports: "free", executable, patienceMs });
  const { credentials, urls, caFile, servers } = region;
  return {
    ...region,
    ...stack,
    contexts: writeContexts({ region: regionName, credentials, urls, caFile, folder }),
    credential: (account, user) => {
      const found = credentials.find((it) => it.account === account && it.user === user);
      assert.ok(found, `${account}/${user} was delivered to nobody`);
      return found;
    },
    end: async () => {
      await region.stop();
      rmSync(stack.folder, { recursive: true, force: true });
      assert.deepEqual(
        servers.filter(({ pid }) => isAlive(pid)).map(({ name }) => name),
        [],
      );
    },
  };
}
