import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { HELMFILE_PLUGIN, helmfileEnvironment, helmfilePlugin } from "../../components/argocd/plugin.ts";
import type { Application } from "./support/argocd/application.ts";
import { handWritten } from "./support/argocd/hand-written.ts";
import { argocdOfTheseTests } from "./support/argocd/of-these-tests.ts";
import type { Argocd } from "./support/argocd.ts";
import { fleetRepository } from "./support/argocd/repository.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const FLEET = "glass-instrumentation";

// Every test goes on where the one before it ended.
describe("a helmfile fleet, rendered by Argo CD's plugin server", () => {
  const cluster = clusterOfTheseTests({ volumes: 0 });
  const deploying = argocdOfTheseTests(cluster, {
    plugin: { config: helmfilePlugin(), env: helmfileEnvironment },
  });
  let argocd: Argocd;
  before(async () => {
    ({ argocd } = deploying());
    const regions = ["eu-east", "us-west", "ap-south"];
    await argocd.apply(...regions.flatMap(namespacesOf).map(namespace));
  });

  test("an Application whose plugin is told the regions has a release in each namespace of theirs", async () => {
    await argocd.apply(fleet("eu-east,ap-south"));
    const [application] = await argocd.syncedAndHealthy([FLEET]);
    assert.deepEqual(placesOf(application), placesIn("ap-south", "eu-east"));
    const region = ["get", "configmap", FLEET, "-n", "recursor-ap-south-000", "-o", "jsonpath={.data.region}"];
    assert.equal(await cluster().kubectl(region), "ap-south");
  });

  test("one that is told nothing has the regions that the helmfile begins with, and what was elsewhere is pruned", async () => {
    await argocd.apply(fleet());
    await argocd.refresh(FLEET);
    const [application] = await argocd.syncedAndHealthy([FLEET]);
    assert.deepEqual(placesOf(application), placesIn("eu-east", "us-west"));
    const left = ["get", "configmap,deployment", FLEET, "--ignore-not-found", "-o", "name", "-n"];
    for (const place of namespacesOf("ap-south")) assert.equal(await cluster().kubectl([...left, place]), "");
  });

  test("one that is told an empty list, or whose releases are not installed, says so, and nothing is pruned", async () => {
    const before = placesOf(await argocd.application(FLEET));
    await argocd.apply(fleet(","));
    assert.match(await complaint(), /exit status 3: err: no releases found/);
    await argocd.apply(fleet());
    const path = "argocd/glass-instrumentation/helmfile.yaml.gotmpl";
    const helmfile = fleetRepository()[path] ?? "";
    await deploying().repository.push({ [path]: helmfile.replace(/^( *)chart:/m, "$1installed: false\n$&") });
    assert.match(await complaint(), /exit status 1: helmfile\.yaml\.gotmpl renders no object/);
    for (const [kind, place] of before.map((it) => it.split(" ") as [string, string]))
      await cluster().kubectl(["get", kind, FLEET, "-n", place]);
  });

  test("one whose path has no helmfile is refused by the plugin's name", async () => {
    await argocd.apply(fleet("eu-east", { name: "elsewhere", path: "helm/glass-instrumentation" }));
    const { status } = await argocd.refresh("elsewhere");
    assert.match(status?.conditions?.[0]?.message ?? "", /could not find cmp-server plugin with name "helmfile-v1\.0"/);
  });

  /** Why the fleet can't be compared with what is in Git now. */
  async function complaint(): Promise<string> {
    const { status } = await argocd.refresh(FLEET);
    assert.equal(status?.sync?.status, "Unknown");
    return status.conditions?.map(({ type, message }) => `${type}: ${message}`).join("; ") ?? "";
  }

  /** The fleet as one Application, whose destination has no namespace. */
  function fleet(regions?: string, { name = FLEET, path = "argocd/glass-instrumentation" } = {}): object {
    const env = regions === undefined ? {} : { env: [{ name: "REGIONS", value: regions }] };
    const { url: repoURL } = deploying().repository;
    const source = { repoURL, targetRevision: "main", path, plugin: { name: HELMFILE_PLUGIN, ...env } };
    return handWritten(name, { source, namespace: null });
  }
});

function namespacesOf(region: string): string[] {
  return [`auth-${region}`, `recursor-${region}-000`];
}

function namespace(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function placesIn(...regions: string[]): string[] {
  const places = regions.flatMap(namespacesOf);
  return ["ConfigMap", "Deployment"].flatMap((kind) => places.map((place) => `${kind} ${place}`)).sort();
}

function placesOf(application: Application | undefined): string[] {
  const resources = application?.status?.resources ?? [];
  return resources.map(({ kind, namespace: place = "none" }) => `${kind} ${place}`).sort();
}
