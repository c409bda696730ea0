import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { canonicalHash } from "../../nats/canonical-json.ts";
import type { LoginTexts, SecretText } from "./region-secrets.ts";

/**
 * A hash that changes with the text and with each key in it. In place of a key stands what the key is publicly known by, so that the hash
 * gives nothing away, and is the same wherever the keys are kept: a move to another store restarts nothing.
 */
export function checksumOf<Name extends string>({
  keys,
  text,
}: Pick<SecretText<Name>, "keys" | "text">): pulumi.Output<string> {
  const names = (Object.keys(keys) as Name[]).map((name) =>
    keys[name].publicKey.apply((publicKey) => [name, publicKey] as const),
  );
  return pulumi
    .all(names)
    .apply((known) => text(Object.fromEntries(known) as unknown as Record<Name, string>))
    .apply((content) => createHash("sha256").update(content).digest("hex"));
}

/** The field that says which texts these are, if there is to be one. */
export function markOf(mark: LoginTexts["mark"], checksum: string): Record<string, string> {
  return mark === undefined ? {} : { [mark(checksum)]: checksum };
}

/** A hash that changes with the texts and with the password in them, for which stands what is publicly known of it. */
export function loginChecksum(texts: LoginTexts["texts"], credential: pulumi.Output<string>): pulumi.Output<string> {
  return credential.apply((checksum) => canonicalHash({ checksum, texts: texts("password") }));
}
