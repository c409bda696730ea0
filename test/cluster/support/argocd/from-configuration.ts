import type { ApplicationSpec } from "../../../../components/target/argo-cd.ts";
import type { Manifest } from "../../../../providers/manifest/yaml.ts";
import { manifestsOf, runProgram } from "../../../support/program.ts";

/** An Application that the program makes. */
export interface MadeApplication extends Manifest {
  readonly spec: ApplicationSpec;
}

/** What the program makes of a configuration for Argo CD: as a person applies it. @param secretConfig secret values of the configuration */
export async function argocdObjects(
  platform: unknown,
  secretConfig: Readonly<Record<string, string>> = {},
): Promise<Manifest[]> {
  const manifests = manifestsOf(await runProgram({ stack: "fleet", fixed: true, platform, secretConfig }));
  return manifests.filter(({ path }) => path.startsWith("deploy/argocd")).map(({ manifest }) => manifest);
}

/** The Applications among objects. */
export function applicationsIn(objects: readonly Manifest[]): MadeApplication[] {
  return objects.filter((object): object is MadeApplication => object.kind === "Application");
}

/** Names of objects. */
export function namesOf(objects: readonly { readonly metadata: { readonly name: string } }[]): string[] {
  return objects.map(({ metadata }) => metadata.name);
}
