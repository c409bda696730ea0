// `npm run cli -- COMMAND ...`: what people do with a stack now and then. The project is the current folder, as for pulumi.
import { Trouble } from "../tools/project.ts";

interface Command {
  readonly help: string;
  /** Resolves to the exit code. */
  readonly load: () => Promise<(args: readonly string[]) => Promise<number>>;
}

const commands: Readonly<Record<string, Command>> = {
  argocd: {
    help: "prints what Argo CD must have for a stack, and syncs an Application with its hooks (docs/argocd-doctor.md)",
    load: async () => (await import("./argocd.ts")).argocd,
  },
  discover: {
    help: "hands out credentials to pods and NACK Accounts that ask for them with labels (docs/discovery.md)",
    load: async () => (await import("./discover.ts")).discover,
  },
  doctor: {
    help: "tells what is wrong with the Argo CD that a stack is for (docs/argocd-doctor.md)",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  "move-keys": {
    help: "moves a stack's keys to the store that its configuration names, without making new ones",
    load: async () => (await import("./move-keys.ts")).moveKeys,
  },
  "system-exporter": {
    help: "serves Prometheus what only the system account knows of the servers (docs/system-exporter.md)",
    load: async () => (await import("./system-exporter.ts")).systemExporter,
  },
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = name === undefined || !Object.hasOwn(commands, name) ? undefined : commands[name];
  if (command === undefined) {
    console.error(
      `found ${name === undefined ? "no command" : JSON.stringify(name)}, but the commands are\n${table()}`,
    );
    return 2;
  }
  try {
    return await (
      await command.load()
    )(args);
  } catch (error) {
    if (!isForPeople(error)) throw error;
    console.error(error.message);
    return 1;
  }
}

function table(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return Object.entries(commands)
    .map(([name, { help }]) => `  ${name.padEnd(width)}  ${help}`)
    .join("\n");
}

/** What somebody can mend: our own, and what the providers' code says without a stack trace. */
function isForPeople(error: unknown): error is Error {
  return error instanceof Trouble || (error instanceof Error && error.stack === "");
}
