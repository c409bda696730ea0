import * as pulumi from "@pulumi/pulumi";
import { permittedApplications, plannedApplications } from "../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import type { Platform } from "../../config/schema.ts";
import { clusterTarget } from "../target/index.ts";
import { placeAccess } from "./access.ts";
import { placeApplications } from "./applications.ts";
import { pluginConfigMap } from "./repo-server.ts";

/** What {@link Argocd} needs. */
export interface ArgocdArgs {
  readonly settings: ArgocdSettings;
  readonly platform: Platform;
  /** A secret value of the configuration by its name, where keys are in the state. */
  readonly secret: (name: string) => pulumi.Output<string>;
}

/** The objects of the fleet in Argo CD: project, repositories, clusters, Applications. */
export class Argocd extends pulumi.ComponentResource {
  /** Where the objects went, and the names of the Applications. */
  readonly summary: Readonly<Record<string, unknown>>;

  constructor(name: string, { settings, platform, secret }: ArgocdArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:argocd:Argocd", name, {}, opts);
    // A region may be called argocd; a name with a dot is none.
    const target = clusterTarget(`${name}.target`, settings.target);
    if (settings.plugin !== undefined)
      target.place("ConfigMap", `${name}.helmfile-plugin`, pluginConfigMap(settings.namespace), { parent: this });
    const planned = plannedApplications(platform);
    const after = placeAccess(name, {
      permitted: permittedApplications(platform),
      settings,
      platform,
      target,
      secret,
      parent: this,
    });
    placeApplications({ planned, settings, target, parent: this, after });
    this.summary = { ...target.summary, applications: planned.map((application) => application.name) };
    this.registerOutputs({});
  }
}
