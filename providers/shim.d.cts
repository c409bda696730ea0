import type { dynamic } from "@pulumi/pulumi";

/** A dynamic provider of which every method is there: without `diff` or `update` Pulumi wipes outputs. */
type CompleteProvider = Required<Omit<dynamic.ResourceProvider, "configure">>;

declare const shim: {
  readonly key: CompleteProvider;
  readonly signedJwt: CompleteProvider;
  readonly manifest: CompleteProvider;
  readonly credential: CompleteProvider;
  readonly document: CompleteProvider;
  readonly clusterSecret: CompleteProvider;
  readonly secretDocument: CompleteProvider;
  readonly withdrawn: CompleteProvider;
};
export = shim;
