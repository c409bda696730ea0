import { repositorySecretName } from "../../argocd/secret-names.ts";
import type { Repository } from "../../argocd/repository-schema.ts";
import { secretForm } from "../../secret-forms.ts";
import { normalUrl, repositoryAddress } from "../../argocd/urls.ts";
import { type Finding, listed, type Path, show } from "../../problem.ts";
import type { Rule } from "../rule.ts";
import { certificateProblem } from "./certificates.ts";
import { hostProblems } from "./known-hosts.ts";
import { loginProblems } from "./logins.ts";

/** Every repository has an address of its own, and one login that fits it. */
export const argocdRepositories: Rule = function* ({ argocd, keys }) {
  const first = new Map<string, string>();
  for (const [name, repository] of Object.entries(argocd?.repositories ?? {})) {
    const path = ["argocd", "repositories", name];
    const key = `${String(repository.template)} ${normalUrl(repositoryAddress(repository))}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    else {
      const allowed = `argocd.repositories.${other} is the same one to Argo CD, which takes the login of either`;
      yield { path: [...path, "url"], found: show(repository.url), allowed };
    }
    yield* typeProblems(repository, path);
    yield* hostProblems(repository, path);
    if (repository.existing) {
      yield* besideExisting(name, repository, path);
      continue;
    }
    if (repository.template) yield* notOfTemplates(repository, path);
    yield* loginProblems(repository, path);
    if (repository.insecure && keys.store === "vault") {
      const allowed = "this is for development, and keys in Vault are not: give knownHosts, or an authority to Argo CD";
      yield { path: [...path, "insecure"], found: "true", allowed };
    }
    yield* certificateProblem(repository.clientCertificate?.certificate, [...path, "clientCertificate", "certificate"]);
    const proxied = repository.proxy === undefined ? undefined : secretForm(repository.proxy);
    if (proxied !== undefined) {
      const allowed = "it would stand in plain text in the configuration: a proxy without a login is needed here";
      yield { path: [...path, "proxy"], found: `${proxied} (not shown)`, allowed };
    }
  }
};

/** Argo CD 3.2 reads neither from a template (util/db, secretToRepoCred): it would go on checking, and say nothing. */
function* notOfTemplates(repository: Repository, path: Path): Generator<Finding> {
  for (const field of ["insecure", "lfs"] as const) {
    if (!repository[field]) continue;
    const allowed = "Argo CD takes no notice of it in a template: it stands with each repository";
    yield { path: [...path, field], found: "true", allowed };
  }
}

const forms: Readonly<Record<Repository["type"], readonly [form: RegExp, allowed: string]>> = {
  git: [
    /^(?:https?:|ssh:|file:|[^/:]+@)/,
    "a Git repository has an address such as https://git.example/team/charts.git or git@git.example:team/charts.git",
  ],
  helm: [
    /^https?:/,
    "a repository of charts has an address such as https://charts.example; one in a registry is of type oci",
  ],
  oci: [/^(?:oci:|[^:/@]+(?::\d+)?\/)/, "a registry has an address such as oci://registry.example/charts"],
};

function* typeProblems({ type, url, lfs, template }: Repository, path: Path): Generator<Finding> {
  const [form, allowed] = forms[type];
  if (!form.test(url)) yield { path: [...path, "url"], found: show(url), allowed };
  if (!template && /^ssh:\/\/[^/]+\/?$/.test(url)) {
    const allowed = "that is a whole host, which only a template can be for";
    yield { path: [...path, "url"], found: show(url), allowed };
  }
  if (lfs && type !== "git") yield { path: [...path, "lfs"], found: "true", allowed: "Git LFS is of Git repositories" };
}

/** What would be left out without a word. */
function* besideExisting(name: string, repository: Repository, path: Path): Generator<Finding> {
  const logins = (["ssh", "basic", "bearer", "githubApp", "clientCertificate", "proxy", "secret"] as const).filter(
    (field) => repository[field] !== undefined,
  );
  const flags = (["insecure", "lfs"] as const).filter((field) => repository[field]);
  const fields = [...logins, ...flags];
  if (fields.length === 0) return;
  const secret = repositorySecretName(name, repository);
  const allowed = `with existing: true no Secret is made, and nothing of this reaches Argo CD: leave out one or the other (without existing it is Secret ${secret})`;
  yield { path: [...path, "existing"], found: `existing: true beside ${listed(fields, "and")}`, allowed };
}
