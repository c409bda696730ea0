import { isSameData, type SecretData } from "../content/content.ts";
import { mistake } from "../provider.ts";
import { coreApiOf, type ClusterAccess } from "./cluster.ts";
import { placeOf, readSecret, type SecretName } from "./secret.ts";

/** Where a Secret may be that is to be kept as it is. */
export interface ExistingPlace extends SecretName {
  readonly cluster: ClusterAccess;
}

/** A Secret that is there, and where, in words. */
export interface ExistingSecret {
  readonly data: SecretData;
  readonly where: string;
}

/** Every Secret that is at one of these places. @throws where a cluster does not answer, or refuses */
export async function existingSecrets(places: readonly ExistingPlace[]): Promise<ExistingSecret[]> {
  const all = await Promise.all(places.map(lookAt));
  return all.filter((secret) => secret !== undefined);
}

/** The one Secret that these are, or undefined where there is none. @throws where two of them hold something different */
export function oneSecret([first, ...others]: readonly ExistingSecret[]): ExistingSecret | undefined {
  if (first === undefined) return undefined;
  const other = others.find(({ data }) => !isSameData(data, first.data));
  if (other === undefined) return first;
  throw mistake(
    `${first.where} and ${other.where} hold something different, but one Secret is to be in both places: give each of them an entry of ` +
      "its own, or delete the one that is wrong",
  );
}

async function lookAt({ cluster, ...at }: ExistingPlace): Promise<ExistingSecret | undefined> {
  const where = `cluster ${cluster.clusterIdentifier}`;
  const found = await readSecret({ core: coreApiOf(cluster), where }, at);
  return found === undefined ? undefined : { data: found.data, where: placeOf(at, where) };
}
