import { surveyorSecret } from "../../config/system-users.ts";
import { surveyorArguments, surveyorPort, type SurveyorSettings } from "../../nats/surveyor.ts";
import type { ManifestArgs } from "../target/index.ts";
import { type SystemUserArgs, systemUserDeployment, type SystemUserFiles } from "./system-user.ts";

/** What Surveyor's pod is made from. */
export interface SurveyorArgs extends SystemUserArgs {
  readonly settings: SurveyorSettings;
  /** Servers that answer it. */
  readonly servers: number;
  readonly scrapeTimeoutSeconds: number;
}

/** Name of Surveyor's Deployment. */
export const surveyorName = "nats-surveyor";

/** Labels by which Surveyor's pod is selected. */
export const surveyorSelector = {
  "app.kubernetes.io/name": "nats",
  "app.kubernetes.io/component": "surveyor",
} as const;

/** Surveyor. */
export function surveyorDeployment(args: SurveyorArgs): ManifestArgs["Deployment"] {
  return systemUserDeployment(args, {
    ...{ name: surveyorName, secret: surveyorSecret, selector: surveyorSelector },
    container: (files) => surveyorContainer(args, files),
  });
}

/**
 * Surveyor 0.9 ends where it cannot connect at its start, and listens only once it has. Its /healthz says no more than that it listens: a
 * probe of /metrics would be one more survey of all servers, and succeeds without them as well.
 */
function surveyorContainer(
  { settings, url, servers, scrapeTimeoutSeconds }: SurveyorArgs,
  { creds, ca }: SystemUserFiles,
) {
  const health = { httpGet: { path: "/healthz", port: "metrics" } };
  return {
    args: surveyorArguments({ settings, url, creds, ca, servers, scrapeTimeoutSeconds }),
    ports: [{ name: "metrics", containerPort: surveyorPort }],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...health, periodSeconds: 5, timeoutSeconds: 5 },
  };
}
