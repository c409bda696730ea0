import type { Finding } from "../problem.ts";
import type { Platform } from "../schema.ts";

/** A check over several fields. It sees only parts that fit the schema. */
export type Rule = (platform: Platform) => Iterable<Finding>;
