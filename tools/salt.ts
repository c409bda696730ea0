import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { factsOf } from "./stack-file.ts";

/**
 * Does `work` so that the engine leaves a stack's file as it was. It would write `encryptionsalt` there, which belongs to one
 * machine's passphrase: in Git it would lock out everybody else, whose passphrase is another. While a file holds no encrypted
 * values the salt is of no use, because the state carries its own. A file that `work` changed otherwise keeps the change.
 */
export async function withoutSalt<T>(file: string, work: () => Promise<T>): Promise<T> {
  if (!existsSync(file) || factsOf(readFileSync(file, "utf8")).hasSecrets) return work();
  const before = dropSalt(readFileSync(file, "utf8"));
  writeFileSync(file, before);
  try {
    return await work();
  } finally {
    const after = readFileSync(file, "utf8");
    if (isDeepStrictEqual(contentOf(after), contentOf(before))) writeFileSync(file, before);
  }
}

/** A stack's file without the line of the salt. */
export function dropSalt(text: string): string {
  return text.replace(/^encryptionsalt:.*\n?/m, "");
}

function contentOf(text: string): Record<string, unknown> {
  const content = { ...(parse(text) as Record<string, unknown> | null) };
  delete content.encryptionsalt;
  return content;
}
