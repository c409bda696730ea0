import { createRequire } from "node:module";
import { join } from "node:path";
import type * as grpc from "@grpc/grpc-js";
import type * as empty from "google-protobuf/google/protobuf/empty_pb.js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import type * as plugin from "@pulumi/pulumi/proto/plugin_pb.js";

/** What the language host takes from the project's own `@pulumi/pulumi`: it is shared by clones and has no packages. */
export interface Sdk {
  readonly version: string;
  readonly grpc: typeof grpc;
  readonly language: typeof language;
  readonly plugin: typeof plugin;
  readonly empty: typeof empty;
  readonly service: grpc.ServiceDefinition;
  /** File of one of the SDK's commands, such as `run`. */
  command(name: "run" | "run-plugin" | "run-policy-pack"): string;
}

/** Finds the SDK as a file in `folder` would; throws where its packages are not installed. */
export function sdkOf(folder: string): Sdk {
  const fromProject = createRequire(join(folder, "package.json"));
  const fromSdk = createRequire(fromProject.resolve("@pulumi/pulumi/package.json"));
  const { LanguageRuntimeService } = fromSdk("@pulumi/pulumi/proto/language_grpc_pb.js") as {
    LanguageRuntimeService: grpc.ServiceDefinition;
  };
  return {
    version: (fromSdk("./package.json") as { version: string }).version,
    grpc: fromSdk("@grpc/grpc-js") as typeof grpc,
    language: fromSdk("@pulumi/pulumi/proto/language_pb.js") as typeof language,
    plugin: fromSdk("@pulumi/pulumi/proto/plugin_pb.js") as typeof plugin,
    empty: fromSdk("google-protobuf/google/protobuf/empty_pb.js") as typeof empty,
    service: LanguageRuntimeService,
    command: (name) => fromSdk.resolve(`@pulumi/pulumi/cmd/${name}/index.js`),
  };
}
