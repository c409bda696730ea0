import { until } from "../../../tools/cluster/wait.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A CustomResourceDefinition. Its name is how kubectl names the kind: plural, and group. */
interface Definition {
  readonly metadata: { readonly name: string };
}

/** Waits until the API serves these kinds, which takes a moment longer than their being established. */
export async function served(
  { kubectl }: Pick<ControlPlane, "kubectl">,
  definitions: readonly Definition[],
): Promise<void> {
  const names = definitions.map(({ metadata }) => metadata.name).join(",");
  await until(`the API serves ${names}`, () => kubectl("get", names, "-A", "-o", "name"), { seconds: 60 });
}
