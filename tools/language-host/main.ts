/**
 * The language host for Node: what the engine asks to run a program. It is here because the official one is not published
 * as a Go module, and only the engine that we build ourselves uses it.
 *
 * The engine starts it in the project's folder with its own address as the last argument, reads the port from the first
 * line of output, and passes on everything that comes after.
 */
import type * as grpc from "@grpc/grpc-js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import { stopChildren } from "./children.ts";
import { installDependencies, programDependencies } from "./dependencies.ts";
import { runPlugin } from "./plugin.ts";
import { runProgram } from "./program.ts";
import { sdkOf, type Sdk } from "./sdk.ts";

/** The engine's own limit: stack configuration comes in one message. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

function services(sdk: Sdk, engine: string): grpc.UntypedServiceImplementation {
  const { language } = sdk;
  const empty = answering(() => new sdk.empty.Empty());
  return {
    handshake: answering(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: answering(() => {
      const info = new sdk.plugin.PluginInfo();
      info.setVersion(sdk.version);
      return info;
    }),
    // Nothing is announced: the engine would try to download it. Providers are found on PATH when a resource needs them.
    getRequiredPackages: answering(() => new language.GetRequiredPackagesResponse()),
    getRequiredPlugins: answering(() => new language.GetRequiredPluginsResponse()),
    getProgramDependencies: answering((request: language.GetProgramDependenciesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
      const response = new language.GetProgramDependenciesResponse();
      response.setDependenciesList(programDependencies(sdk, folder));
      return response;
    }),
    about: answering(() => {
      const response = new language.AboutResponse();
      response.setExecutable(process.execPath);
      response.setVersion(process.version);
      return response;
    }),
    runtimeOptionsPrompts: answering(() => new language.RuntimeOptionsResponse()),
    template: answering(() => new language.TemplateResponse()),
    run: answering((request: language.RunRequest) => runProgram(sdk, engine, request)),
    runPlugin: streaming((call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>) =>
      runPlugin(sdk, call),
    ),
    installDependencies: streaming(
      (call: grpc.ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>) =>
        installDependencies(sdk, call),
    ),
    cancel: (call: grpc.ServerUnaryCall<unknown, unknown>, callback: grpc.sendUnaryData<unknown>) => {
      stopChildren();
      empty(call, callback);
    },
  };
}

function answering<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  return (call: { readonly request: Request }, callback: grpc.sendUnaryData<Response>): void => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = messageOf(error);
          callback(Object.assign(new Error(details), { details }));
        },
      );
  };
}

function streaming<Call extends { destroy(error: Error): unknown }>(stream: (call: Call) => Promise<void>) {
  return (call: Call): void => {
    stream(call).catch((error: unknown) => call.destroy(new Error(messageOf(error))));
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function findSdk(): Sdk {
  try {
    return sdkOf(process.cwd());
  } catch {
    console.error(`@pulumi/pulumi is not installed in ${process.cwd()}: run \`npm ci\` there`);
    process.exit(1);
  }
}

function end(): void {
  stopChildren();
  process.exit(0);
}

// The engine interrupts us when it is done; when it was killed, stdin ends.
process.on("SIGINT", end);
process.on("SIGTERM", end);
process.stdin.on("end", end);
process.stdin.on("error", end);
process.stdin.resume();

const sdk = findSdk();
const server = new sdk.grpc.Server({
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
});
server.addService(sdk.service, services(sdk, process.argv.at(-1) ?? ""));
server.bindAsync("127.0.0.1:0", sdk.grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    console.error(`the language host can't listen on 127.0.0.1: ${error.message}`);
    process.exit(1);
  }
  console.log(port);
});
