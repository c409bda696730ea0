import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { knownHosts } from "../../components/argocd/installation.ts";
import { parsePlatform } from "../../config/parse.ts";
import { until } from "../../tools/cluster/wait.ts";
import { fleetPlatform } from "../support/fleet.ts";
import { argocdObjects } from "./support/argocd/from-configuration.ts";
import { ARGOCD } from "./support/argocd/installation.ts";
import { startArgocd, type Argocd } from "./support/argocd.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { makeSshKey, serveBySsh, type SshKey, type SshServer } from "./support/git-ssh.ts";
import { makeRepository, type GitRepository } from "./support/git.ts";

const CONFIG_MAP = "argocd-ssh-known-hosts-cm";
const NAME = "instrumentation-settings-home";
const settings = (text: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {text: ${text}}\n`;
const FILES = {
  "helm/settings/Chart.yaml": "apiVersion: v2\nname: settings\nversion: 1.0.0\n",
  "helm/settings/templates/settings.yaml": settings("begin"),
};

// Every test goes on where the one before it ended.
describe("a repository over SSH, as the configuration says how to reach it", () => {
  const undo: (() => Promise<void>)[] = [];
  let plane: ControlPlane;
  let argocd: Argocd;
  let repository: GitRepository;
  let server: SshServer;
  let key: SshKey;
  let stranger: SshKey;
  let shipped: string;
  before(async () => {
    plane = await startControlPlane({ hasControllers: true });
    undo.push(() => plane.stop());
    repository = await makeRepository(plane.folder, FILES);
    key = await makeSshKey(plane.folder, "key");
    stranger = await makeSshKey(plane.folder, "stranger");
    server = await serveBySsh(plane.folder, repository, key);
    undo.push(() => server.stop());
    argocd = await startArgocd(plane);
    undo.push(() => argocd.stop());
    const known = await plane.kubectl("get", "configmap", CONFIG_MAP, "-n", ARGOCD, "-o", "json");
    shipped = (JSON.parse(known) as { data: { ssh_known_hosts: string } }).data.ssh_known_hosts;
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test("while the lines of the configuration are not in Argo CD's own ConfigMap it does not know the host", async () => {
    await argocd.apply(
      ...(await argocdObjects(configured({ knownHosts: server.knownHosts }), { deployKey: key.privateKey })),
    );
    await refused(/knownhosts: key is unknown/);
  });

  test("a host that shows another key than it should is refused", async () => {
    await configure({ knownHosts: [`${server.host} ${stranger.publicKey}`] }, key.privateKey);
    await refused(/knownhosts: key mismatch/);
  });

  test("another key than the one that may read is refused", async () => {
    await configure({ knownHosts: server.knownHosts }, stranger.privateKey);
    await refused(/unable to authenticate/);
  });

  test("the right one, as `pulumi config set < FILE` keeps it without its last line break, reads everything", async () => {
    await configure({ knownHosts: server.knownHosts }, key.privateKey.trimEnd());
    await read("first");
  });

  test("any one of the lines that ssh-keyscan prints is enough", async () => {
    for (const [at, line] of server.knownHosts.entries()) {
      await configure({ knownHosts: [line] }, key.privateKey);
      await read(`known-by-${String(at)}`);
    }
  });

  test("with insecure: true no key of the host has to be known", async () => {
    await configure({ insecure: true }, key.privateKey);
    await read("insecure");
  });

  /** Applies what the program makes, and does by hand what it tells people to. */
  async function configure(ssh: object, deployKey: string): Promise<void> {
    const platform = configured(ssh);
    await argocd.apply(...(await argocdObjects(platform, { deployKey })));
    const { argocd: parsed } = parsePlatform(platform);
    assert.ok(parsed);
    const known = [shipped.trimEnd(), ...knownHosts(parsed), ""].join("\n");
    const data = JSON.stringify({ data: { ssh_known_hosts: known } });
    await plane.kubectl("patch", "configmap", CONFIG_MAP, "-n", ARGOCD, "-p", data);
    await argocd.remount();
  }

  function configured(ssh: object) {
    return fleetPlatform({
      ...{ mode: "applications", regions: ["home"] },
      fleet: {
        components: { settings: { path: "helm/settings", namespace: "settings-{region}" } },
        sync: { createNamespace: true },
      },
      argocd: { repositories: { spog: { url: server.url, ssh: { keyFrom: "deployKey" }, ...ssh } } },
    });
  }

  /** Waits until what is pushed now is in the cluster. */
  async function read(text: string): Promise<void> {
    await repository.push({ "helm/settings/templates/settings.yaml": settings(text) });
    await until(
      `${text} is synced`,
      async () => {
        const { status } = await argocd.refresh(NAME, "hard");
        if ((await synced()) === text) return true;
        throw new Error((status?.conditions ?? []).map(({ message }) => message).join("; "));
      },
      { seconds: 120 },
    );
  }

  /** Waits until Argo CD says why it can't read the repository, and looks that nothing came of it. */
  async function refused(why: RegExp): Promise<void> {
    await until(
      `it is refused: ${String(why)}`,
      async () => {
        const { status } = await argocd.refresh(NAME, "hard");
        const complaint = (status?.conditions ?? []).map(({ message }) => message).join("; ");
        if (why.test(complaint)) return true;
        throw new Error(complaint);
      },
      { seconds: 120 },
    );
    assert.equal(await synced(), "");
  }

  function synced(): Promise<string> {
    const text = ["--ignore-not-found", "-o", "jsonpath={.data.text}"];
    return plane.kubectl("get", "configmap", "settings", "-n", "settings-home", ...text);
  }
});
