import type { PlannedApplication } from "../../config/argocd/plan.ts";
import { bridgesIn } from "../../config/mqtt-bridges.ts";
import type { Platform, Region } from "../../config/schema.ts";
import { namespacesToMake } from "../mqtt-bridge/namespaces.ts";

/** A kind as Argo CD names it. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

const namespaceKind = { group: "", kind: "Namespace" };
const RBAC = "rbac.authorization.k8s.io";

/** Kinds without a namespace that Applications make: those that Argo CD makes itself for them, and those of the platform's manifests. */
export function clusterKindsOf(
  planned: readonly PlannedApplication[],
  { regions, keys }: Pick<Platform, "regions" | "keys">,
): GroupKind[] {
  // Without a namespace in the destination Argo CD makes none (argo-cd 3.2, sync_context.go).
  const makesOwn = planned.some(({ sync, destination }) => sync.createNamespace && destination.namespace !== undefined);
  const rendered = planned.filter(({ rendering }) => rendering.by === "directory").flatMap((it) => it.regions);
  const here = [...new Set(rendered)].flatMap((name) => {
    const region = Object.hasOwn(regions, name) ? regions[name] : undefined;
    return region === undefined ? [] : kindsOfRegion(name, region, keys);
  });
  return [...(makesOwn ? [namespaceKind] : []), ...here];
}

/** Kinds without a namespace among a region's manifests. */
function kindsOfRegion(name: string, region: Region, keys: Platform["keys"]): GroupKind[] {
  const { nats, discovery, externalSecrets } = region;
  const makesNamespace = nats.createNamespace || namespacesToMake(bridgesIn(name, region), nats.namespace).length > 0;
  const isStore = keys.store === "vault" && externalSecrets.kind === "ClusterSecretStore" && externalSecrets.create;
  return [
    ...(makesNamespace ? [namespaceKind] : []),
    // The controller that watches one namespace alone has no role beyond it.
    ...(discovery !== undefined && discovery.namespace === undefined
      ? [
          { group: RBAC, kind: "ClusterRole" },
          { group: RBAC, kind: "ClusterRoleBinding" },
        ]
      : []),
    ...(isStore ? [{ group: "external-secrets.io", kind: "ClusterSecretStore" }] : []),
  ];
}
