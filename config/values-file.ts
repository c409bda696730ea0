import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { at, isMap, merge } from "./merge.ts";
import { type Finding, show } from "./problem.ts";
import { FAMILIES, named, type Family } from "./secrets-schema.ts";

/** The configuration with the lists of `secrets` as maps and its values file merged under them. */
export interface WithValues {
  readonly input: unknown;
  readonly findings: readonly Finding[];
}

/** What the chart's templates take of an entry; other fields are for itself. */
const FIELDS = [
  "enabled",
  "secretName",
  "generate",
  "overwrite",
  "publicKey",
  "claims",
  "tokenType",
  "robotName",
] as const;

/** Which field of a family holds what is secret, and which one of ours says where that is. */
const MATERIAL: Record<Family, { readonly field: string; readonly from: string }> = {
  natsNKeys: { field: "seed", from: "seedFrom" },
  natsAuth: { field: "password", from: "passwordFrom" },
  natsJwtAuth: { field: "token", from: "tokenFrom" },
};

const project = fileURLToPath(new URL("..", import.meta.url));

/**
 * Puts a chart's values file under what stands in `secrets`. What is secret in the file does not become part of the configuration:
 * in its place stands a name, which {@link valuesMaterial} knows.
 */
export function withValues(input: unknown): WithValues {
  const secrets = at(input, "secrets");
  if (!isMap(input) || !isMap(secrets)) return { input, findings: [] };
  const written = { ...secrets, ...mapFamilies((family) => asMap(at(secrets, family))) };
  const file = secrets.fromValues;
  if (typeof file !== "string") return { input: { ...input, secrets: written }, findings: [] };
  const read = readValues(file);
  if (typeof read === "string") {
    const finding = { path: ["secrets", "fromValues"], found: show(file), allowed: read };
    return { input: { ...input, secrets: written }, findings: [finding] };
  }
  const prefix = typeof secrets.namePrefix === "string" ? secrets.namePrefix : "glass-";
  const merged = mapFamilies((family) => merge(entriesOf(read, family, prefix, written[family]), written[family]));
  return { input: { ...input, secrets: { ...written, ...merged } }, findings: [] };
}

/** What a values file holds of a secret, by the name that stands for it in the configuration. @throws where there is no such thing */
export function valuesMaterial(file: string, name: string): string {
  const [, family = "", entry = ""] = name.split(".");
  const read = readValues(file);
  const material = typeof read === "string" ? undefined : materialOf(family as Family, at(at(read, family), entry));
  if (material === undefined) throw new Error(`${file} has no ${family}.${entry} with material`);
  return material;
}

/** The file's content, or why it can't be had. */
function readValues(file: string): string | Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(`${project}/${file}`, "utf8");
  } catch {
    return "there is no such file, relative to the project";
  }
  let values: unknown;
  try {
    values = parse(text);
  } catch {
    return "the file is no YAML";
  }
  if (isMap(values) && FAMILIES.some((family) => isMap(at(values, family)))) return values;
  return `the file must have one of ${FAMILIES.join(", ")}, each a map of entries`;
}

function entriesOf(values: unknown, family: Family, prefix: string, written: unknown): Record<string, unknown> {
  const entries = Object.entries(asMap(at(values, family)) ?? {}).flatMap(([name, entry]) => {
    if (!isMap(entry)) return [[name, entry] as const];
    const hasMaterial = materialOf(family, entry) !== undefined;
    // The chart renders nothing of an entry without material that is not to be generated.
    if (!hasMaterial && entry.generate !== true && at(written, name) === undefined) return [];
    return [[name, fromChart(family, name, entry, prefix)] as const];
  });
  return Object.fromEntries(entries);
}

function fromChart(
  family: Family,
  name: string,
  entry: Readonly<Record<string, unknown>>,
  prefix: string,
): Record<string, unknown> {
  const known = Object.fromEntries(
    FIELDS.flatMap((field) => (Object.hasOwn(entry, field) ? [[field, entry[field]] as const] : [])),
  );
  const { secretName } = entry;
  return {
    ...known,
    ...(typeof secretName === "string" ? { secretName: prefix + secretName } : {}),
    // Material that is given wins over generate, as in the chart.
    ...(materialOf(family, entry) === undefined
      ? {}
      : { generate: false, [MATERIAL[family].from]: `values.${family}.${name}` }),
  };
}

function materialOf(family: Family, entry: unknown): string | undefined {
  const material = at(entry, MATERIAL[family].field);
  if (typeof material === "number") return String(material);
  return typeof material === "string" && material !== "" ? material : undefined;
}

function asMap(entries: unknown): Readonly<Record<string, unknown>> | undefined {
  if (Array.isArray(entries)) return named(entries as readonly unknown[]);
  return isMap(entries) ? entries : undefined;
}

function mapFamilies(value: (family: Family) => unknown): Record<Family, unknown> {
  const entries = FAMILIES.map((family) => [family, value(family)] as const);
  return Object.fromEntries(entries.filter(([, known]) => known !== undefined)) as Record<Family, unknown>;
}
