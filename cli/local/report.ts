import { contextName } from "./contexts.ts";
import type { Programs } from "./programs.ts";
import type { LocalRegion } from "./region.ts";
import type { Trial } from "./trial.ts";

/** What a person is told when a region runs. */
export interface ReportSettings {
  readonly name: string;
  readonly version: string;
  readonly region: Pick<LocalRegion, "servers" | "credentials">;
  readonly folder: string;
  readonly configHome: string;
  readonly cli: Programs["cli"];
  readonly trial: Trial | undefined;
}

/** The lines that a person is told when a region runs. */
export function report({ name, version, region, folder, configHome, cli, trial }: ReportSettings): string {
  const { servers, credentials } = region;
  const count = servers.length === 1 ? "1 server" : `${servers.length} servers`;
  return [
    `Region ${name}: ${count} of nats-server ${version}, healthy. Data: ${folder}`,
    ...servers.map(serverLine),
    `Contexts: ${credentials.map((it) => contextName(name, it)).join(", ")}`,
    ...tryLines(name, configHome, cli, trial),
    "Ctrl-C stops.",
  ].join("\n");
}

function serverLine({ name, url, mqttUrl, monitorUrl }: LocalRegion["servers"][number]): string {
  return ["", name, url, ...(mqttUrl === undefined ? [] : [mqttUrl]), `monitoring ${monitorUrl}`].join("  ");
}

function tryLines(name: string, configHome: string, cli: string | undefined, trial: Trial | undefined): string[] {
  const home = `XDG_CONFIG_HOME=${shellWord(configHome)}`;
  if (cli === undefined) {
    return [`There is no nats command: install Go and start again, or natscli; then use it with ${home}`];
  }
  if (trial === undefined) return [`Use them with ${home} ${shellWord(cli)} --context …`];
  const as = (user: Trial["publisher"]) =>
    `  ${home} ${shellWord(cli)} --context ${shellWord(contextName(name, user))}`;
  const { publisher, subject, listener } = trial;
  return [
    "Try in other terminals:",
    ...(listener === undefined ? [] : [`${as(listener)} sub ${shellWord(subject)}`]),
    `${as(publisher)} pub ${shellWord(subject)} hi`,
  ];
}

/** Text as a shell of the Bourne family reads it as one word. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
