import { accounts } from "./accounts.ts";
import { argocdRules } from "./argocd/index.ts";
import { deliveries } from "./deliveries.ts";
import { deliveryFormats } from "./delivery-formats.ts";
import { discovery } from "./discovery.ts";
import { folders } from "./folders.ts";
import { monitoring } from "./monitoring.ts";
import { mqttBridges } from "./mqtt-bridges.ts";
import { notificationPolicies } from "./notification-policies.ts";
import { pushes } from "./pushes.ts";
import type { Rule } from "./rule.ts";
import { secrets } from "./secrets.ts";
import { seeds } from "./seeds.ts";
import { servers } from "./servers.ts";
import { systemUserRoles } from "./system-users.ts";

/** Every check over several fields. */
export const rules: readonly Rule[] = [
  accounts,
  ...argocdRules,
  deliveries,
  deliveryFormats,
  discovery,
  folders,
  monitoring,
  mqttBridges,
  notificationPolicies,
  pushes,
  secrets,
  seeds,
  servers,
  systemUserRoles,
];
