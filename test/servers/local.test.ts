import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { isAlive } from "../../tools/process.ts";
import { PROJECT } from "../../tools/project.ts";
import { run } from "../../tools/run.ts";
import { serverPids, startLocal, testProject, type LocalCommand, type TestProject } from "./support/local-command.ts";
import { eventually } from "./support/monitoring.ts";

let project: TestProject;
const commands: LocalCommand[] = [];

before(async () => {
  project = await testProject();
});
afterEach(async () => {
  for (const command of commands.splice(0)) if (isAlive(command.pid)) await command.end("SIGKILL");
  // Of a test that failed; any other one has seen to it that there are none.
  for (const pid of serverPids(project)) process.kill(pid, "SIGKILL");
});
after(() => {
  project.remove();
});

function local(...args: string[]): LocalCommand {
  const command = startLocal(project, args);
  commands.push(command);
  return command;
}

/** Runs a line as a person pastes it into a shell in the project folder. */
function shell(line: string) {
  return run("sh", ["-c", line], {
    cwd: project.folder,
    env: { PATH: process.env.PATH, HOME: project.home },
    timeoutMs: 30_000,
  });
}

test("it starts the region, its printed commands work when pasted, and Ctrl-C ends everything", async () => {
  const command = local();
  await command.healthy();
  const pids = serverPids(project);
  assert.equal(pids.length, 3);
  const addresses = /^ {2}nats-2 {2}nats:\/\/127\.0\.0\.1:\d+ {2}mqtt:\/\/127\.0\.0\.1:\d+ {2}monitoring http:/m;
  assert.match(command.said(), addresses);

  const [listen = "", publish = ""] = command.said().match(/^ {2}XDG_CONFIG_HOME=.*$/gm) ?? [];
  const listening = shell(`${listen} --count 1`);
  await eventually("the message is heard", async () => {
    const { code, stderr } = await shell(publish);
    assert.equal(code, 0, stderr);
    return await Promise.race([
      listening.then(() => true),
      new Promise<false>((resolve) => setImmediate(resolve, false)),
    ]);
  });
  assert.match((await listening).stdout, /Received on "orders\.hello"\s+hi/);

  assert.equal(await command.end("SIGINT"), 0);
  assert.match(command.said(), /Stopped\.\n$/);
  assert.deepEqual(pids.filter(isAlive), []);
  for (const name of ["nats-0", "nats-1", "nats-2"]) {
    assert.match(
      readFileSync(join(project.state, name, `${name}.log`), "utf8"),
      /Server Exiting\.\.\n$/,
      "it was asked to end",
    );
  }
  assert.deepEqual(readdirSync(project.home), [], "the user's own folder is left alone");
});

