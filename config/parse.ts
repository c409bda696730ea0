import type { z } from "zod";
import type { Problem } from "../nats/problem.ts";
import { isMap, merge } from "./merge.ts";
import { withBridges } from "./mqtt-bridges.ts";
import { nearest } from "./nearest.ts";
import { ConfigError, type Finding, inOrder, listed, type Path, pathText, show } from "./problem.ts";
import { prune, reach, startsWith } from "./prune.ts";
import { rules } from "./rules/index.ts";
import { type Platform, platformInputSchema, platformSchema } from "./schema.ts";
import { withRobots } from "./robots.ts";
import { withoutSecrets } from "./secret-forms.ts";
import { withSystemUsers } from "./system-users.ts";
import { withValues } from "./values-file.ts";

/** What became of an input. */
export interface Reading {
  readonly problems: readonly Problem[];
  /** Without its wrong parts if there are problems; absent if nothing could be read. */
  readonly platform: Platform | undefined;
}

/**
 * The typed configuration of a stack, deeply frozen.
 * @throws ConfigError with all problems at once.
 */
export function parsePlatform(input: unknown): Platform {
  const { problems, platform } = readPlatform(input);
  if (problems.length > 0 || platform === undefined) throw new ConfigError(problems);
  return platform;
}

/** {@link parsePlatform} for a caller that has problems of its own to add. */
export function readPlatform(written: unknown): Reading {
  const { input, findings: unread } = withValues(written);
  const merged = withDefaults(input);
  const result = platformSchema.safeParse(merged);
  const shape = [...unread, ...outerFindings(input), ...(result.success ? [] : innerFindings(result.error, merged))];
  const readable = result.success ? result.data : readableParts(platformSchema, merged, result.error);
  const robots = withRobots(readable);
  const systemUsers = withSystemUsers(robots.platform);
  const bridges = withBridges(systemUsers.platform);
  const { platform } = bridges;
  const ruled = platform === undefined ? [] : rules.flatMap((rule) => [...rule(platform)]);
  const asWrittenAt = (path: Path) => robots.asWrittenAt(systemUsers.asWrittenAt(bridges.asWrittenAt(path)));
  const judged = [...robots.findings, ...systemUsers.findings, ...bridges.findings, ...ruled].map((finding) => ({
    ...finding,
    path: asWrittenAt(finding.path),
  }));
  const findings = [...shape, ...judged.filter((finding) => !isConsequence(finding, shape))];
  return {
    problems: inOrder(findings.map((finding) => asWritten(finding, input))),
    platform: platform && deepFreeze(platform),
  };
}

/** What is wrong outside accounts and regions, judged as it is written: `defaults` too, and unknown keys beside it. */
function outerFindings(input: unknown): Finding[] {
  const outer = isMap(input) ? { ...input, accounts: {}, regions: {} } : input;
  const result = platformInputSchema.safeParse(outer);
  return result.success ? [] : findingsOf(result.error, outer);
}

/** What is wrong inside accounts and regions, judged with `defaults` under the regions. */
function innerFindings(error: z.ZodError, merged: unknown): Finding[] {
  return findingsOf(error, merged).filter(({ path }) => path[0] === "accounts" || path[0] === "regions");
}

/** The input with `defaults` merged under every region. */
function withDefaults(input: unknown): unknown {
  if (!isMap(input)) return input;
  const { defaults, ...rest } = input;
  if (!isMap(defaults) || !isMap(rest.regions)) return rest;
  const regions = Object.entries(rest.regions).map(([name, region]) => [name, merge(defaults, region)] as const);
  return { ...rest, regions: Object.fromEntries(regions) };
}

/** An input without the parts that do not fit the schema, so that rules can judge the rest in the same run. */
export function readableParts<Output>(
  schema: z.ZodType<Output>,
  input: unknown,
  error: z.ZodError,
): Output | undefined {
  const wrong = findingsOf(error, input).map(({ path }) => path);
  const rest = prune(input, wrong);
  if (rest === undefined) return undefined;
  const result = schema.safeParse(rest);
  return result.success ? result.data : readableParts(schema, rest, result.error);
}

/** Whether a finding is there only because of one of the others. */
export function isConsequence({ path, given = [] }: Finding, causes: readonly Finding[]): boolean {
  return causes.some(
    (cause) =>
      startsWith(path, cause.path) ||
      given.some((place) => startsWith(place, cause.path) || startsWith(cause.path, place)),
  );
}

/** What zod found, as findings. */
export function findingsOf(error: z.ZodError, input: unknown): Finding[] {
  return error.issues.flatMap((issue) => findings(issue, [], input));
}

/** One issue of zod as findings; paths inside an issue are relative to `base`. */
function findings(issue: z.core.$ZodIssue, base: Path, input: unknown): Finding[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], key, issue.message.split(", ")));
    case "invalid_key": {
      return [{ path, found: `${show(path.at(-1))} as a name`, allowed: issue.issues[0]?.message ?? issue.message }];
    }
    case "invalid_union": {
      // The branch that was meant: the one whose outermost type fits.
      const meant = issue.errors.find((branch) => !branch.some(({ path: inner }) => inner.length === 0));
      if (meant !== undefined) return meant.flatMap((inner) => findings(inner, path, input));
      return [{ path, found: shownAt(path, input), allowed: issue.message }];
    }
    default:
      return [{ path, found: shownAt(path, input), allowed: issue.message }];
  }
}

/** Fields in which a secret may stand by mistake that looks like nothing special. */
const NEVER_SHOWN = ["seed", "password", "token", "passwordFrom", "tokenFrom", "keyFrom", "from", "url"];

function shownAt(path: Path, input: unknown): string {
  const value = reach(input, path);
  const isHidden = NEVER_SHOWN.includes(String(path.at(-1))) && value !== undefined;
  return isHidden ? "a value that may be a secret (not shown)" : show(value);
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const guess = nearest(key, known);
  const suggestion = guess === undefined ? "" : `; did you mean ${guess}?`;
  return { path, found: "an unknown key", allowed: `only ${listed(known, "or")} can stand here${suggestion}` };
}

/**
 * The problem in the terms of what the person wrote: a value that a region has from `defaults` is reported there. `root` is the
 * configuration key that the input stands under.
 */
export function asWritten({ path, found, allowed }: Finding, input: unknown, root = "platform"): Problem {
  const written = isFromDefaults(path, input) ? ["defaults", ...path.slice(2)] : path;
  const isDefault = found !== "nothing" && reach(input, written) === undefined;
  return {
    path: withoutSecrets(pathText(written) || root),
    found: withoutSecrets(isDefault ? `${found} (the default)` : found),
    allowed: withoutSecrets(allowed),
  };
}

function isFromDefaults(path: Path, input: unknown): boolean {
  if (path[0] !== "regions" || path.length < 3) return false;
  // Lists replace: whoever wrote the list wrote everything in it.
  const listAt = path.findIndex((step) => typeof step === "number");
  const place = listAt === -1 ? path : path.slice(0, listAt);
  return reach(input, place) === undefined && reach(input, ["defaults", ...place.slice(2)]) !== undefined;
}

/** The value, which nobody can change any more at any depth. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
