/**
 * Health checks in Lua for kinds that Argo CD 3.2 has none for, or one that calls everything healthy which has a condition: `argocd-cm`
 * takes them. Without one, an object is healthy as soon as it is there. Argo CD gives the scripts no string library.
 */
const checks: Readonly<Record<string, string>> = {
  "argoproj.io_Application": applicationHealth(),
  "grafana.integreatly.org_GrafanaAlertRuleGroup": grafanaHealth("AlertGroupSynchronized"),
  "grafana.integreatly.org_GrafanaContactPoint": grafanaHealth("ContactPointSynchronized"),
  "grafana.integreatly.org_GrafanaDashboard": grafanaHealth("DashboardSynchronized"),
  "grafana.integreatly.org_GrafanaFolder": grafanaHealth("FolderSynchronized"),
  "grafana.integreatly.org_GrafanaNotificationPolicy": grafanaHealth(
    "NotificationPolicySynchronized",
    "NotificationPolicyLoopDetected",
  ),
  "grafana.integreatly.org_GrafanaNotificationPolicyRoute": policyRouteHealth(),
  "jetstream.nats.io_Consumer": readyHealth(),
  "jetstream.nats.io_KeyValue": readyHealth(),
  "jetstream.nats.io_ObjectStore": readyHealth(),
  "jetstream.nats.io_Stream": readyHealth(),
};

/** The fields of the ConfigMap `argocd-cm` with the health checks. */
export const healthCustomizations: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(checks).map(([kind, script]) => [`resource.customizations.health.${kind}`, script]),
);

/** An Application of an app of apps is as healthy as what it has, once nothing is being done to it: waves of Applications wait for that. */
function applicationHealth(): string {
  return `local hs = { status = "Progressing", message = "Waiting for the application controller" }
if obj.operation ~= nil then
  hs.message = "A sync is about to begin"
  return hs
end
if obj.status == nil or obj.status.health == nil or obj.status.health.status == nil then
  return hs
end
if obj.status.operationState ~= nil and obj.status.operationState.phase == "Running" then
  hs.message = obj.status.operationState.message or "A sync is running"
  return hs
end
hs.status = obj.status.health.status
hs.message = obj.status.health.message or ""
return hs
`;
}

/**
 * What the Grafana operator (5.24) says of an object. Its conditions are true for what is bad, too: no Grafana that the selector
 * matches, an object that Grafana would refuse. That a folder is missing passes once it is there.
 *
 * @param wrong further conditions of the kind that are true for what is bad
 */
function grafanaHealth(synchronized: string, ...wrong: readonly string[]): string {
  const bad = ["NoMatchingInstance", "InvalidSpec", ...wrong].map((type) => `condition.type == "${type}"`).join(" or ");
  return `local hs = { status = "Progressing", message = "Waiting for the Grafana operator" }
if obj.status == nil or obj.status.conditions == nil then
  return hs
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.observedGeneration == nil or condition.observedGeneration == obj.metadata.generation then
    local isTrue = condition.status == "True"
    if condition.type == "Suspended" and isTrue then
      return { status = "Suspended", message = condition.message }
    end
    if (${bad}) and isTrue then
      return { status = "Degraded", message = condition.message }
    end
    if condition.type == "NoMatchingFolder" and isTrue then
      return { status = "Progressing", message = condition.message }
    end
    if condition.type == "${synchronized}" and condition.status == "False" then
      return { status = "Degraded", message = condition.message }
    end
    if condition.type == "${synchronized}" and isTrue then
      hs = { status = "Healthy", message = condition.message }
    end
  end
end
return hs
`;
}

/** Of a branch of policies the Grafana operator (5.24) says one thing at most: that it is wrong. The tree that takes it has the rest. */
function policyRouteHealth(): string {
  return `local hs = { status = "Healthy" }
if obj.status == nil or obj.status.conditions == nil then
  return hs
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.observedGeneration == nil or condition.observedGeneration == obj.metadata.generation then
    if condition.type == "InvalidSpec" and condition.status == "True" then
      return { status = "Degraded", message = condition.message }
    end
  end
end
return hs
`;
}

/** What NACK (0.22) says of an object of JetStream. */
function readyHealth(): string {
  return `local hs = { status = "Progressing", message = "Waiting for NACK" }
if obj.status == nil or obj.status.conditions == nil then
  return hs
end
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  hs.message = "NACK has yet to see the change"
  return hs
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" and condition.status == "True" then
    return { status = "Healthy", message = condition.message }
  end
  if condition.type == "Ready" and condition.status == "False" then
    return { status = "Degraded", message = condition.message }
  end
end
return hs
`;
}