test("the commands of docs/local.md work", async () => {
  const command = local();
  await command.healthy();
  const blocks = readFileSync(join(PROJECT, "docs", "local.md"), "utf8").matchAll(/```sh\n([^`]*)```/g);
  const [, example] = [...blocks].map(([, text = ""]) => text);
  assert.match(example ?? "", /^export XDG_CONFIG_HOME/);
  let ran = await shell(`set -e\n${example ?? ""}`);
  // A cluster that has just started refuses a stream with replicas for a moment (nats-server 2.15).
  await eventually("a stream is made", async () => {
    const isRefused = /JetStream not enabled|no suitable peers|error creating store/.test(ran.stderr);
    if (isRefused) ran = await shell(`set -e\n${example ?? ""}`);
    return !isRefused;
  });
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  for (const name of ["nats-0", "nats-1", "nats-2"]) assert.match(ran.stdout, new RegExp(`"name":"${name}"`));
  assert.equal(await command.end("SIGTERM"), 0);
});

test("what JetStream stored is there at the next start, and gone with --fresh", async () => {
  const streams = `XDG_CONFIG_HOME=${project.state}/config nats --context local-SERVICES-orders stream ls --names`;
  for (const { args, expected } of [
    { args: [], expected: /^ORDERS$/m },
    { args: ["--fresh"], expected: /^(?![^]*ORDERS)/ },
  ]) {
    const command = local(...args);
    await command.healthy();
    await eventually(`streams after a start with ${args.join(" ") || "nothing"}`, async () => {
      const { code, stdout } = await shell(streams);
      return code === 0 && expected.test(stdout);
    });
    assert.equal(await command.end("SIGINT"), 0);
  }
});

test("nobody but the owner can read what it writes", async () => {
  const command = local("--fresh");
  await command.healthy();
  const entries = readdirSync(project.state, { recursive: true, encoding: "utf8" }).map((name) =>
    join(project.state, name),
  );
  const modes = entries
    .filter((path) => !path.includes("/data/") && !path.endsWith(".pid"))
    .map((path) => [path, statSync(path)] as const);
  assert.ok(modes.some(([path]) => path.endsWith(".creds")) && modes.some(([path]) => path.endsWith("nats.conf")));
  assert.deepEqual(
    modes.filter(([, stat]) => (stat.mode & 0o077) !== 0).map(([path]) => path),
    [],
  );
  assert.equal(await command.end("SIGINT"), 0);
});

test("the same region is not started twice", async () => {
  const first = local("--fresh");
  await first.healthy();
  const second = local();
  assert.equal(await second.ended(), 1);
  assert.match(second.said(), /^This region runs already, in process \d+: stop that one first\.\n$/);
  assert.equal(serverPids(project).length, 3);
  assert.equal(await first.end("SIGINT"), 0);
});

test("a port that is taken is no obstacle", async (t) => {
  const taken = [4222, 6223, 8224].map((port) =>
    createServer()
      .on("error", () => undefined)
      .listen(port, "127.0.0.1"),
  );
  t.after(() => {
    for (const server of taken) server.close();
  });
  const command = local("--fresh");
  await command.healthy();
  assert.doesNotMatch(command.said(), /127\.0\.0\.1:(4222|8224)\b/);
  assert.equal(await command.end("SIGINT"), 0);
});

test("its servers end when it is killed outright", async () => {
  const command = local("--fresh");
  await command.healthy();
  const pids = serverPids(project);
  await command.end("SIGKILL");
  await eventually("the servers have ended", () => !pids.some(isAlive));
});

test("servers that were left behind all the same are ended by the next start, which says so", async () => {
  const first = local("--fresh");
  await first.healthy();
  const pids = serverPids(project);
  for (const keeper of await childrenOf(first.pid)) if (!pids.includes(keeper)) process.kill(keeper, "SIGKILL");
  await first.end("SIGKILL");
  assert.deepEqual(
    pids.filter((pid) => !isAlive(pid)),
    [],
  );
  const second = local("--fresh");
  await second.healthy();
  assert.match(second.said(), /^Ended 3 servers that an earlier start had left behind\.$/m);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.equal(await second.end("SIGINT"), 0);
});

test("Ctrl-C while it starts ends everything, too", async () => {
  const command = local();
  await eventually("a server runs", () => existsSync(join(project.state, "running.json")));
  assert.equal(await command.end("SIGINT"), 0);
  assert.ok(!existsSync(join(project.state, "running.json")));
  assert.doesNotMatch(command.said(), /at .*:\d+/);
});

test("another version than the image's is told in one line", async (t) => {
  const file = join(project.folder, "deploy/local/3-workloads/statefulset.nats.nats.yaml");
  const good = readFileSync(file, "utf8");
  t.after(() => {
    writeFileSync(file, good);
  });
  writeFileSync(file, good.replace(/image: nats:.*/, "image: registry.example:5000/nats:2.99.1-alpine"));
  const command = local("--fresh");
  await command.healthy();
  const warnings = command
    .said()
    .match(/^.*is version [\d.]+, but the cluster will run registry\.example:5000\/nats:2\.99\.1-alpine.*$/gm);
  assert.equal(warnings?.length, 1, command.said());
  assert.equal(await command.end("SIGINT"), 0);
});

test("a server that does not start is named, with the end of its log", async (t) => {
  const file = join(project.folder, "deploy/local-secrets/secret.nats.nats-config.yaml");
  const good = readFileSync(file, "utf8");
  t.after(() => {
    writeFileSync(file, good);
  });
  writeFileSync(file, good.replace('lame_duck_duration: "30s"', 'lame_duck_duration: "3s"'));
  const command = local();
  assert.equal(await command.ended(), 1);
  assert.match(
    command.said(),
    /^nats-\d ended\. The end of .*nats-\d\.log:\n(.*\n)*.*lame_duck_duration.*minimum is 30 seconds/,
  );
});

test("what is missing or wrong is said in one line", async () => {
  const unknown = local("us-east");
  assert.equal(await unknown.ended(), 1);
  assert.match(
    unknown.said(),
    /^Only a region with a render target can be run here: found us-east, but local can be run\n$/,
  );

  const stack = local("--stack", "other");
  assert.equal(await stack.ended(), 1);
  assert.match(stack.said(), /^.*Pulumi\.other\.yaml is not there, so there is no stack other\n$/);

  rmSync(join(project.folder, "deploy"), { recursive: true });
  const missing = local();
  assert.equal(await missing.ended(), 1);
  assert.match(missing.said(), /^.*deploy\/local is not there: run `npm run up` first\n$/);
});

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-o", "pid=", "--ppid", String(pid)], { cwd: project.folder });
  return stdout.trim().split(/\s+/).map(Number);
}
