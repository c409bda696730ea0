/** Reasons of the Events on objects that ask, by the names that NATS Tower gave them. */
export type Reason =
  | "MissingInstallationLabel"
  | "DefaultInstallation"
  | "InvalidInstallationLabel"
  | "MissingAccountLabel"
  | "MissingRoleLabel"
  | "ErrorK8sAccessNotAllowed"
  | "ErrorCreatingUserAuth"
  | "ErrorUpsertingSecret"
  | "Created"
  | "Updated";

/** Why an object is not given what it asks for. */
export interface Refusal {
  readonly reason: Reason;
  /** What was found and what is allowed. It holds no secret. */
  readonly message: string;
}

/** The reasons that report no failure. */
const normal: readonly Reason[] = ["DefaultInstallation", "Created", "Updated"];

/** Whether an Event of this reason is a warning. */
export function isWarning(reason: Reason): boolean {
  return !normal.includes(reason);
}
