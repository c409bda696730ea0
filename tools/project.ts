import { dirname } from "node:path";

/** The folder that holds Pulumi.yaml. */
export const PROJECT: string = dirname(import.meta.dirname);

/** A mistake or a lack that the person at the keyboard can mend: shown as it is, without a stack trace. */
export class Trouble extends Error {
  override readonly name = "Trouble";
}
