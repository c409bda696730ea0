import { succeed } from "./box.ts";

/** The shared libraries of a program: paths at which its loader looks for them, to the files on this machine. */
export async function librariesOf(program: string): Promise<Record<string, string>> {
  const listed = await succeed("ldd", [program]);
  return Object.fromEntries([...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => [path.slice(1), path]));
}
