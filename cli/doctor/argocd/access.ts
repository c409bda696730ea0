import { AuthorizationV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { Check } from "../check.ts";
import type { Installation } from "./installation.ts";

/** Those of these namespaces in which the account may not make Deployments; undefined where whoever asks may not ask. */
export async function deniedNamespaces(
  config: KubeConfig,
  { namespace, account }: { namespace: string; account: string },
  namespaces: readonly string[],
): Promise<string[] | undefined> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const asked = namespaces.map(async (target) => {
    const { status } = await api.createSubjectAccessReview({
      body: {
        spec: {
          user: `system:serviceaccount:${namespace}:${account}`,
          groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
          resourceAttributes: { namespace: target, verb: "create", group: "apps", resource: "deployments" },
        },
      },
    });
    return { target, isDenied: status?.allowed !== true };
  });
  try {
    return (await Promise.all(asked)).filter(({ isDenied }) => isDenied).map(({ target }) => target);
  } catch {
    return undefined;
  }
}

/** Whether Argo CD may deploy to the cluster that it runs in: an installation for one namespace may not. */
export function checkAccess({ denied }: Pick<Installation, "denied">): Check {
  return {
    about: "access to its own cluster",
    found: denied === undefined ? "not known: whoever runs this may not ask it" : "as much as Applications need",
    problems: (denied ?? []).map(
      (namespace) =>
        `the application controller may not create Deployments in namespace ${namespace}: give its account a role there, or install Argo CD for the whole cluster`,
    ),
  };
}

/** Who may do everything in Argo CD, and by what its people are known. */
export function checkPeople(
  { configMaps }: Pick<Installation, "configMaps">,
  roles: Readonly<Record<string, { readonly groups: readonly string[] }>>,
): Check {
  const { "policy.default": byDefault = "", scopes = "[groups]" } = configMaps["argocd-rbac-cm"] ?? {};
  const ofGroups = Object.entries(roles).filter(([, { groups }]) => groups.length > 0);
  return {
    about: "argocd-rbac-cm",
    found: byDefault === "" ? "nobody may do anything by default" : `the default is ${byDefault}`,
    problems: [
      ...(byDefault === "role:admin"
        ? [
            "policy.default: found role:admin, but with it whoever signs in may sync and delete everything: take role:readonly or none",
          ]
        : []),
      ...ofGroups
        .filter(() => !/\bgroups\b/.test(scopes))
        .map(
          ([name]) =>
            `scopes: found ${scopes}, but the project's role ${name} is given to groups: add groups to the scopes, or its people don't have it`,
        ),
    ],
  };
}
