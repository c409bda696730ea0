import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { until } from "../../tools/cluster/wait.ts";
import { handWritten } from "./support/argocd/hand-written.ts";
import { startArgocd, type Argocd } from "./support/argocd.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { serveRepositories, type GitServer } from "./support/git-https.ts";
import { makeRepository } from "./support/git.ts";

const CREDENTIALS = { username: "argocd", password: "correct-horse" };
const FILES = { "app/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n" };

// Every test goes on where the one before it ended.
describe("what Argo CD needs to read from a Git server", () => {
  const undo: (() => Promise<void>)[] = [];
  let plane: ControlPlane;
  let argocd: Argocd;
  let server: GitServer;
  before(async () => {
    plane = await startControlPlane({ hasControllers: true });
    undo.push(() => plane.stop());
    const certificate = await plane.authority.issue("git", "git", "git", ["127.0.0.1"]);
    server = await serveRepositories({ folder: plane.folder, certificate, ...CREDENTIALS });
    undo.push(() => server.stop());
    argocd = await startArgocd(plane);
    undo.push(() => argocd.stop());
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  let first: string;

  test("a server whose certificate nobody vouches for is not read from", async () => {
    first = await served();
    await argocd.apply(applicationOf("first", first));
    assert.match(await complaintOf("first"), /certificate signed by unknown authority/);
  });

  test("with its authority in argocd-tls-certs-cm, by the host's name, it is the password that lacks", async () => {
    const authority = readFileSync(plane.authority.certificate, "utf8");
    const data = JSON.stringify({ data: { "127.0.0.1": authority } });
    await plane.kubectl("patch", "configmap", "argocd-tls-certs-cm", "-n", "argocd", "-p", data);
    await argocd.remount();
    assert.match(await complaintOf("first"), /authentication required/);
  });

  test("a repository Secret with a wrong password is refused, and one with the right one is used from then on", async () => {
    await argocd.apply(secret("first", "repository", { url: first, type: "git", ...CREDENTIALS, password: "wrong" }));
    assert.match(await complaintOf("first"), /authentication required|authorization failed/i);
    await argocd.apply(secret("first", "repository", { url: first, type: "git", ...CREDENTIALS }));
    await until("it is read", async () => (await argocd.refresh("first", "hard")).status?.sync?.status === "Synced", {
      seconds: 120,
    });
    await argocd.syncedAndHealthy(["first"]);
  });

  test("a credential template is for every repository below its URL that has no Secret", async () => {
    const second = await served();
    await argocd.apply(secret("template", "repo-creds", { url: server.url, type: "git", ...CREDENTIALS }));
    await argocd.apply(applicationOf("second", second));
    await argocd.syncedAndHealthy(["second"]);
  });

  /** A new repository's URL on the server. */
  async function served(): Promise<string> {
    const { url } = await makeRepository(plane.folder, FILES);
    return url.replace(`file://${plane.folder}`, server.url);
  }

  /** What Argo CD says against an Application, when it has looked for it again. */
  async function complaintOf(name: string): Promise<string> {
    const { status } = await argocd.refresh(name, "hard");
    return (status?.conditions ?? []).map(({ message }) => message).join("; ");
  }
});

function applicationOf(name: string, repoURL: string): object {
  return handWritten(name, { source: { repoURL, targetRevision: "main", path: "app" } });
}

function secret(name: string, type: "repository" | "repo-creds", stringData: Readonly<Record<string, string>>): object {
  const labels = { "argocd.argoproj.io/secret-type": type };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `git-${name}`, namespace: "argocd", labels },
    stringData,
  };
}
