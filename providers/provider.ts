import type { dynamic } from "@pulumi/pulumi";

/**
 * What every dynamic provider of ours implements, all of it: where `update` is missing, Pulumi 3.270 replaces the
 * outputs with nothing, and a minted key would be gone.
 */
export type Provider<Inputs, Outputs> = Required<Omit<dynamic.ResourceProvider<Inputs, Outputs>, "configure">>;

/**
 * The text that stands for a value which a preview can't know yet (`rpc.unknownValue` of @pulumi/pulumi; written out
 * because loading the SDK costs the provider half a second).
 */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything in it, is only known after the update. */
export function isUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(isUnknown);
}

/**
 * An error that a person caused and can mend. It has no stack trace, because Pulumi's provider process prints one
 * where there is one.
 */
export function mistake(message: string): Error {
  const error = new Error(message);
  error.stack = "";
  return error;
}
