/** A JWT and whose it is: nothing secret. */
export interface Signed {
  readonly publicKey: string;
  readonly jwt: string;
}

/**
 * The document at `trustPath`, which becomes the Secret `nats-credentials`: `operator_jwt`, `operator_public`, and for each account
 * its name in lower case with `_account_jwt` and `_account_public`. These are the names that push Jobs with nsc read.
 */
export function trustDocument(operator: Signed, accounts: Readonly<Record<string, Signed>>): Record<string, string> {
  const document: Record<string, string> = { operator_jwt: operator.jwt, operator_public: operator.publicKey };
  for (const [name, { jwt, publicKey }] of Object.entries(accounts)) {
    const field = `${name.toLowerCase()}_account`;
    if (`${field}_jwt` in document)
      throw new Error(
        `accounts.${name}: another account has this name in upper or lower case, and nats-credentials tells them apart by nothing else`,
      );
    document[`${field}_jwt`] = jwt;
    document[`${field}_public`] = publicKey;
  }
  return document;
}
