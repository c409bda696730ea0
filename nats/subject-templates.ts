/** A user, as the templates of its role's subjects see it. */
export interface TemplateUser {
  readonly name: string;
  readonly account: string;
  /** `key:value`, or a word alone. */
  readonly tags: readonly string[];
}

const TEMPLATE = /\{\{\s*([a-z-]+)\(([^)]*)\)\s*\}\}/i;

/**
 * The subjects that a role's subject is for a user, as nats-server 2.15 fills templates in: one for each value of a tag. None where a key is
 * wanted in it: that one is not known before it is made.
 */
export function filledIn(subject: string, user: TemplateUser): string[] {
  const [template, name = "", argument = ""] = TEMPLATE.exec(subject) ?? [];
  if (template === undefined) return [subject];
  return valuesOf(name.toLowerCase(), argument, user).flatMap((value) =>
    filledIn(
      subject.replace(template, () => value),
      user,
    ),
  );
}

/** The template of a subject that wants a tag which the user lacks, such as `{{tag(team)}}`: nats-server 2.15 has nothing to put in its place. */
export function missingTag(subject: string, user: TemplateUser): string | undefined {
  const wanted = subject.match(/\{\{\s*(?:account-)?tag\([^)]*\)\s*\}\}/gi) ?? [];
  return wanted.find((template) => filledIn(template, user).length === 0);
}

function valuesOf(name: string, argument: string, { name: user, account, tags }: TemplateUser): string[] {
  if (name === "name") return [user];
  if (name === "account-name") return [account];
  if (name !== "tag") return [];
  const key = `${argument.toLowerCase()}:`;
  return tags.filter((tag) => tag.startsWith(key)).map((tag) => tag.slice(key.length));
}
