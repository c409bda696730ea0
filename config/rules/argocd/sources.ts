import type { PathOrChart } from "../../argocd/source.ts";
import type { Repository } from "../../argocd/repository-schema.ts";
import type { ArgocdSettings } from "../../argocd/schema.ts";
import { type Finding, type Path, show } from "../../problem.ts";
import { existing } from "../accounts.ts";
import type { Rule } from "../rule.ts";

/** Repositories that exist, and in them what such a repository has: folders in Git, charts elsewhere. */
export const argocdSources: Rule = function* ({ argocd }) {
  if (argocd === undefined) return;
  for (const [name, application] of Object.entries(argocd.applications)) {
    const path = ["argocd", "applications", name];
    const repository = known(argocd, application.repository);
    yield* unknown(argocd, application.repository, path);
    yield* folderOrChart(application, repository, application.repository, path);
    yield* files(application, argocd.version, false, path);
    yield* chartVersion(application.revision, repository, path);
  }
  for (const [name, fleet] of Object.entries(argocd.fleets)) {
    const path = ["argocd", "fleets", name];
    const repository = known(argocd, fleet.repository);
    yield* unknown(argocd, fleet.repository, path);
    yield* chartVersion(fleet.revision, repository, path);
    if (fleet.mode === "helmfile") {
      yield* inGit(repository, fleet.repository, "a helmfile", path);
      yield* asWritten(fleet.helmfile?.path, [...path, "helmfile", "path"]);
      continue;
    }
    for (const [component, settings] of Object.entries(fleet.components)) {
      const place = [...path, "components", component];
      yield* folderOrChart(settings, repository, fleet.repository, place);
      yield* files(settings, argocd.version, true, place);
    }
  }
  const { platform } = argocd;
  if (platform === undefined) return;
  const path = ["argocd", "platform"];
  yield* unknown(argocd, platform.repository, path);
  yield* inGit(known(argocd, platform.repository), platform.repository, "the stack's manifests", path);
  yield* asWritten(platform.path, [...path, "path"]);
};

/** A repository that Applications can name: a template is none. */
function known({ repositories }: ArgocdSettings, name: string): Repository | undefined {
  const found = Object.hasOwn(repositories, name) ? repositories[name] : undefined;
  return found?.template === true ? undefined : found;
}

function* unknown(argocd: ArgocdSettings, name: string, path: Path): Generator<Finding> {
  if (known(argocd, name) !== undefined) return;
  const names = Object.keys(argocd.repositories).filter((it) => known(argocd, it) !== undefined);
  const isTemplate = Object.hasOwn(argocd.repositories, name);
  const allowed = isTemplate
    ? "it is a template, with which repositories sign in: add the repository itself (with existing: true)"
    : `argocd has ${existing("repository", names, name, "repositories")}`;
  const given = [["argocd", "repositories", name]];
  yield { path: [...path, "repository"], found: show(name), allowed, given };
}

function* folderOrChart(
  { path: folder, chart }: PathOrChart,
  repository: Repository | undefined,
  name: string,
  path: Path,
): Generator<Finding> {
  const given = [
    [...path, "path"],
    [...path, "chart"],
  ];
  if ((folder === undefined) === (chart === undefined)) {
    const found = folder === undefined ? "neither path nor chart" : "path and chart";
    yield { path, found, allowed: "exactly one of them says which chart it is", given };
    return;
  }
  if (repository === undefined) return;
  const { type } = repository;
  const typePath = [["argocd", "repositories", name, "type"]];
  if (type === "git" && chart !== undefined) {
    const allowed = `repository ${name} is of type git: say with path in which folder the chart is`;
    yield { path: [...path, "chart"], found: show(chart), allowed, given: typePath };
  } else if (type !== "git" && folder !== undefined) {
    const allowed = `repository ${name} is of type ${type} and has charts without folders: name it with chart`;
    yield { path: [...path, "path"], found: show(folder), allowed, given: typePath };
  }
  for (const [key, text] of Object.entries({ path: folder, chart })) yield* asWritten(text, [...path, key]);
}

function* asWritten(text: string | undefined, path: Path): Generator<Finding> {
  if (text === undefined || !/[*{}]/.test(text)) return;
  yield { path, found: show(text), allowed: "nothing stands for other text here: no *, { or }" };
}

function* files(
  { valueFiles }: { readonly valueFiles: readonly string[] },
  version: string,
  isFleet: boolean,
  path: Path,
): Generator<Finding> {
  for (const [position, file] of valueFiles.entries()) {
    const place = { path: [...path, "valueFiles", position], found: show(file) };
    const rest = isFleet ? file.replaceAll("{region}", "") : file;
    if (/[{}]/.test(rest)) {
      const allowed = isFleet
        ? "only {region} stands for something here"
        : "{region} stands for a region in fleets only";
      yield { ...place, allowed };
    } else if (rest.includes("*") && minor(version) < 4) {
      yield { ...place, allowed: `patterns are known from Argo CD 3.4 up, and this one is ${version}` };
    }
  }
}

function* inGit(repository: Repository | undefined, name: string, what: string, path: Path): Generator<Finding> {
  if (repository === undefined || repository.type === "git") return;
  const allowed = `repository ${name} is of type ${repository.type}, and ${what} can only be in a Git repository`;
  const given = [["argocd", "repositories", name, "type"]];
  yield { path: [...path, "repository"], found: show(name), allowed, given };
}

function* chartVersion(revision: string, repository: Repository | undefined, path: Path): Generator<Finding> {
  if (repository === undefined || repository.type === "git" || /[\d*]/.test(revision)) return;
  const allowed = "a repository of charts has versions, such as 1.4.2 or ~1.4, and no branches";
  yield { path: [...path, "revision"], found: show(revision), allowed };
}

/** 4 of 3.4.1. */
export function minor(version: string): number {
  return Number(version.split(".")[1]);
}
