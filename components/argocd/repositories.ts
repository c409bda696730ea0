import type { Repository } from "../../config/argocd/repository-schema.ts";
import { repositorySecretName } from "../../config/argocd/secret-names.ts";
import { repositoryAddress } from "../../config/argocd/urls.ts";
import type { GivenSecret, GivenValue } from "../secrets/given.ts";
import { secretLabels } from "./labels.ts";

/** Secrets that a repository's login is made of. */
export type RepositoryValue = "sshKey" | "password" | "token" | "appKey" | "tlsKey";

/**
 * The Secret from which Argo CD learns of a repository, or how to sign in to those of a template. Undefined where it knows already.
 * Only Applications of the project may use the login; a template can't be told so (argo-cd 3.2: it has no such field).
 */
export function repositorySecret(
  name: string,
  repository: Repository,
  project: string,
): GivenSecret<RepositoryValue> | undefined {
  if (repository.existing) return undefined;
  const { template } = repository;
  return {
    secret: repositorySecretName(name, repository),
    labels: secretLabels(template ? "repo-creds" : "repository"),
    values: valuesOf(repository) as Record<RepositoryValue, string>,
    fields: (values) => ({
      ...(template ? {} : { name, project }),
      ...typeFields(repository),
      url: repositoryAddress(repository),
      ...loginFields(repository, values),
      // The older insecureIgnoreHostKey says the same of SSH alone, and is not to be used any more.
      ...(repository.insecure ? { insecure: "true" } : {}),
      ...(repository.lfs ? { enableLfs: "true" } : {}),
      ...(repository.proxy === undefined ? {} : { proxy: repository.proxy }),
    }),
  };
}

/** Charts in a registry are of type helm in every Argo CD 3; its type oci, of 3.1, is for what is a whole source by itself. */
function typeFields({ type }: Repository): Record<string, string> {
  return type === "oci" ? { type: "helm", enableOCI: "true" } : { type };
}

function valuesOf({
  ssh,
  basic,
  bearer,
  githubApp,
  clientCertificate,
}: Repository): Partial<Record<RepositoryValue, string>> {
  return {
    ...(ssh === undefined ? {} : { sshKey: ssh.keyFrom }),
    ...(basic === undefined ? {} : { password: basic.passwordFrom }),
    ...(bearer === undefined ? {} : { token: bearer.tokenFrom }),
    ...(githubApp === undefined ? {} : { appKey: githubApp.keyFrom }),
    ...(clientCertificate === undefined ? {} : { tlsKey: clientCertificate.keyFrom }),
  };
}

function loginFields(
  { ssh, basic, bearer, githubApp, clientCertificate }: Repository,
  values: Readonly<Record<RepositoryValue, GivenValue>>,
): Record<string, string> {
  return {
    ...(ssh === undefined ? {} : { sshPrivateKey: values.sshKey.text }),
    ...(basic === undefined ? {} : { username: basic.username, password: values.password.text }),
    ...(bearer === undefined ? {} : { bearerToken: values.token.text }),
    ...(githubApp === undefined
      ? {}
      : {
          githubAppID: githubApp.id,
          githubAppInstallationID: githubApp.installation,
          githubAppPrivateKey: values.appKey.text,
          ...(githubApp.enterpriseUrl === undefined ? {} : { githubAppEnterpriseBaseUrl: githubApp.enterpriseUrl }),
        }),
    ...(clientCertificate === undefined
      ? {}
      : { tlsClientCertData: clientCertificate.certificate, tlsClientCertKey: values.tlsKey.text }),
  };
}
