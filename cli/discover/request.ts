/** What counts of an object that may ask for credentials. */
export interface AskingObject {
  readonly apiVersion: string;
  /** `Pod`, or NACK's `Account`. */
  readonly kind: "Pod" | "Account";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** As the API writes it, so that it sorts by time. */
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An object that asks with labels which begin with this prefix. */
export interface Request {
  readonly object: AskingObject;
  readonly prefix: string;
}

/** A Secret that somebody asks for. */
export interface Place {
  readonly namespace: string;
  readonly secret: string;
}

/** The place that a request names, whether it may have it or not; undefined where it names none. */
export function placeOf({ object, prefix }: Request): Place | undefined {
  const secret = object.labels[`${prefix}secret`];
  return secret === undefined || secret === "" ? undefined : { namespace: object.namespace, secret };
}

/** A place as a key: a namespace has no dots, so no two places share one. It may stand in a ConfigMap. */
export function placeKey({ namespace, secret }: Place): string {
  return `${namespace}.${secret}`;
}

/** The inverse of {@link placeKey}. */
export function placeOfKey(key: string): Place {
  const end = key.indexOf(".");
  return { namespace: key.slice(0, end), secret: key.slice(end + 1) };
}

/**
 * The user of a place. Regions, namespaces and Secrets have no underscores, so no two places share one; a dot would be refused in the
 * name of a role's user, which becomes part of subjects.
 */
export function userNameOf(region: string, { namespace, secret }: Place): string {
  return `${region}_${namespace}_${secret.replaceAll(".", "_")}`;
}
