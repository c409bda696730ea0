import { keep, open } from "../../providers/stores/keep.ts";
import { reachable } from "../../providers/stores/store.ts";
import { Trouble } from "../../tools/project.ts";
import { inParallel } from "./in-parallel.ts";
import type { Plan } from "./plan.ts";

/**
 * Writes every key that is still in the old store into the new one, where a key is written once and never replaced: one that is
 * there already is read and has to be the same. Nothing else is touched, so that it can be run again after whatever happened.
 */
export async function copyKeys({ to, left }: Plan): Promise<void> {
  await inParallel(left, async ({ key, isSigningKey }) => {
    const { name, kind, publicId, location } = key;
    const material = await open(reachable(location, to));
    // `keep` reads back what it wrote, and tells the name of that.
    const kept = await keep({ name, kind, adopt: material }, to, isSigningKey);
    if (kept.publicId !== publicId)
      throw new Trouble(`${name}: ${publicId} was to be copied, but ${kept.publicId} is what can be read`);
  });
}
