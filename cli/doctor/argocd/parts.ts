import type { Check } from "../check.ts";
import { components, type Installation, type Workload } from "./installation.ts";

/** Whether the kinds and the parts of Argo CD are there. */
export function checkParts({ namespace, kinds, workloads }: Installation): Check {
  const missingKinds = ["AppProject", "Application", "ApplicationSet"].filter((kind) => !kinds.includes(kind));
  const states = components.map((component) => [component, workloads[component]] as const);
  return {
    about: "parts",
    found: `${components.join(", ")} in namespace ${namespace}`,
    problems: [
      ...missingKinds.map(
        (kind) =>
          `found no kind ${kind}.argoproj.io: apply Argo CD's CRDs with --server-side (they are too large otherwise)`,
      ),
      ...states.flatMap(([component, workload]) => {
        if (workload === undefined)
          return [`found no ${component} in namespace ${namespace}: install it, or correct argocd.namespace`];
        return (workload.status?.readyReplicas ?? 0) > 0
          ? []
          : [`no pod of ${component} is ready: look at its events and logs`];
      }),
    ],
  };
}

/** Whether it is the version that the stack's rules were checked for. */
export function checkVersion(
  { workloads }: Pick<Installation, "workloads">,
  { version, hasGenerators }: { version: string; hasGenerators: boolean },
): Check {
  const found = components.flatMap((component) => {
    const workload = workloads[component];
    return workload === undefined ? [] : [{ component, running: versionOf(workload) }];
  });
  const running = [...new Set(found.flatMap(({ running }) => running ?? []))];
  return {
    about: "version",
    found: running.join(", "),
    problems: [
      ...found.flatMap(({ component, running }) => {
        if (running === version) return [];
        return running === undefined
          ? [
              `${component}: found neither an image with a version in its tag nor the label app.kubernetes.io/version, but the version has to be known`,
            ]
          : [
              `${component}: found ${running}, but argocd.version is ${version}: correct argocd.version, so that the rules are those of what runs`,
            ];
      }),
      ...(hasGenerators ? running.filter(skipsHooksByItself) : []).map(
        (bad) => `${bad} runs no hooks in automated syncs, and generators are hooks: upgrade to 3.4.5 or later`,
      ),
    ],
  };
}

/** argoproj/argo-cd#27875: automated syncs were taken for syncs of some objects, in which hooks are left out. */
function skipsHooksByItself(version: string): boolean {
  return /^3\.4\.[0-4]$/.test(version);
}

/** From the image's tag, which says what runs; else from the label of the chart. */
function versionOf({ metadata, spec }: Workload): string | undefined {
  const images = (spec?.template.spec?.containers ?? []).map(({ image }) => image ?? "");
  const tags = images.filter((image) => image.includes("argocd")).map((image) => /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1]);
  return tags.find((tag) => tag !== undefined) ?? metadata?.labels?.["app.kubernetes.io/version"]?.replace(/^v/, "");
}
