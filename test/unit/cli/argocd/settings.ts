import { argocdSchema, type ArgocdSettings } from "../../../../config/argocd/schema.ts";

/** Settings of a stack for tests around an installation: `fields` over what has to be there. */
export function argocdSettings(fields: Record<string, unknown> = {}): ArgocdSettings {
  return argocdSchema.parse({ target: { render: "deploy/argocd" }, version: "3.2.11", ...fields });
}
