import assert from "node:assert/strict";
import type { Component, Installation, Workload } from "../../../../cli/doctor/argocd/installation.ts";
import type { Check } from "../../../../cli/doctor/check.ts";
import { healthCustomizations } from "../../../../components/argocd/health.ts";

/** A part of Argo CD as its manifests have it. */
export function part(component: Component, image = "quay.io/argoproj/argocd:v3.2.11"): Workload {
  const name = `argocd-${component}`;
  const template = {
    spec: { containers: [{ name, image, volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] }] },
  };
  return {
    metadata: { name, labels: { "app.kubernetes.io/component": component } },
    spec: { template },
    status: { readyReplicas: 1 },
  };
}

/** An Argo CD with which all is well, and what is otherwise with it. */
export function installation(fields: Partial<Installation> = {}): Installation {
  return {
    namespace: "argocd",
    kinds: ["AppProject", "Application", "ApplicationSet"],
    configMaps: { "argocd-cm": healthCustomizations },
    workloads: {
      "application-controller": part("application-controller"),
      "repo-server": part("repo-server"),
      "applicationset-controller": part("applicationset-controller"),
    },
    applications: [],
    denied: [],
    ...fields,
  };
}

/** That is all that is wrong. */
export function assertProblems({ problems }: Check, ...expected: RegExp[]): void {
  assert.equal(problems.length, expected.length, problems.join("\n"));
  expected.forEach((pattern, index) => {
    assert.match(problems[index] ?? "", pattern);
  });
}
