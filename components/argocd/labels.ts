import { managedBy } from "../external-secrets/labels.ts";

/** By this label Argo CD finds the Secrets that are meant for it. */
export const SECRET_TYPE = "argocd.argoproj.io/secret-type";

/** Labels of a Secret for Argo CD. */
export function secretLabels(type: "repository" | "repo-creds" | "cluster"): Record<string, string> {
  return { ...managedBy, [SECRET_TYPE]: type };
}
