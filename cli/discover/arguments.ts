import { parseArgs } from "node:util";
import { Trouble } from "../../tools/project.ts";

/** What `discover` is asked for. */
export interface DiscoverArguments {
  readonly settings: string;
  readonly keys: string;
  /** Port of /healthz and /readyz; 0 is any free one. Absent: none. */
  readonly port?: number;
  /** A context of a kubeconfig. Absent: the pod's own service account. */
  readonly context?: string;
  readonly kubeconfig?: string;
}

const usage =
  "usage: npm run cli -- discover --settings FILE --keys FILE [--port PORT] [--context CONTEXT [--kubeconfig FILE]]";

/** Reads the arguments. @throws Trouble */
export function readArguments(args: readonly string[]): DiscoverArguments {
  const { settings, keys, port, context, kubeconfig } = parsed(args);
  if (settings === undefined) throw new Trouble(`found no --settings, but it is needed\n${usage}`);
  if (keys === undefined) throw new Trouble(`found no --keys, but it is needed\n${usage}`);
  if (kubeconfig !== undefined && context === undefined)
    throw new Trouble(`found --kubeconfig, but it goes with --context\n${usage}`);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536))
    throw new Trouble(`--port: found ${JSON.stringify(port)}, but a number from 0 to 65535 is needed\n${usage}`);
  return {
    settings,
    keys,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    const options = { settings: text, keys: text, port: text, context: text, kubeconfig: text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Trouble(`${(error as Error).message}\n${usage}`);
  }
}
