import { argocdInput } from "./argocd-stack.ts";
import { refuses } from "./wrong.ts";

const UI =
  "argocd: { applications: { ui: { repository: team, revision: main, path: helm/ui, region: eu-east, namespace: ui } } }";

refuses(
  [
    [
      "kinds that the platform's own manifests have",
      "argocd: { platform: { repository: team, revision: main }, project: { deniedKinds: [{ group: apps, kind: StatefulSet }, { kind: Endpoints }] } }",
      'argocd.project.deniedKinds[0]: found "apps/StatefulSet", but argocd.platform needs it: a region\'s manifests have such objects (StatefulSet)',
    ],
    [
      "a repository that an Application comes from",
      'argocd: { project: { repositories: ["!https://git.example/team/*"] } }',
      'argocd.project.repositories[0]: found "!https://git.example/team/*", but it denies repository team, which argocd.applications.ui comes from',
    ],
    [
      "namespaces that an Application is not in, and nothing without one",
      "argocd: { clusters: { eu-east: { existing: false, gke: true, namespaces: [other] } }, applications: { ui: { sync: { createNamespace: true } } } }",
      "argocd.clusters.eu-east.clusterResources: found false (the default), but argocd.applications.ui makes objects without a namespace: true is needed beside namespaces",
      "argocd.clusters.eu-east.namespaces: found a list, but argocd.applications.ui puts objects into ui, which is not among them",
    ],
  ],
  argocdInput(UI),
);
