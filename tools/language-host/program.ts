import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import { exitCode, startNode } from "./children.ts";
import type { Sdk } from "./sdk.ts";

/** Exit code of a program that failed and has told the user why (`nodeJSProcessExitedAfterLoggingUserActionableMessage`). */
const BAIL = 32;

/** Options under `runtime:` in Pulumi.yaml, as far as they matter here. */
interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

/** Runs the user's program to its end. Its output goes to the engine as it comes. */
export async function runProgram(
  sdk: Sdk,
  engine: string,
  request: language.RunRequest,
): Promise<language.RunResponse> {
  const options = (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  const child = startNode([...nodeArguments(options), sdk.command("run"), ...programArguments(engine, request)], {
    cwd: request.getPwd(),
    env: { ...process.env, ...programEnvironment(options, request) },
    output: "inherit",
  });
  const code = await exitCode(child);
  const response = new sdk.language.RunResponse();
  if (code === BAIL) response.setBail(true);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  return response;
}

function nodeArguments(options: RuntimeOptions): string[] {
  return (options.nodeargs ?? "").split(" ").filter((argument) => argument !== "");
}

function programArguments(engine: string, request: language.RunRequest): string[] {
  const root = request.getInfo()?.getRootDirectory() ?? request.getPwd();
  const settings: [string, string][] = [
    ["--monitor", request.getMonitorAddress()],
    ["--engine", engine],
    ["--organization", request.getOrganization()],
    ["--project", request.getProject()],
    ["--root-directory", root],
    ["--stack", request.getStack()],
    ["--pwd", request.getPwd()],
    ["--parallel", String(request.getParallel())],
  ];
  return [
    ...settings.filter(([, value]) => value !== "").flat(),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getInfo()?.getEntryPoint() ?? request.getProgram(),
    ...request.getArgsList(),
  ];
}

function programEnvironment(options: RuntimeOptions, request: language.RunRequest): NodeJS.ProcessEnv {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}
