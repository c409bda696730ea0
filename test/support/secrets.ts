/** How Pulumi marks a secret on the wire (`specialSigKey` and `specialSecretSig` of @pulumi/pulumi's rpc.ts). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value as Pulumi sends a secret one. */
export function sealed(value: unknown): unknown {
  return { [signatureKey]: secretSignature, value };
}

/** A value without its secret marks, and the paths at which they were. */
export function unseal(value: unknown, path = ""): { plain: unknown; secrets: string[] } {
  if (typeof value !== "object" || value === null) return { plain: value, secrets: [] };
  if ((value as Record<string, unknown>)[signatureKey] === secretSignature) {
    return { plain: unseal((value as Record<string, unknown>).value).plain, secrets: [path] };
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [key, unseal(item, path === "" ? key : `${path}.${key}`)] as const,
  );
  const secrets = entries.flatMap(([, item]) => item.secrets);
  if (Array.isArray(value)) return { plain: entries.map(([, item]) => item.plain), secrets };
  return { plain: Object.fromEntries(entries.map(([key, item]) => [key, item.plain])), secrets };
}
