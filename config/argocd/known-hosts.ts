/** Host of an SSH address as known_hosts names it: `[host]:port` where the port is not 22. Undefined of any other address. */
export function sshHost(url: string): string | undefined {
  const [, literal, name, port] =
    /^ssh:\/\/[^@/]*@(?:\[([\da-f:.]+)\]|([^/:]+))(?::(\d+))?(?:\/|$)/i.exec(url) ??
    /^[^/:@]*@(?:\[([\da-f:.]+)\]|([^/:]+)):/i.exec(url) ??
    [];
  const host = (literal ?? name)?.toLowerCase();
  return host === undefined || port === undefined || port === "22" ? host : `[${host}]:${port}`;
}

/**
 * Whether a line of known_hosts may be of a host. A hashed name may be any. Ports are equal, and * and ? stand for text in names alone:
 * Argo CD asks for branches with Go's reading of the file (golang.org/x/crypto/ssh/knownhosts), and fetches with git's.
 */
export function namesHost(line: string, host: string): boolean {
  const [names = ""] = line
    .trim()
    .replace(/^@cert-authority\s+/, "")
    .split(/\s+/);
  if (names.startsWith("|1|")) return true;
  const patterns = names.split(",");
  const isNamed = (negated: boolean) =>
    patterns.some((it) => it.startsWith("!") === negated && fits(it.replace(/^!/, ""), host));
  return isNamed(false) && !isNamed(true);
}

function fits(pattern: string, host: string): boolean {
  const [wanted, asked] = [split(pattern), split(host)];
  const text = wanted.name
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return wanted.port === asked.port && new RegExp(`^${text}$`, "i").test(asked.name);
}

function split(host: string): { name: string; port: string } {
  const [, name = host, port = "22"] = /^\[(.+)\]:(\d+)$/.exec(host) ?? [];
  return { name, port };
}

/** Whether a text is one line of known_hosts: its key says itself of which type it is. */
export function isHostLine(text: string): boolean {
  const [, type = "", key = ""] =
    /^(?:@cert-authority[ \t]+)?[^\s@#]\S*[ \t]+((?:ssh|ecdsa|sk)-[\w@.-]+)[ \t]+([\w+/]+=*)(?:[ \t][^\r\n]*)?$/.exec(
      text,
    ) ?? [];
  const bytes = Buffer.from(key, "base64");
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  return bytes.toString("base64") === key && length > 0 && bytes.subarray(4, 4 + length).toString("latin1") === type;
}
