import { readFileSync } from "node:fs";
import { z } from "zod";
import type { ControllerKeys, ControllerSettings } from "../../components/discovery/settings.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";
import { Trouble } from "../../tools/project.ts";

const publicKey = z
  .string()
  .regex(/^[OA][A-Z2-7]{55}$/, { error: "a public key is needed here" })
  .transform((text) => text as PublicNkey);
const names = z.array(z.string());

const settings = z.strictObject({
  region: z.string().min(1),
  operator: publicKey,
  url: z.string().min(1),
  home: z.string().min(1),
  namespace: z.string().min(1).exactOptional(),
  labelPrefixes: names.min(1),
  defaultInstallation: z.boolean(),
  rotation: z.int().min(0).max(65_535),
  resyncSeconds: z.number().positive(),
  graceSeconds: z.number().min(0),
  nack: z.boolean(),
  accounts: z.record(
    z.string(),
    z.strictObject({
      publicKey,
      issuedAt: z.int().min(0),
      signing: publicKey,
      roles: z.record(z.string(), publicKey),
      allow: z.array(z.strictObject({ namespaces: names, roles: names.exactOptional() })),
      users: names,
    }),
  ),
  taken: z.array(z.strictObject({ namespace: z.string(), secret: z.string(), by: z.string() })),
});

const keys = z.strictObject({
  accounts: z.record(
    z.string(),
    z.strictObject({ root: z.string(), signing: z.string(), roles: z.record(z.string(), z.string()) }),
  ),
});

/** The settings file. @throws Trouble */
export function readSettings(file: string): ControllerSettings {
  return read(file, settings);
}

/** The keys file. Secret, also in errors: they name fields, and never show a value. @throws Trouble */
export function readKeys(file: string): ControllerKeys {
  return read(file, keys);
}

function read<Output>(file: string, schema: z.ZodType<Output>): Output {
  const result = schema.safeParse(parsed(file));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Trouble([`${file} is not what this program writes for the controller:`, ...problems].join("\n"));
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Trouble(`${file}: ${(error as NodeJS.ErrnoException).code ?? "it can't be read"}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Trouble(`${file}: it is not JSON`);
  }
}
