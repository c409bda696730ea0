import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { programOfRing } from "../control-plane.ts";
import type { Place } from "../external-secrets.ts";
import { served } from "../kinds.ts";

/** The namespace of Argo CD and of its Applications. */
export const ARGOCD = "argocd";

interface ConfigObject {
  readonly metadata: { readonly name: string };
  data?: Record<string, string>;
}

/** Makes in a cluster what an installation of Argo CD has there beside its workloads. @param settings further entries of `argocd-cm` */
export async function installArgocd(plane: Place, settings: Readonly<Record<string, string>>): Promise<void> {
  await defineArgocdKinds(plane);
  const config = besideProgram("config");
  for (const object of config) if (object.metadata.name === "argocd-cm") object.data = { ...object.data, ...settings };
  await plane.kubectl("create", "namespace", ARGOCD);
  await plane.kubectl("create", "-n", ARGOCD, "-f", writeList(plane, "argocd-config", [...config, defaultProject]));
}

/** Makes the kinds of Argo CD known. */
export async function defineArgocdKinds(plane: Place): Promise<void> {
  const definitions = besideProgram("crds");
  const kinds = writeList(plane, "argocd-kinds", definitions);
  // The definition of ApplicationSets is longer than the annotation that a client-side apply would make of it.
  await plane.kubectl("apply", "--server-side", "-f", kinds);
  await served(plane, definitions);
}

/** The objects in a folder that the build has put beside Argo CD's program. */
function besideProgram(folder: string): ConfigObject[] {
  const place = join(dirname(programOfRing("argocd")), "..", folder);
  return readdirSync(place)
    .filter((file) => file !== "kustomization.yaml")
    .map((file) => parse(readFileSync(join(place, file), "utf8")) as ConfigObject);
}

/** Where there is no argocd-server nothing makes this project, which allows everything. */
const defaultProject = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "AppProject",
  metadata: { name: "default" },
  spec: {
    sourceRepos: ["*"],
    destinations: [{ server: "*", namespace: "*" }],
    clusterResourceWhitelist: [{ group: "*", kind: "*" }],
  },
};

/** ConfigMaps that are mounted in the pods of Argo CD, by the name of the folder that the ring has in place of that. */
const MOUNTED: Readonly<Record<string, string>> = {
  ssh: "argocd-ssh-known-hosts-cm",
  tls: "argocd-tls-certs-cm",
};

/** Writes what is in those ConfigMaps now below `folder`, as a kubelet does for the pods. */
export async function mountConfig(plane: Place, folder: string): Promise<void> {
  for (const [name, configMap] of Object.entries(MOUNTED)) {
    const answer = await plane.kubectl("get", "configmap", configMap, "-n", ARGOCD, "-o", "json");
    const { data = {} } = JSON.parse(answer) as ConfigObject;
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    for (const file of readdirSync(place)) if (!(file in data)) rmSync(join(place, file));
    // Never half of a file: Argo CD may be reading it.
    for (const [file, content] of Object.entries(data)) {
      const next = join(folder, `${name}.next`);
      writeFileSync(next, content);
      renameSync(next, join(place, file));
    }
  }
}

/** An administrator's kubeconfig whose namespace is Argo CD's: that is where its programs look for their settings. */
export function argocdKubeconfig({ kubeconfig }: Pick<Place, "kubeconfig">, folder: string): string {
  const config = JSON.parse(readFileSync(kubeconfig, "utf8")) as { contexts: { context: { namespace?: string } }[] };
  for (const { context } of config.contexts) context.namespace = ARGOCD;
  const file = join(folder, "kubeconfig");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

function writeList(plane: Place, name: string, items: readonly object[]): string {
  const file = join(plane.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  return file;
}
