import type * as grpc from "@grpc/grpc-js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import { exitCode, startNode } from "./children.ts";
import { sdkOf, type Sdk } from "./sdk.ts";

type PluginCall = grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>;

/** Runs a policy pack, or a plugin written for Node, and streams its output; the first line of it is its port. */
export async function runPlugin(sdk: Sdk, call: PluginCall): Promise<void> {
  const { request } = call;
  const directory = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
  const isPolicyPack = request.getKind() === "analyzer";
  const own = sdkIn(directory) ?? sdk;
  const args = isPolicyPack
    ? [own.command("run-policy-pack"), ...request.getArgsList(), directory]
    : [own.command("run-plugin"), directory, ...request.getArgsList()];

  const child = startNode(args, {
    cwd: isPolicyPack ? directory : request.getPwd(),
    env: environmentOf(request.getEnvList()),
    output: "pipe",
  });
  child.stdout?.on("data", (chunk: Buffer) => call.write(output(sdk, (response) => response.setStdout(chunk))));
  child.stderr?.on("data", (chunk: Buffer) => call.write(output(sdk, (response) => response.setStderr(chunk))));
  call.on("cancelled", () => child.kill());

  const code = await exitCode(child);
  call.write(output(sdk, (response) => response.setExitcode(code)));
  call.end();
}

/** The SDK that the pack or plugin brings itself. */
function sdkIn(folder: string): Sdk | undefined {
  try {
    return sdkOf(folder);
  } catch {
    return undefined;
  }
}

function output(sdk: Sdk, fill: (response: language.RunPluginResponse) => void): language.RunPluginResponse {
  const response = new sdk.language.RunPluginResponse();
  fill(response);
  return response;
}

function environmentOf(lines: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}
