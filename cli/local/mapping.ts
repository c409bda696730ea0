import { join } from "node:path";
import { Trouble } from "../../tools/project.ts";
import { certificateOf, type Pods } from "./pods.ts";

/** The address at which all local servers are. */
export const loopback = "127.0.0.1";

/** The ports of one local server; a server without MQTT clients does not use the last. */
export type Ports = Readonly<Record<"client" | "cluster" | "monitor" | "mqtt", number>>;

/** Where one server of a region runs on this machine. */
export interface Place {
  readonly ports: Ports;
  /** Absolute; stands for the root of the container's file system. */
  readonly folder: string;
}

/** One server as it is to be started here. */
export interface LocalServer {
  readonly name: string;
  readonly place: Place;
  /** What its addresses for clients begin with; mqtt is undefined where it takes no MQTT clients. */
  readonly schemes: { readonly client: "nats" | "tls"; readonly mqtt: "mqtt" | "mqtts" | undefined };
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folders that must be there, and files by path; both absolute. */
  readonly folders: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** What Kubernetes runs in the container before it stops the server. */
  readonly preStop: readonly string[];
}

/**
 * One server of a region, moved to this machine: host names, ports and paths are put in their new places in the text of
 * its configuration, and nothing else is touched.
 *
 * @param places of all servers of the region, in order
 * @throws Trouble where a value that has to be mapped isn't there, or one is left over
 */
export function mapServer(pods: Pods, ordinal: number, places: readonly Place[]): LocalServer {
  const place = places[ordinal];
  if (place === undefined) throw new Error(`there is no place for server ${String(ordinal)}`);
  const here = (path: string) => join(place.folder, path);
  const isConfigured = (path: string) => pods.args.some((argument) => argument.startsWith(`${path}/`));
  const filesOf = (mounts: Pods["mounts"]) =>
    Object.fromEntries(
      mounts.flatMap(({ path, files = {} }) =>
        Object.entries(files).map(([name, text]) => [join(here(path), name), text] as const),
      ),
    );
  const inArguments = pods.mounts.map(({ path }) => folderRule(path, here(path)));
  // Arguments name the configuration, and it names every other folder.
  const own = pods.mounts.filter(({ path }) => isConfigured(path));
  const others = pods.mounts.filter(({ path }) => !isConfigured(path));
  const inFiles = [
    ...addressRules(pods, place.ports),
    ...(pods.replicas > 1 ? routeRules(pods, places) : []),
    ...others.map(({ path }) => folderRule(path, quoted(here(path)))),
  ];
  return {
    name: `${pods.name}-${String(ordinal)}`,
    place,
    schemes: schemesOf(pods),
    args: pods.args.map((argument) => mapText(argument, inArguments)),
    environment: pods.environmentOf(ordinal),
    folders: pods.mounts.map(({ path }) => here(path)),
    files: { ...filesOf(others), ...mapFiles(filesOf(own), inFiles) },
    preStop: pods.preStop.map((argument) => mapText(argument, inArguments)),
  };
}

function schemesOf(pods: Pods): LocalServer["schemes"] {
  const hasTls = (listener: "client" | "mqtt") => certificateOf(pods, listener) !== undefined;
  const mqtt = hasTls("mqtt") ? "mqtts" : "mqtt";
  return { client: hasTls("client") ? "tls" : "nats", mqtt: pods.ports.mqtt === undefined ? undefined : mqtt };
}

/** A value of the configuration that means something else here. */
export interface Rule {
  /** For people: what the value is. */
  readonly what: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** Applies every rule to every text. @throws Trouble where a rule finds nothing in any of them */
export function mapFiles(files: Readonly<Record<string, string>>, rules: readonly Rule[]): Record<string, string> {
  const missing = rules.filter(({ pattern }) => !Object.values(files).some((text) => text.search(pattern) !== -1));
  if (missing.length > 0) {
    const lines = missing.map(({ what, pattern }) => `  ${what}: found nothing like ${String(pattern)}`);
    throw new Trouble(`The rendered configuration can't be mapped to this machine:\n${lines.join("\n")}`);
  }
  const mapped = Object.entries(files).map(([path, text]) => [path, mapText(text, rules)] as const);
  for (const [path, text] of mapped) {
    const left = clusterHost.exec(text)?.[0];
    if (left !== undefined) throw new Trouble(`${path}: the host name ${left} of the Kubernetes cluster is left over`);
  }
  return Object.fromEntries(mapped);
}

const clusterHost = /[a-z0-9-]+(\.[a-z0-9-]+)*\.svc\.[a-z0-9.-]+/;

function mapText(text: string, rules: readonly Rule[]): string {
  return rules.reduce((rest, { pattern, replacement }) => rest.replaceAll(pattern, () => replacement), text);
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function addressRules({ ports, replicas }: Pods, local: Ports): Rule[] {
  const listen = (what: keyof Ports, key: string, indent: string): Rule => ({
    what: `the ${what} port`,
    pattern: new RegExp(`(?<=^${indent})${key}: ${String(ports[what])}$`, "gm"),
    replacement: `${key === "port" ? "listen" : "http"}: "${loopback}:${String(local[what])}"`,
  });
  return [
    listen("client", "port", ""),
    listen("monitor", "http_port", ""),
    ...(replicas > 1 ? [listen("cluster", "port", "  ")] : []),
    ...(ports.mqtt === undefined ? [] : [listen("mqtt", "port", "  ")]),
  ];
}

function routeRules(pods: Pods, places: readonly Place[]): Rule[] {
  return places.map(({ ports }, ordinal) => {
    const host = `${pods.name}-${String(ordinal)}.${pods.service}.${pods.namespace}.svc`;
    return {
      what: `the route to server ${String(ordinal)}`,
      pattern: new RegExp(`${literally(host)}\\.[a-z0-9.-]+:${String(pods.ports.cluster)}`, "g"),
      replacement: `${loopback}:${String(ports.cluster)}`,
    };
  });
}

/** A folder of the container, at the beginning of whatever longer path. */
function folderRule(path: string, replacement: string): Rule {
  return {
    what: `the folder ${path}`,
    pattern: new RegExp(`(?<![\\w./-])${literally(path)}(?![\\w-])`, "g"),
    replacement,
  };
}

/** Inside its quotes the configuration language reads JSON's escapes. */
function quoted(path: string): string {
  return JSON.stringify(path).slice(1, -1);
}
