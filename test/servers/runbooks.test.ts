import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeAuthority } from "../../tools/cluster/certificates.ts";
import { run } from "../../tools/run.ts";
import { startNatsServer } from "../support/nats-server.ts";
import { binary } from "./binaries.ts";
import { connectAs, connectWith, natsCommand } from "./support/clients.ts";
import { startDev } from "./support/region.ts";
import { addStream, streamsOf } from "./support/streams.ts";

const folder = fileURLToPath(new URL("../../docs/runbooks", import.meta.url));
const files = (await readdir(folder)).sort();
const pages = await Promise.all(
  files.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
);

test("nats knows every command of the runbooks", async () => {
  const commands = new Set(pages.flatMap(({ text }) => commandsIn(text)));
  assert.ok(commands.size > 40, `found ${commands.size} commands`);
  const unknown: string[] = [];
  for (const command of commands) {
    // --help after a command is refused like the command itself, if it or a flag of it is not known. The contexts are not here.
    const asked = command.replace(/ --context \S+/, "").replace(/^nats/, `"$0"`);
    const { code, stderr } = await run("sh", ["-c", `${asked} --help`, binary("nats")], { cwd: tmpdir() });
    if (code !== 0) unknown.push(`${command}: ${stderr}`);
  }
  assert.deepEqual(unknown, []);
});

test("a region answers what the runbooks ask it, the closed connections with their reasons among it", async (t) => {
  const region = await startDev();
  t.after(() => region.end());
  const other = await startDev();
  t.after(() => other.end());
  const admin = { account: "SYS", user: "admin" };
  const app = { account: "SERVICES", user: "orders" };
  const orFail = async (user: typeof admin, args: readonly string[]) => {
    const { code, stdout, stderr } = await natsCommand(region, user, args);
    assert.equal(code, 0, `nats ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const connection = await connectAs(region, app.account, app.user);
  t.after(() => connection.close());
  await addStream(await streamsOf(connection), { name: "STREAM", subjects: ["orders.>"], num_replicas: 3 });
  await orFail(app, ["consumer", "add", "STREAM", "CONSUMER", "--pull", "--defaults"]);
  await assert.rejects(connectWith(other.credential("SERVICES", "orders").creds, region.urls.slice(0, 1)));

  const commands = pages.flatMap(({ text }) => commandsIn(text)).filter((command) => command.includes(" --context "));
  for (const command of new Set(commands)) {
    const [, , context, ...args] = words(command);
    // These wait for something, change something, or ask for what there is none of in a region that is well.
    if (/ events | config reload | expired'|'slow consumer'/.test(`${command} `)) continue;
    const answer = await orFail(context === "APP" ? app : admin, args);
    if (command.includes("authentication failure")) assert.match(answer, /Top 1 Connections out of 1/);
  }
});

test("servers with TLS are reached by a name of their certificate, with its authority", async (t) => {
  const work = await mkdtemp(join(tmpdir(), "nats-runbooks-"));
  t.after(() => rm(work, { recursive: true }));
  const authority = await makeAuthority(work);
  // On this machine `localhost` stands for the name that a line in /etc/hosts leads here.
  const { certificate, key } = await authority.issue("server", "nats", "nats", ["localhost"]);
  const users = [{ user: "admin", password: "x" }];
  const server = await startNatsServer(join(work, "server"), {
    ...{ accounts: { SYS: { users } }, system_account: "SYS" },
    tls: { cert_file: certificate, key_file: key },
  });
  t.after(() => server.stop());
  const saved = pages.flatMap(({ text }) => commandsIn(text)).find((command) => command.includes("--tlsca")) ?? "";
  const { port } = new URL(server.url);
  const listsServers = async (host: string, withAuthority = true) => {
    const [, ...args] = words(saved.replace(/ --creds \S+/, " --user admin --password x").replaceAll(/"(.*?)"/g, "$1"))
      .map((word) => word.replace("$PWD/ca.crt", authority.certificate))
      .map((word) => word.replace(/^tls:\/\/.*/, `tls://${host}:${port}`));
    if (!withAuthority) args.splice(args.indexOf("--tlsca"), 2);
    const options = {
      cwd: work,
      env: { PATH: process.env.PATH, HOME: work, XDG_CONFIG_HOME: join(work, host, String(withAuthority)) },
    };
    const saving = await run("nats", args, options);
    assert.equal(saving.code, 0, saving.stderr);
    return run("nats", ["--context", "SYS-admin", "server", "list"], options);
  };
  const listed = await listsServers("localhost");
  assert.equal(listed.code, 0, listed.stderr);
  assert.match((await listsServers("127.0.0.1")).stderr, /doesn't contain any IP SANs/);
  assert.match((await listsServers("localhost", false)).stderr, /certificate signed by unknown authority/);
});

test("Prometheus understands every query of the runbooks", async (t) => {
  const work = await mkdtemp(join(tmpdir(), "nats-runbooks-"));
  t.after(() => rm(work, { recursive: true }));
  const rules = pages.flatMap(({ name, text }) =>
    queriesIn(text).map((expr) => ({ record: "runbook", labels: { name }, expr })),
  );
  assert.ok(rules.length > 40, `found ${rules.length} queries`);
  await writeFile(join(work, "rules.yml"), JSON.stringify({ groups: [{ name: "runbooks", rules }] }));
  const { code, stdout, stderr } = await run(binary("promtool"), ["check", "rules", "--lint=none", "rules.yml"], {
    cwd: work,
  });
  assert.equal(code, 0, `${stdout}${stderr}`);
});

/** Commands of a page, in its examples and in its text, each without what its output goes to. */
function commandsIn(text: string): string[] {
  const inExamples = text.matchAll(/^(nats (?!.*`).*)$/gm);
  const inText = text.matchAll(/`(nats [^`]*)`/g);
  return [...inExamples, ...inText].map(([, command = ""]) => command.replace(/ (?:\||&).*$/, ""));
}

/** The words of a command as a shell has them. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
}

function queriesIn(text: string): string[] {
  return [...text.matchAll(/^```promql\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
}
