import { z } from "zod";
import { flag, listOf, strict, text, words } from "../fields.ts";
import { dnsSubdomain, seedSource } from "../names.ts";
import { repositoryUrl } from "./names.ts";

const secretFrom = (what: string) =>
  text(seedSource).describe(
    `Where ${what} is: the name of a secret configuration value; with keys in Vault, path#field below keys.mount.`,
  );

const login = {
  ssh: strict({ keyFrom: secretFrom("the private key") })
    .exactOptional()
    .describe("Signs in with an SSH key: one for this repository, that can only read."),
  basic: strict({
    username: words("a user name").describe("User."),
    passwordFrom: secretFrom("the password or token"),
  })
    .exactOptional()
    .describe("Signs in over HTTPS (Git, Helm or OCI)."),
  bearer: strict({ tokenFrom: secretFrom("the token") })
    .exactOptional()
    .describe("Signs in to Git over HTTPS with a bearer token."),
  githubApp: strict({
    id: words("an id").describe("Id of the app, in quotes."),
    installation: words("an id").describe("Id of its installation, in quotes."),
    keyFrom: secretFrom("the app's private key"),
    enterpriseUrl: text(repositoryUrl).exactOptional().describe("API of a GitHub Enterprise."),
  })
    .exactOptional()
    .describe("Signs in as a GitHub App."),
  clientCertificate: strict({
    certificate: words("a certificate in PEM").describe("Certificate in PEM."),
    keyFrom: secretFrom("its private key"),
  })
    .exactOptional()
    .describe("A TLS client certificate."),
};

/** A repository, or with `template` what all repositories whose address begins so sign in with. */
export const repositorySchema = strict({
  url: text(repositoryUrl).describe("Address, as Applications name it (of a template: how theirs begin)."),
  type: z
    .enum(["git", "helm", "oci"], { error: "a repository is of type git, helm or oci" })
    .default("git")
    .describe("git; helm for a repository of charts over HTTPS; oci for charts in a registry."),
  ...login,
  existing: flag()
    .default(false)
    .describe("Argo CD knows how to sign in already (a Secret of somebody else's, a template, or no login at all)."),
  template: flag().default(false).describe("A repo-creds template: a login for all repositories that begin with url."),
  secret: text(dnsSubdomain).exactOptional().describe("Name of the Secret. Absent: repo-<name>, or repo-creds-<name>."),
  knownHosts: listOf(words("a line of known_hosts"), "lines of known_hosts")
    .default([])
    .describe(
      "Keys of the SSH host, as in known_hosts: Argo CD's own ConfigMap must have them (cli argocd values, cli doctor argocd).",
    ),
  insecure: flag()
    .default(false)
    .describe("Take any host key or certificate: for development only, refused where keys are in Vault."),
  lfs: flag().default(false).describe("Git LFS."),
  proxy: words("an address").exactOptional().describe("HTTP proxy."),
});

/** One repository. */
export type Repository = z.output<typeof repositorySchema>;
