import { ApiException } from "@kubernetes/client-node";
import { mistake } from "../provider.ts";

/** The HTTP status with which an API server answered, or undefined where it did not. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/**
 * An error for the person who has to mend it: what was tried, where, what came back, and the permission that is missing. It holds
 * nothing of what was sent.
 *
 * @param tried a verb and a resource as RBAC names them, such as `create secrets`
 * @param place what it was tried on, such as `Secret orders/orders-nats on cluster eu-east`
 */
export function kubernetesFailure(error: unknown, tried: string, place: string): Error {
  const status = statusOf(error);
  if (status === undefined) {
    const { message, cause } = error as Error & { cause?: { message?: string } };
    return mistake(`${place}: could not ${tried}: the API server does not answer (${cause?.message ?? message})`);
  }
  const hint = status === 401 || status === 403 ? `; whoever runs this needs \`${tried}\` there` : "";
  return mistake(
    `${place}: could not ${tried} (${String(status)}): ${reasonOf(error as ApiException<unknown>)}${hint}`,
  );
}

function reasonOf({ body }: ApiException<unknown>): string {
  const status = typeof body === "string" ? parsed(body) : body;
  const message = (status as { message?: unknown } | undefined)?.message;
  return typeof message === "string" ? message : "no reason was given";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
