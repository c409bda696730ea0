import { succeed } from "./box.ts";
import type { Image } from "./images.ts";
import { librariesOf } from "./libraries.ts";

/** Debian's broker and its clients, with the paths that they have in the official image. */
export const MOSQUITTO_PROGRAMS = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto_pub", "/usr/bin/mosquitto_sub"] as const;

/** An image under the name of the official one of Mosquitto, of Debian's programs and their libraries. */
export async function mosquittoImage(name: string): Promise<Image> {
  const libraries = await Promise.all([...MOSQUITTO_PROGRAMS.map(librariesOf), unwinding()]);
  return {
    name: `docker.io/library/${name}`,
    programs: Object.fromEntries(MOSQUITTO_PROGRAMS.map((path) => [path.slice(1), path])),
    files: Object.assign({}, ...libraries) as Record<string, string>,
    entryPoint: ["/usr/sbin/mosquitto"],
  };
}

/** What glibc 2.36 loads when a thread ends: Mosquitto 2.0 ends the one that looks up its bridge's host, and is not linked with it. */
async function unwinding(): Promise<Record<string, string>> {
  const listed = await succeed("ldconfig", ["-p"]);
  const path = /libgcc_s\.so\.1 \(.*\) => (\/\S+)/.exec(listed)?.[1];
  if (path === undefined)
    throw new Error("ldconfig -p: found no libgcc_s.so.1, but Mosquitto needs it to end a thread");
  return { [path.slice(1)]: path };
}
