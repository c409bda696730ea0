import { canonicalHash } from "../nats/canonical-json.ts";
import { isSameData, type SecretData } from "./content/content.ts";
import { dataFrom, requestFor, type SecretSource } from "./content/source.ts";
import { coreApiOf, type ClusterAccess } from "./kubernetes/cluster.ts";
import {
  createSecret,
  deleteSecret,
  placeOf,
  readSecret,
  replaceSecret,
  type LiveSecret,
  type NewSecret,
  type SecretsApi,
} from "./kubernetes/secret.ts";
import { isUnknown, mistake, type Provider } from "./provider.ts";

/** A Secret of a cluster that may be somebody else's. */
export interface ClusterSecretInputs {
  readonly cluster: ClusterAccess;
  readonly namespace: string;
  readonly name: string;
  /** Which resource keeps the Secret: where another one has taken it over, this one leaves it to that. */
  readonly keeper: string;
  /** What tells our own Secrets from others: one that has all of these is ours. */
  readonly marks: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
  /** Whether ours takes the place of one that somebody else made. */
  readonly overwrite: boolean;
  /** Where it is raised, ours takes the place of one that was left so far. */
  readonly rotation: number;
  /** Secret. */
  readonly source: SecretSource;
  /** The Secret of somebody else that is left alone. Set by `check` alone, for previews to show. */
  readonly leaves?: string;
  /** The Secret of somebody else whose place ours takes. Set by `check` alone, for previews to show. */
  readonly takesPlaceOf?: string;
}

/** What is remembered of it. */
export interface ClusterSecretOutputs extends Omit<ClusterSecretInputs, "source"> {
  readonly uid: string;
  /** It was there, made by somebody else, and is left as it is. */
  readonly isLeft: boolean;
  /** Hash of what was asked for. */
  readonly requestHash: string;
  /** Hash of what the Secret holds, empty where somebody changed it. Secret: a hash of a weak password gives it away. */
  readonly contentHash: string;
}

/** How often a write is tried again that somebody else's write came before. */
const ATTEMPTS = 5;

/** Annotation of our Secrets that names their keeper. */
const KEEPER = "nats-platform/keeper";

/**
 * Keeps a Secret in a cluster. One that is there already, whoever made it, is not touched, unless it is ours or a person says so
 * (`overwrite`, or a rotation): not its content, not a label.
 */
export const clusterSecretProvider: Provider<ClusterSecretInputs, ClusterSecretOutputs> = {
  async check(olds: Partial<ClusterSecretInputs>, news) {
    const inputs = withoutFindings(news);
    const known = olds.name === news.name && olds.namespace === news.namespace ? olds : undefined;
    // What it is to hold, and its checksum, may be known after the update only: where it is to be is enough.
    if (isUnknown({ ...inputs, source: undefined, annotations: undefined })) return { inputs };
    const found = await lookFor(inputs).catch((error: unknown) => error as Error);
    // Whoever previews may have no way to the cluster. Of a Secret that is known already, that says nothing new.
    if (found instanceof Error) {
      const leaves = known === undefined ? `not known here: ${found.message}` : known.leaves;
      return { inputs: leaves === undefined ? inputs : { ...inputs, leaves } };
    }
    if (found === undefined || isOurs(found, inputs)) return { inputs };
    const wasTaken = known !== undefined && known.leaves === undefined;
    if (!wasTaken && !takes(inputs, known))
      return { inputs: { ...inputs, leaves: `${describe(found, inputs)}, as it is` } };
    const owner = ownerOf(found);
    if (owner === undefined) return { inputs: { ...inputs, takesPlaceOf: describe(found, inputs) } };
    return { inputs, failures: [{ property: "name", reason: owned(found, inputs, owner) }] };
  },

  diff(_id, olds, news) {
    const isElsewhere =
      olds.cluster.clusterIdentifier !== news.cluster.clusterIdentifier ||
      olds.namespace !== news.namespace ||
      olds.name !== news.name;
    const changes = isElsewhere || olds.contentHash === "" || isUnknown(news) || requestHash(news) !== olds.requestHash;
    return Promise.resolve({ changes, replaces: isElsewhere ? ["name"] : [] });
  },

  async create(inputs) {
    return { id: idOf(inputs), outs: await put(inputs, undefined) };
  },

  async read(id, props) {
    if (props === undefined) return { id };
    const found = await readSecret(apiOf(props), props);
    // Without an id the engine forgets it, and the next update makes it again of what it was made of.
    if (found === undefined) return { id: "" };
    const isAsWas = props.isLeft || (found.uid === props.uid && canonicalHash(found.data) === props.contentHash);
    return { id, props: isAsWas ? props : { ...props, contentHash: "" } };
  },

  async update(_id, olds, news) {
    return { outs: await put(news, olds) };
  },

  async delete(_id, props) {
    const api = apiOf(props);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await readSecret(api, props);
      const isKept = found?.uid === props.uid && isOurs(found, props) && found.annotations[KEEPER] === keeperOf(props);
      if (!isKept || (await deleteSecret(api, found))) return;
    }
    throw busy(api, props);
  },
};

/** {@link readSecret}, whose failures are all of one kind: also that of a kubeconfig which can't be read. */
async function lookFor(inputs: ClusterSecretInputs): Promise<LiveSecret | undefined> {
  return readSecret(apiOf(inputs), inputs);
}

