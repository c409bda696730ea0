import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Trouble } from "../../tools/project.ts";

const manifestSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
});

/** One rendered Kubernetes object. Only what every object has is typed. */
export type Manifest = z.infer<typeof manifestSchema> & { readonly file: string };

/** A rendered Secret: its entries in plain text. */
export type SecretManifest = Manifest & { readonly stringData: Readonly<Record<string, string>> };

/** Where a region was rendered to: absolute folders. */
export interface Rendered {
  readonly manifests: string;
  readonly secrets: string;
}

/** Reads every manifest of a rendered region. @throws Trouble where a folder is missing or a file is no manifest */
export function readRendered({ manifests, secrets }: Rendered): Manifest[] {
  return [manifests, secrets].flatMap((folder) => {
    if (!existsSync(folder)) throw new Trouble(`${folder} is not there: run \`npm run up\` first`);
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .map((name) => readManifest(join(folder, name)));
  });
}

function readManifest(file: string): Manifest {
  const { success, data } = manifestSchema.safeParse(parse(readFileSync(file, "utf8")));
  if (!success) throw new Trouble(`${file}: found something else than a Kubernetes object: run \`npm run up\` again`);
  return { ...data, file };
}

/** The one object of a kind and, if given, a name. @throws Trouble where there are none or several */
export function theOnly(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const [found, ...others] = manifests.filter(
    (it) => it.kind === kind && (name === undefined || it.metadata.name === name),
  );
  const wanted = name === undefined ? kind : `${kind} ${name}`;
  if (found === undefined) throw new Trouble(`found no ${wanted} among the manifests: run \`npm run up\` first`);
  if (others.length > 0)
    throw new Trouble(`found ${String(others.length + 1)} of ${wanted} among the manifests, but one is allowed`);
  return found;
}

/** The manifests that are Secrets. What somebody took out of a cluster has its entries in base64. */
export function secretsOf(manifests: readonly Manifest[]): SecretManifest[] {
  return manifests
    .filter(({ kind }) => kind === "Secret")
    .map((manifest) => ({ ...manifest, stringData: { ...decoded(manifest.data), ...entries(manifest.stringData) } }));
}

function decoded(data: unknown): Record<string, string> {
  const plain = Object.entries(entries(data)).map(([name, text]) => [name, Buffer.from(text, "base64").toString()]);
  return Object.fromEntries(plain) as Record<string, string>;
}

function entries(data: unknown): Record<string, string> {
  return z.record(z.string(), z.string()).catch({}).parse(data);
}
