/** What secrets look like that can be told by their form alone, each with the word for it. */
const forms: readonly (readonly [word: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ["a seed of an nkey", /(?<![A-Za-z0-9])S[OAUNCX][A-Z2-7]{30,}/],
  ["a JWT", /(?<![\w-])eyJ[\w-]{10,}\.[\w-]{4,}\.[\w-]*/],
  ["a key of AWS", /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/],
  ["a token of GitHub", /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/],
  ["a token of GitLab", /(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|cbt|soat|agent)-[\w-]{20,}/],
  ["a token of Slack", /(?<![A-Za-z0-9])xox[abeoprs]-[\w-]{10,}|hooks\.slack\.com\/(?:services|workflows)\/\w+\/\w+/],
  ["a token of Vault", /(?<![\w.])(?:hv[sbr]\.[\w-]{20,}|s\.[A-Za-z0-9]{24}(?![\w.]))/],
  ["a token of npm or PyPI", /(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{36}|pypi-[\w-]{40,})/],
  ["a key of Google", /(?<![A-Za-z0-9])AIza[\w-]{35}/],
  ["a login in an address", /[a-z][a-z0-9+.-]*:\/\/[^\s/:@{$]*:[^\s/@{$]+@/i],
];

/** Whether a text is a secret by its form. */
export function looksSecret(text: string): boolean {
  return secretForm(text) !== undefined;
}

/** What a text is that is a secret by its form, in words that don't repeat it. */
export function secretForm(text: string): string | undefined {
  const known = forms.find(([, pattern]) => pattern.test(text));
  if (known !== undefined) return known[0];
  // What Kubernetes writes into a Secret's data: a key in PEM, once more in base64.
  const encoded = /^LS0tLS1CRUdJT[A-Za-z0-9+/=\s]+$/.test(text.trim());
  return encoded ? secretForm(Buffer.from(text, "base64").toString()) : undefined;
}

/** The private key of a PEM with what follows it, to its end or that of the text. */
const wholeKey = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g;

/** As {@link secretForm} knows it at the beginning of a text, anywhere in one. */
const encodedPem = /LS0tLS1CRUdJT[A-Za-z0-9+/=\s]+/g;

/** A JWT is taken for one from its beginning on, and so is a seed. */
const beginnings = /S[OAUNCX][A-Z2-7]{30,}|eyJ[\w.-]{10,}/g;

/** Whoever signs in to an address: of SSH the user alone is none of a secret. */
const userInfo = /(?<scheme>[a-z][a-z0-9+.-]*:\/\/)(?<who>[^\s/@"'{$]+)@/gi;

/** What an address asks with. */
const parameter = /(?<name>[?&][\w.-]*(?:token|secret|passw|key|auth|sig|credential)[\w.-]*=)[^\s&#"']+/gi;

const HIDDEN = "(secret, not shown)";

/** The text of an error without the secrets that a person may have put in the wrong place. */
export function withoutSecrets(text: string): string {
  const known = forms.reduce(
    (rest, [, pattern]) => rest.replace(new RegExp(pattern.source, `${pattern.flags}g`), HIDDEN),
    text
      .replace(wholeKey, HIDDEN)
      .replace(encodedPem, (encoded) => (secretForm(encoded) === undefined ? encoded : HIDDEN))
      .replace(beginnings, HIDDEN)
      .replace(userInfo, (address, scheme: string, who: string) =>
        /^ssh/i.test(scheme) && !who.includes(":") ? address : `${scheme}${HIDDEN}@`,
      ),
  );
  return known.replace(parameter, `$<name>${HIDDEN}`);
}
