/**
 * Labels of every Secret that is generated, by which all of them are found (`nats-platform/generated=true`), and by which ours are
 * told from others. The operator's name tells the platforms of one cluster apart.
 */
export function marksOf(operator: string): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": "nats-platform",
    "nats-platform/generated": "true",
    "nats-platform/platform": operator,
  };
}
