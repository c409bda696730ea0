/** When a trigger fires, and what it says: the notifications controller has none of its own. */
const known: Readonly<Record<string, { when: string; message: string }>> = {
  "on-sync-failed": {
    when: 'app.status.operationState != nil and app.status.operationState.phase in ["Error", "Failed"]',
    message: "The sync of {{.app.metadata.name}} has failed: {{.app.status.operationState.message}}",
  },
  "on-sync-succeeded": {
    when: 'app.status.operationState != nil and app.status.operationState.phase == "Succeeded"',
    message: "{{.app.metadata.name}} is synced to {{.app.status.sync.revision}}",
  },
  "on-health-degraded": {
    when: 'app.status.health.status == "Degraded"',
    message: "{{.app.metadata.name}} is degraded",
  },
};

/** Fields of `argocd-notifications-cm` for those of these triggers that are known here. Services stay with whoever has their tokens. */
export function notificationFields(triggers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    [...new Set(triggers)].flatMap((name) => {
      const trigger = Object.hasOwn(known, name) ? known[name] : undefined;
      if (trigger === undefined) return [];
      const template = `nats-platform-${name}`;
      return [
        [`template.${template}`, `message: ${JSON.stringify(trigger.message)}\n`],
        [`trigger.${name}`, `- when: ${JSON.stringify(trigger.when)}\n  send: [${template}]\n`],
      ];
    }),
  );
}
