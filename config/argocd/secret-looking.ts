import type { Finding, Path } from "../problem.ts";
import { looksSecret, secretForm } from "../secret-forms.ts";

/** Keys whose text is a password, whatever it looks like. */
const passwordKey = /(?:^|[^a-z])(?:password|passwd|passphrase)$|Pass(?:word|wd|phrase)$/i;

/** Keys whose text is a secret if it looks random: a name of a Secret would stand there, too. */
const secretKey = /(?:token|secret|api[-_.]?key|private[-_.]?key|access[-_.]?key|secret[-_.]?key|seed|credentials?)$/i;

/**
 * What stands for something that comes from elsewhere: ${NAME}, $(NAME), {{ .name }}, ref+vault://, vault:path#field. In Helm values
 * nothing reads a plain $NAME, and a password may begin so.
 */
const reference = /^(?:\$\{\w[^}]*\}|\$\(\w[^)]*\)|\{\{|ref\+|vault:|<path:)/;

/**
 * What looks like a secret in a value: by its form, or by the key that it stands under. What Argo CD is told is in plain text in its
 * objects, their history and its user interface. The findings don't show it.
 */
export function secretProblem(path: Path, value: unknown): Finding[] {
  if (typeof value === "object" && value !== null) {
    const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
    return [...(Array.isArray(value) ? namedValue(path, value) : []), ...entriesProblems(path, entries)];
  }
  if (typeof value !== "string") return [];
  const found = secretForm(value) ?? underKey(path.at(-1), value);
  return found === undefined ? [] : [finding(path, found)];
}

function entriesProblems(path: Path, entries: readonly (readonly [string | number, unknown])[]): Finding[] {
  return entries.flatMap(([key, item]) => secretProblem([...path, key], item));
}

/** A list of name and value, as of environment variables: the name is the key. */
function namedValue(path: Path, items: readonly unknown[]): Finding[] {
  return items.flatMap((item, index) => {
    if (typeof item !== "object" || item === null || !("name" in item) || !("value" in item)) return [];
    const { name, value } = item;
    if (typeof name !== "string" || typeof value !== "string" || looksSecret(value)) return [];
    const found = underKey(name, value);
    return found === undefined ? [] : [finding([...path, index, "value"], found)];
  });
}

function underKey(key: string | number | undefined, text: string): string | undefined {
  if (typeof key !== "string" || text === "" || reference.test(text)) return undefined;
  if (passwordKey.test(key)) return "a password";
  return secretKey.test(key) && looksRandom(text) ? "what seems to be a secret" : undefined;
}

/** Long, without spaces, and of letters of both cases and digits, or of hexadecimal digits: no word and no name. */
function looksRandom(text: string): boolean {
  if (!/^[\w+/=.~!@#%^&*-]{16,}$/.test(text)) return false;
  if (/^[0-9a-f]{20,}$/i.test(text)) return true;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && entropy(text) > 3.2;
}

/** Shannon's, in bits of a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

function finding(path: Path, found: string): Finding {
  const allowed =
    "Argo CD shows this in plain text to everybody who sees the Application: put it into a Secret, and its name here";
  return { path, found: `${found} (not shown)`, allowed };
}
