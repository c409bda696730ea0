import type { Rule } from "../rule.ts";
import { argocdClusters } from "./clusters.ts";
import { argocdProject } from "./project.ts";
import { argocdRepositories } from "./repositories.ts";
import { argocdSecrets } from "./secrets.ts";

/** Checks of what Argo CD is told. */
export const argocdRules: readonly Rule[] = [argocdClusters, argocdProject, argocdRepositories, argocdSecrets];
