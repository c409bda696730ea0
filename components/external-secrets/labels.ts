/** Labels of what this program has External Secrets make. */
export const managedBy = { "app.kubernetes.io/managed-by": "nats-platform" } as const;

/** Labels of the Secret with which a user connects. */
export function credentialLabels({ account, user }: { account: string; user: string }): Record<string, string> {
  return { ...managedBy, "nats-platform/account": account, "nats-platform/user": user };
}