async function put(inputs: ClusterSecretInputs, olds: ClusterSecretOutputs | undefined): Promise<ClusterSecretOutputs> {
  const { source, ...rest } = withoutFindings(inputs);
  const api = apiOf(inputs);
  const data = await dataFrom(source);
  const annotations = { ...inputs.annotations, [KEEPER]: keeperOf(inputs) };
  const wanted: NewSecret = { ...inputs, labels: { ...inputs.labels, ...inputs.marks }, annotations, data };
  const outputs = (uid: string, held: SecretData, isLeft: boolean): ClusterSecretOutputs => ({
    ...rest,
    uid,
    isLeft,
    requestHash: requestHash(inputs),
    contentHash: canonicalHash(held),
  });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await readSecret(api, inputs);
    if (found !== undefined && isLeftAlone(found, inputs, olds)) {
      assertKept(found, data, inputs);
      return outputs(found.uid, found.data, true);
    }
    const owner = found === undefined || isOurs(found, inputs) ? undefined : ownerOf(found);
    if (found !== undefined && owner !== undefined) throw mistake(owned(found, inputs, owner));
    const made = found === undefined ? await createSecret(api, wanted) : await replaceSecret(api, found, wanted);
    if (made !== undefined) return outputs(made.uid, data, false);
  }
  throw busy(api, inputs);
}

function isLeftAlone(found: LiveSecret, inputs: ClusterSecretInputs, olds: ClusterSecretOutputs | undefined): boolean {
  if (isOurs(found, inputs) || takes(inputs, olds)) return false;
  // One that was ours and lost its labels is still ours.
  return olds === undefined || olds.isLeft || olds.uid !== found.uid;
}

/** @throws where a Secret is left alone that is not what ours would be, and nothing has made it the key that we know */
function assertKept(found: LiveSecret, data: SecretData, inputs: ClusterSecretInputs): void {
  if (inputs.source.from === "token" || isSameData(found.data, data)) return;
  throw mistake(
    `${describe(found, inputs)} is there already, holds something else than what it is to hold, and is left alone: let ours replace it (overwrite: true), ` +
      "or delete it",
  );
}

/** A rotation takes what was there when it was asked for, and not what stands in places that are new. */
function takes(
  { overwrite, rotation }: Pick<ClusterSecretInputs, "overwrite" | "rotation">,
  olds: Partial<Pick<ClusterSecretInputs, "rotation">> | undefined,
): boolean {
  return overwrite || (olds?.rotation !== undefined && rotation > olds.rotation);
}

function withoutFindings({ leaves: _, takesPlaceOf: __, ...inputs }: ClusterSecretInputs): ClusterSecretInputs {
  return inputs;
}

/** With the cluster: one that gets another identifier has another resource for each of its Secrets. */
function keeperOf({ cluster, keeper }: Pick<ClusterSecretInputs, "cluster" | "keeper">): string {
  return `${cluster.clusterIdentifier}/${keeper}`;
}

function isOurs({ labels }: LiveSecret, { marks }: Pick<ClusterSecretInputs, "marks">): boolean {
  return Object.entries(marks).every(([name, value]) => labels[name] === value);
}

/** Who would not let ours stay: a controller, or a Helm release that has the Secret in its manifest. */
function ownerOf({ owners, annotations }: LiveSecret): string | undefined {
  const controller = owners.find(({ controller }) => controller === true);
  if (controller !== undefined) return `${controller.kind} ${controller.name} (its controller)`;
  const release = annotations["meta.helm.sh/release-name"];
  return release === undefined ? undefined : `Helm release ${release}`;
}

function owned(found: LiveSecret, inputs: ClusterSecretInputs, owner: string): string {
  return (
    `${describe(found, inputs)} is there already, and belongs to ${owner}, which would write it again: take it from there first, ` +
    "leave it as it is (overwrite: false, rotation: 0), or give ours another secretName"
  );
}

function describe({ labels }: LiveSecret, inputs: Pick<ClusterSecretInputs, "cluster" | "namespace" | "name">): string {
  const maker = labels["app.kubernetes.io/managed-by"];
  const by = maker === undefined ? "not made by this platform" : `managed by ${maker}`;
  return `${placeOf(inputs, where(inputs))} (${by})`;
}

function busy(api: SecretsApi, at: Pick<ClusterSecretInputs, "namespace" | "name">): Error {
  return mistake(`${placeOf(at, api.where)}: somebody else writes to it all the time`);
}

function apiOf(inputs: Pick<ClusterSecretInputs, "cluster">): SecretsApi {
  return { core: coreApiOf(inputs.cluster), where: where(inputs) };
}

function where({ cluster }: Pick<ClusterSecretInputs, "cluster">): string {
  return `cluster ${cluster.clusterIdentifier}`;
}

function idOf({ cluster, namespace, name }: ClusterSecretInputs): string {
  return `${cluster.clusterIdentifier}/${namespace}/${name}`;
}

/** With the way to the cluster: where that changes, what is remembered has to follow. */
function requestHash(asked: ClusterSecretInputs): string {
  const { source, ...inputs } = withoutFindings(asked);
  return canonicalHash({ ...inputs, source: requestFor(source) });
}
