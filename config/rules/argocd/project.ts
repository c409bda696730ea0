import { IN_CLUSTER } from "../../argocd/clusters.ts";
import { cronProblem } from "../../argocd/cron.ts";
import { zoneProblem } from "../../argocd/time-zones.ts";
import { secretForm } from "../../secret-forms.ts";
import type { ArgocdSettings } from "../../argocd/schema.ts";
import { matchesGlob } from "../../../nats/globs.ts";
import { type Finding, type Path, show } from "../../problem.ts";
import { existing } from "../accounts.ts";
import type { Rule } from "../rule.ts";

type Project = ArgocdSettings["project"];

/** The project is one that Argo CD takes, and names what there is. */
export const argocdProject: Rule = function* ({ argocd }) {
  if (argocd === undefined) return;
  const { project, clusters } = argocd;
  const path = ["argocd", "project"];
  if (project.name === "default") {
    const allowed = "Argo CD makes that one, and it permits everything: a project of its own is needed here";
    yield { path: [...path, "name"], found: show(project.name), allowed };
  }
  const names = [...Object.keys(clusters), IN_CLUSTER];
  for (const [index, { cluster }] of project.destinations.entries()) {
    if (names.some((name) => matchesGlob(cluster, name))) continue;
    const allowed = `argocd.clusters has ${existing("cluster", names, cluster)}`;
    yield { path: [...path, "destinations", index, "cluster"], found: show(cluster), allowed };
  }
  for (const [index, pattern] of project.repositories.entries()) {
    if (pattern !== "!*" && secretForm(pattern) === undefined) continue;
    const allowed = "the address of a repository, or a pattern of some, is needed here";
    yield { path: [...path, "repositories", index], found: "something else (not shown)", allowed };
  }
  yield* windowProblems(project.windows, [...path, "windows"]);
  yield* roleProblems(project.roles, [...path, "roles"]);
  yield* subscriptionProblems(argocd.notifications);
};

function* windowProblems(windows: Project["windows"], path: Path): Generator<Finding> {
  const first = new Map<string, number>();
  for (const [index, window] of windows.entries()) {
    const { schedule, timeZone, applications, kind, duration } = window;
    const here = [...path, index];
    const wrong = cronProblem(schedule);
    if (wrong !== undefined) yield { path: [...here, "schedule"], found: show(schedule), allowed: wrong };
    const zone = zoneProblem(timeZone);
    if (zone !== undefined) yield { path: [...here, "timeZone"], found: show(timeZone), allowed: zone };
    if (applications.length === 0) {
      const allowed = 'a window without Applications is refused by Argo CD: "*" means all';
      yield { path: [...here, "applications"], found: "an empty list", allowed };
    }
    // Whether a person may sync doesn't tell them apart (argo-cd 3.2, HashIdentity).
    const identity = JSON.stringify([kind, schedule, duration, timeZone, applications]);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, index);
    else
      yield {
        path: here,
        found: "a window",
        allowed: `windows[${String(other)}] is the same, and Argo CD refuses both`,
      };
  }
}

function* roleProblems(roles: Project["roles"], path: Path): Generator<Finding> {
  for (const [name, { groups, allow }] of Object.entries(roles)) {
    yield* twice(groups, [...path, name, "groups"]);
    yield* twice(allow, [...path, name, "allow"]);
    for (const [index, group] of groups.entries()) {
      const inner = /^"(.+)"$/.exec(group)?.[1];
      if (inner === undefined ? !/[",\n\r\t]|^\s|\s$/.test(group) : !/["\n\r\t]/.test(inner)) continue;
      const allowed =
        "a group has no quotes, tabs, line breaks, or spaces at its ends, and with a comma stands in quotes of its own";
      yield { path: [...path, name, "groups", index], found: show(group), allowed };
    }
    if (allow.length > 0) continue;
    const allowed = "a role that may do nothing is of no use: get, at least";
    yield { path: [...path, name, "allow"], found: "an empty list", allowed };
  }
}

function* twice(items: readonly string[], path: Path): Generator<Finding> {
  for (const [index, item] of items.entries()) {
    if (items.indexOf(item) === index) continue;
    yield { path: [...path, index], found: show(item), allowed: "it stands here twice, which Argo CD refuses" };
  }
}

function* subscriptionProblems(notifications: ArgocdSettings["notifications"]): Generator<Finding> {
  const first = new Map<string, number>();
  for (const [index, { trigger, service, recipients }] of notifications.entries()) {
    const path = ["argocd", "notifications", index];
    const key = `${trigger}.${service}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, index);
    else {
      const allowed = `argocd.notifications[${String(other)}] has them: name all recipients there`;
      yield { path, found: `trigger ${show(trigger)} and service ${show(service)}`, allowed };
    }
    // A key of an annotation: of what stands after the slash Kubernetes takes 63 characters.
    const annotation = `subscribe.${key}`;
    if (annotation.length > 63) {
      const found = `trigger and service that make ${annotation} (${String(annotation.length)} characters)`;
      yield { path, found, allowed: "that is the name of an annotation, which has at most 63: shorten one of them" };
    }
    if (recipients.length === 0) {
      yield { path: [...path, "recipients"], found: "an empty list", allowed: "somebody has to be told" };
    }
    for (const [place, recipient] of recipients.entries()) {
      const secret = secretForm(recipient);
      if (secret === undefined && !recipient.includes(";")) continue;
      const found = secret === undefined ? show(recipient) : `${secret} (not shown)`;
      const allowed =
        "a channel or an address is needed here, each by itself: what is secret is in argocd-notifications-secret";
      yield { path: [...path, "recipients", place], found, allowed };
    }
  }
}
