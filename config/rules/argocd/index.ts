import type { Rule } from "../rule.ts";
import { argocdGenerators } from "./generators.ts";
import { argocdHelmfile } from "./helmfile.ts";
import { argocdNames } from "./names.ts";
import { argocdRegions } from "./regions.ts";
import { argocdRollouts } from "./rollouts.ts";
import { argocdSizes } from "./sizes.ts";
import { argocdSources } from "./sources.ts";
import { argocdSyncs } from "./syncs.ts";
import { argocdTwice } from "./twice.ts";
import { argocdValues } from "./values.ts";

/** Every check of what Argo CD is to deploy. */
export const argocdRules: readonly Rule[] = [
  argocdGenerators,
  argocdHelmfile,
  argocdNames,
  argocdRegions,
  argocdRollouts,
  argocdSizes,
  argocdSources,
  argocdSyncs,
  argocdTwice,
  argocdValues,
];
