/** Asks Vault for something; `needs` is what the token's policies have to allow. Throws where Vault denies it or can't be reached. */
export type AskVault = (request: {
  readonly method: "GET";
  readonly path: string;
  readonly needs: { readonly path: string; readonly capabilities: readonly string[] };
}) => Promise<{ readonly status: number; readonly data: Readonly<Record<string, unknown>> }>;

/** What is to be said about Vault's audit devices; undefined where there is one. Never throws. */
export async function auditWarning(address: string, ask: AskVault): Promise<string | undefined> {
  try {
    const { status, data } = await ask({
      method: "GET",
      path: "sys/audit",
      needs: { path: "sys/audit", capabilities: ["read", "sudo"] },
    });
    if (status !== 200) return unknown(address, `it answered ${status}`);
    if (Object.keys(data).length > 0) return undefined;
    return (
      `The Vault at ${address} has no audit device: nobody will ever know who read or made a key. ` +
      "Write audit: { file: /vault/audit/audit.log } (a path on Vault's own machine), or enable a device yourself."
    );
  } catch (error) {
    return unknown(address, error instanceof Error ? error.message : String(error));
  }
}

function unknown(address: string, why: string): string {
  return `Whether the Vault at ${address} has an audit device can't be told: ${why}`;
}
