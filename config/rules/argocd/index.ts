import type { Rule } from "../rule.ts";
import { argocdClusters } from "./clusters.ts";
import { argocdGenerators } from "./generators.ts";
import { argocdHelmfile } from "./helmfile.ts";
import { argocdManifestPaths } from "./manifest-paths.ts";
import { argocdNames } from "./names.ts";
import { argocdPermits } from "./permits.ts";
import { argocdProject } from "./project.ts";
import { argocdRegions } from "./regions.ts";
import { argocdRemovals } from "./removals.ts";
import { argocdRepositories } from "./repositories.ts";
import { argocdRollouts } from "./rollouts.ts";
import { argocdSecrets } from "./secrets.ts";
import { argocdSizes } from "./sizes.ts";
import { argocdSources } from "./sources.ts";
import { argocdStores } from "./stores.ts";
import { argocdSyncs } from "./syncs.ts";
import { argocdTwice } from "./twice.ts";
import { argocdValues } from "./values.ts";

/** Checks of what Argo CD is told. */
export const argocdRules: readonly Rule[] = [
  argocdClusters,
  argocdGenerators,
  argocdHelmfile,
  argocdManifestPaths,
  argocdNames,
  argocdPermits,
  argocdProject,
  argocdRegions,
  argocdRemovals,
  argocdRepositories,
  argocdRollouts,
  argocdSecrets,
  argocdSizes,
  argocdSources,
  argocdStores,
  argocdSyncs,
  argocdTwice,
  argocdValues,
];
