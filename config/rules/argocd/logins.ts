import type { Repository } from "../../argocd/repository-schema.ts";
import { secretForm } from "../../secret-forms.ts";
import { isSsh } from "../../argocd/urls.ts";
import { type Finding, listed, type Path, show } from "../../problem.ts";

const logins = ["ssh", "basic", "bearer", "githubApp"] as const;

type Login = (typeof logins)[number];

/** There is one login, and it is one that Argo CD uses with this address. */
export function* loginProblems(repository: Repository, path: Path): Generator<Finding> {
  const { type, url, clientCertificate, insecure, lfs, proxy, template } = repository;
  const given = logins.filter((login) => repository[login] !== undefined);
  if (given.length > 1) {
    const allowed = `Argo CD signs in with one of them: exactly one of ${listed(logins, "and")} can stand here`;
    yield { path, found: listed(given, "and"), allowed };
    return;
  }
  const [login] = given;
  if (login === undefined && clientCertificate === undefined) {
    // Without a login a Secret still has something to say of these.
    if (!template && (insecure || lfs || proxy !== undefined)) return;
    const allowed = `${listed(logins, "or")} is needed here, or existing: true (public, or known to Argo CD, also by a template)`;
    yield { path, found: "no login", allowed, given: logins.map((it) => [...path, it]) };
    return;
  }
  if (login !== undefined) yield* misfit(login, repository, path);
  if (login === undefined && type === "git") {
    const allowed = "with Git, Argo CD uses one only beside basic, bearer or githubApp";
    yield { path: [...path, "clientCertificate"], found: "a client certificate alone", allowed };
  } else if (clientCertificate !== undefined && (isSsh(url) || url.startsWith("http:"))) {
    const allowed = `${show(url)} is reached without TLS`;
    yield { path: [...path, "clientCertificate"], found: "a client certificate", allowed };
  }
  yield* contentProblems(repository, path);
}

function* misfit(login: Login, { type, url, insecure }: Repository, path: Path): Generator<Finding> {
  const finding = (allowed: string): Finding => ({ path: [...path, login], found: login, allowed });
  if (login === "ssh") {
    if (!isSsh(url)) yield finding(`${show(url)} is no SSH address, and Argo CD would not use the key`);
    return;
  }
  if (isSsh(url)) {
    yield finding(`${show(url)} is an SSH address: ssh.keyFrom is needed here, or an https address`);
    return;
  }
  if (login !== "basic" && type !== "git") {
    yield finding(`with type ${type}, Argo CD uses basic and clientCertificate only`);
    return;
  }
  if (url.startsWith("http:") && !insecure) {
    yield finding(
      `${show(url)} would carry the login in plain text: https is needed (or insecure: true for development)`,
    );
  }
  if (url.startsWith("file:")) yield finding(`${show(url)} takes no login: existing: true instead`);
}

function* contentProblems({ basic, githubApp }: Repository, path: Path): Generator<Finding> {
  const username = basic === undefined ? undefined : secretForm(basic.username);
  if (username !== undefined) {
    const allowed = "it is in plain text here: it belongs into a secret value, and its name into passwordFrom";
    yield { path: [...path, "basic", "username"], found: `${username} (not shown)`, allowed };
  }
  if (githubApp === undefined) return;
  for (const field of ["id", "installation"] as const) {
    if (/^[1-9]\d{0,17}$/.test(githubApp[field])) continue;
    const allowed = "GitHub's ids are numbers, and Argo CD takes no notice of a repository with another";
    yield { path: [...path, "githubApp", field], found: show(githubApp[field]), allowed };
  }
  const { enterpriseUrl } = githubApp;
  if (enterpriseUrl !== undefined && !enterpriseUrl.startsWith("https://")) {
    const allowed = "an address such as https://ghe.example/api/v3 is needed here";
    yield { path: [...path, "githubApp", "enterpriseUrl"], found: show(enterpriseUrl), allowed };
  }
}
