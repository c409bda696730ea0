import { clusterOf } from "../../argocd/clusters.ts";
import { plannedApplications } from "../../argocd/plan.ts";
import type { SyncSettings } from "../../argocd/sync-schema.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";

/** Syncs that don't make what somebody else makes, and that say what they mean. */
export const argocdSyncs: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  const made = namespacesMade(platform);
  const told = new Set<string>();
  for (const { path, sync, destination } of plannedApplications(platform)) {
    const { cluster, namespace = "" } = destination;
    const maker = made.get(JSON.stringify([cluster, namespace]));
    const place = [...syncOwner(path), "sync", "createNamespace"];
    if (!sync.createNamespace || maker === undefined || told.has(pathText(place))) continue;
    told.add(pathText(place));
    const allowed = `${pathText(maker)} makes the namespace ${namespace} of cluster ${cluster}, with labels that Argo CD doesn't know: false`;
    yield { path: place, found: "true", allowed, given: [maker] };
  }
  for (const [name, { sync }] of Object.entries(argocd.applications)) yield* ignored(sync, ["applications", name]);
  for (const [name, { sync }] of Object.entries(argocd.fleets)) yield* ignored(sync, ["fleets", name]);
  if (argocd.platform !== undefined) yield* ignored(argocd.platform.sync, ["platform"]);
  for (const [name, { components }] of Object.entries(argocd.fleets)) {
    if (Object.keys(components).length > 0) continue;
    const allowed = "without a component there is nothing to deploy";
    yield { path: ["argocd", "fleets", name, "components"], found: "an empty map", allowed };
  }
};

/** What has `sync`: a component has none of its own. */
function syncOwner(path: Path): Path {
  return path[1] === "fleets" ? path.slice(0, 3) : path;
}

/** The namespaces that the platform's manifests make, each with the field that says so. */
function namespacesMade(platform: Platform): Map<string, Path> {
  const made = new Map<string, Path>();
  for (const [name, { nats, mqttBridges }] of Object.entries(platform.regions)) {
    const cluster = clusterOf(platform, name);
    if (cluster === undefined) continue;
    const key = (namespace: string) => JSON.stringify([cluster, namespace]);
    if (nats.createNamespace) made.set(key(nats.namespace), ["regions", name, "nats", "createNamespace"]);
    for (const [bridge, { createNamespace, namespace }] of Object.entries(mqttBridges)) {
      if (!createNamespace || made.has(key(namespace))) continue;
      made.set(key(namespace), ["regions", name, "mqttBridges", bridge, "createNamespace"]);
    }
  }
  return made;
}

function* ignored({ ignore }: SyncSettings, owner: Path): Generator<Finding> {
  for (const [position, { kind, jsonPointers, jqPathExpressions, managers }] of ignore.entries()) {
    const path = ["argocd", ...owner, "sync", "ignore", position];
    for (const [at, expression] of jqPathExpressions.entries()) {
      if (isBalanced(expression)) continue;
      const allowed = "its brackets and quotes don't fit together, and Argo CD could compare nothing";
      yield { path: [...path, "jqPathExpressions", at], found: show(expression), allowed };
    }
    if (jsonPointers.length + jqPathExpressions.length + managers.length > 0) continue;
    const allowed = "it takes jsonPointers, jqPathExpressions or managers to say which may differ";
    yield { path, found: `no field of ${kind}`, allowed };
  }
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Whether brackets close as they open, not counting those in texts in quotes. A text with `\(…)` in it is not looked into. */
function isBalanced(expression: string): boolean {
  const rest = expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
  if (rest.includes('"')) return false;
  const open: (string | undefined)[] = [];
  for (const character of rest) {
    if (Object.hasOwn(closing, character)) open.push(closing[character]);
    else if (")]}".includes(character) && open.pop() !== character) return false;
  }
  return open.length === 0;
}
