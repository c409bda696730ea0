import type { z } from "zod";
import { flag, listOf, mapOf, strict, text, whole, words } from "../fields.ts";
import { dnsLabel, dnsSubdomain, labelKey, labelValue, seedSource } from "../names.ts";
import { clusterAddress, variableName } from "./names.ts";

const secretFrom = (what: string) =>
  text(seedSource).describe(
    `Where ${what} is: the name of a secret configuration value; with keys in Vault, path#field below keys.mount.`,
  );

/** A cluster that Argo CD deploys to, beside the one that it runs in. */
export const clusterSchema = strict({
  server: text(clusterAddress).describe("Address of its API server."),
  ca: words("a certificate in PEM").exactOptional().describe("Authority of its certificate, in PEM."),
  serverName: text(dnsSubdomain).exactOptional().describe("Name in its certificate, where that is another."),
  insecure: flag().default(false).describe("Take any certificate: for development only, and without ca."),
  token: strict({ from: secretFrom("a service account's token") })
    .exactOptional()
    .describe("Signs in with a token."),
  clientCertificate: strict({
    certificate: words("a certificate in PEM").describe("Certificate in PEM."),
    keyFrom: secretFrom("its private key"),
  })
    .exactOptional()
    .describe("Signs in with a client certificate."),
  eks: strict({
    clusterName: words("a name").describe("Name of the EKS cluster."),
    roleArn: words("an ARN").exactOptional().describe("Role to assume."),
    profile: words("a profile").exactOptional().describe("AWS profile."),
  })
    .exactOptional()
    .describe("Signs in to EKS with the controllers' AWS identity."),
  gke: flag().default(false).describe("Signs in to GKE with the controllers' Google identity (argocd-k8s-auth gcp)."),
  exec: strict({
    command: words("a command").describe("Program, in the controllers' images."),
    args: listOf(words("an argument"), "arguments").default([]).describe("Arguments: no secrets."),
    env: mapOf(variableName, words("a text"), "variables").default({}).describe("Environment: no secrets."),
    apiVersion: words("a version")
      .default("client.authentication.k8s.io/v1beta1")
      .describe("Version of the credential API that the program answers with."),
  })
    .exactOptional()
    .describe("Signs in with what a program prints."),
  existing: flag()
    .default(false)
    .describe("Argo CD has its Secret already, with this name: nothing is made, and no login stands here."),
  namespaces: listOf(text(dnsLabel), "namespaces").default([]).describe("Only these namespaces. Empty: all."),
  clusterResources: flag().default(false).describe("With namespaces: objects without a namespace, too."),
  projectScoped: flag().default(false).describe("Only for Applications of our project."),
  shard: whole(0).exactOptional().describe("Shard of the application controller. Absent: it decides."),
  labels: mapOf(labelKey, text(labelValue), "labels").default({}).describe("Labels, for cluster generators."),
  secret: text(dnsSubdomain).exactOptional().describe("Name of the Secret. Absent: cluster-<name>."),
});

/** One cluster. */
export type ArgocdCluster = z.output<typeof clusterSchema>;
