declare const brand: unique symbol;

/** A template of External Secrets (Go's text/template): text in which everything but our own placeholders is literal. */
export type Template = string & { readonly [brand]: "template" };

/** What a template's engine makes of a value before it puts it in: base64 of it, or a JSON string with its quotes. */
export type Filter = "b64enc" | "toJson";

const filters: readonly (Filter | undefined)[] = [undefined, "b64enc", "toJson"];

/** Stands in a text for a value that External Secrets reads from Vault. @param name letters and digits, a letter first */
export function placeholder(name: string, filter?: Filter): string {
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name))
    throw new RangeError(`a placeholder's name has letters and digits only, not ${JSON.stringify(name)}`);
  return filter === undefined ? `{{ .${name} }}` : `{{ .${name} | ${filter} }}`;
}

/**
 * The template that gives this text with a value in place of each {@link placeholder} of these names. Without a
 * {@link Filter} the values are put in as they are: in a quoted text they must need no escapes.
 */
export function template(text: string, names: readonly string[]): Template {
  const placeholders = names.flatMap((name) => filters.map((filter) => placeholder(name, filter)));
  const pieces = placeholders.reduce(
    (found, value) => found.flatMap((piece) => (placeholders.includes(piece) ? [piece] : split(piece, value))),
    [text],
  );
  return pieces.map((piece) => (placeholders.includes(piece) ? piece : literal(piece))).join("") as Template;
}

/** Cuts a text before and after each place where `value` is. */
function split(text: string, value: string): string[] {
  return text.split(value).flatMap((piece, index) => (index === 0 ? [piece] : [value, piece]));
}

/** A brace at the end counts as well: the placeholder that follows begins with two, and Go takes the first two that it sees. */
function literal(text: string): string {
  return text.replace(/\{\{+|\{$/g, (braces) => `{{ ${JSON.stringify(braces)} }}`);
}
