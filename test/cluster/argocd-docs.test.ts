import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setInterval } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { execute } from "../engine/support/command.ts";
import { freshCopy, pulumi, type ProjectCopy } from "../engine/support/project-copy.ts";
import { filesOf } from "../engine/support/rendered.ts";
import { hooksOf } from "./support/argocd/application.ts";
import { generatorImage } from "./support/argocd/generator-image.ts";
import { argocdOfTheseTests } from "./support/argocd/of-these-tests.ts";
import { makeSshKey, serveBySsh, type SshKey, type SshServer } from "./support/git-ssh.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const page = readFileSync(new URL("../../docs/argocd.md", import.meta.url), "utf8");

describe("docs/argocd.md takes a reader from an empty Argo CD to a fleet", () => {
  const cluster = clusterOfTheseTests({ volumes: 0, images: () => Promise.resolve([generatorImage()]) });
  const deploying = argocdOfTheseTests(cluster);
  let folder: string;
  let key: SshKey;
  let server: SshServer | undefined;
  let copy: ProjectCopy;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "nats-platform-reader-"));
    key = await makeSshKey(folder, "key");
    server = await serveBySsh(folder, deploying().repository, key);
    const { folder: project, env } = await freshCopy();
    copy = { folder: project, env: { ...env, HOME: folder, KUBECONFIG: cluster().kubeconfig } };
    writeFileSync(join(project, "Pulumi.fleet.yaml"), fleetFile(server));
    await shell("npm run pulumi -- stack init fleet");
    await shell(`npm run pulumi -- config set --secret spogKey --stack fleet < ${key.file}`);
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("its commands work, one after the other, as they stand", async (context) => {
    const started = Date.now();
    const mounting = mountNowAndThen();
    const output = await shell(commands().join("\n"));
    await mounting.stop();
    assert.match(output, /instrumentation-recursor-us-west\s+Synced\s+Healthy/);
    context.diagnostic(`docs/argocd.md took ${((Date.now() - started) / 1000).toFixed(0)} s`);
  });

  test("the command that brings the objects to Argo CD is the update's own output", async () => {
    const { stdout } = await pulumi(copy, ["stack", "output", "argocd", "--json", "--stack", "fleet"]);
    const { apply } = JSON.parse(stdout) as { apply: string };
    assert.ok(
      commands().some((block) => block.includes(apply)),
      apply,
    );
  });

  test("every Application is Synced and Healthy, with the values of the page, the new region's too", async () => {
    const names = ["eu-east", "us-west", "ap-south"].flatMap((region) =>
      ["auth", "recursor"].map((component) => `instrumentation-${component}-${region}`),
    );
    const [ui] = await deploying().argocd.syncedAndHealthy(["glass-ui", ...names]);
    assert.equal(hooksOf(ui?.status?.operationState).length, 1);
    const replicas = (region: string) =>
      cluster().kubectl([
        "get",
        "deployment",
        "recursor",
        "-n",
        `recursor-${region}-000`,
        "-o",
        "jsonpath={.spec.replicas}",
      ]);
    assert.deepEqual(await Promise.all(["eu-east", "us-west", "ap-south"].map(replicas)), ["2", "3", "2"]);
  });

  test("what may be committed does not have the repository's key, and neither has a plain text of the state", async () => {
    const body = key.privateKey.split("\n")[2] ?? assert.fail();
    const holding = Object.entries(filesOf(copy)).filter(([, text]) => text.includes(body));
    assert.deepEqual(
      holding.map(([path]) => path.split("/")[1]),
      ["argocd-secrets"],
    );
    const { stdout } = await pulumi(copy, ["stack", "export", "--stack", "fleet"]);
    assert.ok(stdout.length > 1000 && !stdout.includes(body));
  });

  /** Runs a script in the copy as one shell session. */
  async function shell(script: string): Promise<string> {
    const { code, output } = await execute("bash", ["-euo", "pipefail", "-c", script], {
      cwd: copy.folder,
      env: copy.env,
    });
    assert.equal(code, 0, `${output}\n${deploying().argocd.logs()}`);
    return output;
  }

  /** What a kubelet does with mounted ConfigMaps: Argo CD is no pod here. */
  function mountNowAndThen(): { stop(): Promise<void> } {
    const end = new AbortController();
    const mounting = (async () => {
      for await (const _ of setInterval(1000, undefined, { signal: end.signal })) await deploying().argocd.remount();
    })().catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    });
    return {
      async stop() {
        end.abort();
        await mounting;
      },
    };
  }
});

/** The page's stack, with the address and the host's key of the repository that there is. */
function fleetFile({ url, knownHosts }: SshServer): string {
  const [, text = ""] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
  const file = parse(text) as { config: { "nats-platform:platform": { argocd: { repositories: { spog: object } } } } };
  Object.assign(file.config["nats-platform:platform"].argocd.repositories.spog, { url, knownHosts });
  return stringify(file);
}

/** The page's shell blocks, in order. */
function commands(): string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  assert.ok(blocks.length > 3);
  return blocks;
}
