import { parse } from "yaml";
import { healthCustomizations } from "../../../components/argocd/health.ts";
import { MANIFESTS_SECONDS } from "../../../components/argocd/repo-server.ts";
import type { Check } from "../check.ts";
import type { Installation } from "./installation.ts";

const PREFIX = "resource.customizations.health.";
const VALUES = "`npm run cli -- argocd values` and `argocd patch` print it";

/** Whether Argo CD can tell how the objects of other operators are. A script of somebody else's is as good as ours. */
export function checkHealth({ configMaps }: Pick<Installation, "configMaps">): Check {
  const data = configMaps["argocd-cm"] ?? {};
  const old = oldHealth(data["resource.customizations"]);
  const keys = Object.keys(healthCustomizations);
  const missing = keys.filter((key) => data[key] === undefined && !old.has(key));
  const own = keys.filter((key) => !missing.includes(key) && data[key]?.trim() !== healthCustomizations[key]?.trim());
  return {
    about: "health checks",
    found: `${String(keys.length)} kinds${own.length === 0 ? "" : `, of which others wrote ${String(own.length)}`}`,
    problems: missing.map(
      (key) =>
        `argocd-cm: found no ${key}, so that Argo CD takes such an object for healthy as soon as it is there, or for what it is not: ${VALUES}`,
    ),
  };
}

/** The keys of today for what stands in the one text of former versions. */
function oldHealth(text: string | undefined): ReadonlySet<string> {
  if (text === undefined) return new Set();
  const entries = Object.entries((parse(text) as Record<string, Record<string, unknown> | null> | null) ?? {});
  return new Set(
    entries.flatMap(([kind, it]) => (it?.["health.lua"] === undefined ? [] : [PREFIX + kind.replace("/", "_")])),
  );
}

/** By what Argo CD knows which objects are an Application's. */
export function checkTracking({ configMaps }: Pick<Installation, "configMaps">): Check {
  const method = configMaps["argocd-cm"]?.["application.resourceTrackingMethod"] ?? "annotation";
  return {
    about: "tracking",
    found: `by ${method}`,
    problems:
      method === "label"
        ? [
            "application.resourceTrackingMethod: found label, but then what carries the label of a chart may be taken for another Application's and pruned: take it out (annotation is what Argo CD does since 3.0)",
          ]
        : [],
  };
}

/** Whether Argo CD rolls ApplicationSets out step by step: without, it ignores a rollout and says nothing. */
export function checkProgressiveSyncs({
  configMaps,
  workloads,
}: Pick<Installation, "configMaps" | "workloads">): Check {
  const key = "applicationsetcontroller.enable.progressive.syncs";
  const value = configMaps["argocd-cmd-params-cm"]?.[key];
  const containers = workloads["applicationset-controller"]?.spec?.template.spec?.containers ?? [];
  const isFlag = containers.some(({ args = [], command = [] }) =>
    [...command, ...args].some((it) => /^--enable-progressive-syncs(?:=true)?$/.test(it)),
  );
  return {
    about: "progressive syncs",
    found: "on",
    problems:
      value === "true" || isFlag
        ? []
        : [
            `argocd-cmd-params-cm: found ${key} ${value ?? "absent"}, but argocd.progressiveSyncs is true: set it to "true" and restart the applicationset-controller (${VALUES})`,
          ],
  };
}

/** Whether the controller waits as long for a fleet's rendering as the plugin may take: 60 seconds otherwise. */
export function checkRenderingTime({ configMaps }: Pick<Installation, "configMaps">): Check {
  const key = "controller.repo.server.timeout.seconds";
  const value = configMaps["argocd-cmd-params-cm"]?.[key];
  return {
    about: "time for rendering",
    found: `${value ?? ""} s`,
    problems:
      Number(value ?? 0) >= MANIFESTS_SECONDS
        ? []
        : [
            `argocd-cmd-params-cm: found ${key} ${value ?? "absent"}, but a full shard of a helmfile fleet may take ${String(MANIFESTS_SECONDS)} s: set it and restart the application-controller (${VALUES})`,
          ],
  };
}

/** Whether what the stack subscribes to can be sent. */
export function checkNotifications(
  { configMaps }: Pick<Installation, "configMaps">,
  subscriptions: readonly { readonly trigger: string; readonly service: string }[],
): Check {
  const data = configMaps["argocd-notifications-cm"];
  const needed = [
    ...new Set(subscriptions.flatMap(({ trigger, service }) => [`trigger.${trigger}`, `service.${service}`])),
  ];
  return {
    about: "notifications",
    found: needed.join(", "),
    problems:
      data === undefined
        ? [
            "found no ConfigMap argocd-notifications-cm, but the stack subscribes to notifications: install the notifications controller",
          ]
        : needed
            .filter((key) => data[key] === undefined)
            .map(
              (key) =>
                `argocd-notifications-cm: found no ${key}, but the stack subscribes to it: nothing would be sent`,
            ),
  };
}
