import type * as pulumi from "@pulumi/pulumi";
import { restrictedContainer } from "../pods/security.ts";
import { singlePodDeployment } from "../pods/single.ts";
import type { ManifestArgs } from "../target/index.ts";

/** What the pod of a user of the system account is made from, whatever it does there. */
export interface SystemUserArgs {
  /** The servers' namespace, in which the Secret with its credentials is. */
  readonly namespace: string;
  readonly image: string;
  /** Where clients in the cluster connect to. */
  readonly url: string;
  /** What the Secret with its credentials is known by: changes with them. */
  readonly checksum: pulumi.Input<string>;
  /** A Secret of the namespace with the certificate authority of the servers, and its key. Absent: no TLS, or one that everybody knows. */
  readonly ca?: { readonly secret: string; readonly key: string } | undefined;
}

/** Files in its container. */
export interface SystemUserFiles {
  readonly creds: string;
  readonly ca: string | undefined;
}

/** What one such pod has of its own. */
export interface SystemUserPart {
  /** Name of the Deployment. */
  readonly name: string;
  /** Secret with its credentials. */
  readonly secret: string;
  readonly selector: Readonly<Record<"app.kubernetes.io/name" | "app.kubernetes.io/component", string>>;
  readonly container: (files: SystemUserFiles) => object;
}

/** A Deployment of one pod that is a user of the system account. There is never a second one beside it: both would tell everything. */
export function systemUserDeployment(
  { namespace, image, checksum, ca }: SystemUserArgs,
  { name, secret, selector, container }: SystemUserPart,
): ManifestArgs["Deployment"] {
  const folders = { creds: `/etc/${name}/creds`, ca: `/etc/${name}/ca` };
  const labels = { ...selector, "app.kubernetes.io/managed-by": "nats-platform" };
  const files = { creds: `${folders.creds}/nats.creds`, ca: ca === undefined ? undefined : `${folders.ca}/ca.crt` };
  const own = {
    name: selector["app.kubernetes.io/component"],
    image,
    ...container(files),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "creds", mountPath: folders.creds, readOnly: true },
      ...(ca === undefined ? [] : [{ name: "ca", mountPath: folders.ca, readOnly: true }]),
    ],
  };
  const spec = {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 10,
    containers: [own],
    volumes: [
      { name: "creds", secret: { secretName: secret, defaultMode: 0o440 } },
      ...(ca === undefined ? [] : [{ name: "ca", secret: caVolume(ca) }]),
    ],
  };
  return singlePodDeployment({ name, namespace, selector }, { labels, checksum, user: 1000, spec });
}

/** Of the authority's Secret the certificate alone: a Secret of TLS has a private key beside it. */
function caVolume({ secret, key }: NonNullable<SystemUserArgs["ca"]>) {
  return { secretName: secret, defaultMode: 0o440, items: [{ key, path: "ca.crt" }] };
}
