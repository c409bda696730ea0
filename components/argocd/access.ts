import type * as pulumi from "@pulumi/pulumi";
import type { PlannedApplication } from "../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import type { Platform } from "../../config/schema.ts";
import { givenSecrets } from "../secrets/given.ts";
import type { ClusterTarget } from "../target/index.ts";
import { clusterSecret } from "./clusters.ts";
import { appProject } from "./project.ts";
import { repositorySecret } from "./repositories.ts";

/** What Applications need to be let in. */
export interface AccessArgs {
  readonly settings: ArgocdSettings;
  /** What the project permits. */
  readonly permitted: readonly PlannedApplication[];
  readonly platform: Platform;
  readonly target: ClusterTarget;
  /** A secret value of the configuration by its name. */
  readonly secret: (name: string) => pulumi.Output<string>;
  readonly parent: pulumi.Resource;
}

/** Makes the project, and the Secrets of repositories and clusters. Applications have to wait for what is returned. */
export function placeAccess(name: string, args: AccessArgs): pulumi.Resource[] {
  const { settings, permitted, platform, target, secret, parent } = args;
  const { namespace, externalSecrets, project } = settings;
  const opts = { parent };
  const placeGiven = givenSecrets({ name, namespace, target, keys: platform.keys, externalSecrets, secret });
  const repositories = Object.entries(settings.repositories).flatMap(([key, repository]) => {
    const given = repositorySecret(key, repository, project.name);
    return given === undefined ? [] : [placeGiven(`${name}.repository.${key}`, given, opts)];
  });
  const clusters = Object.entries(settings.clusters).flatMap(([key, cluster]) => {
    const given = clusterSecret(key, cluster, project.name);
    return given === undefined ? [] : [placeGiven(`${name}.cluster.${key}`, given, opts)];
  });
  const made = target.place("AppProject", `${name}.project`, appProject(settings, permitted, platform), opts);
  return [...repositories, ...clusters, made];
}
