import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readArguments } from "../../../../cli/system-exporter/arguments.ts";
import { Trouble } from "../../../../tools/project.ts";

const needed = ["--server", "nats://nats:4222", "--creds", "nats.creds"];
const defaults = {
  servers: ["nats://nats:4222"],
  creds: "nats.creds",
  port: 7778,
  intervalSeconds: 15,
  mqttClients: [],
};

describe("the arguments of system-exporter", () => {
  for (const [args, expected] of [
    [[], {}],
    [["--server", "tls://10.0.0.1"], { servers: ["nats://nats:4222", "tls://10.0.0.1"] }],
    [["--port", "0", "--interval", "1m30s", "--ca", "ca.crt"], { port: 0, intervalSeconds: 90, ca: "ca.crt" }],
    [["--mqtt-client=-a b", "--mqtt-client", "c", "--mqtt-client", "c"], { mqttClients: ["-a b", "c"] }],
  ] as const) {
    test(`${args.length === 0 ? "the needed ones" : args.join(" ")}: understood`, () => {
      assert.deepEqual(readArguments([...needed, ...args]), { ...defaults, ...expected });
    });
  }

  for (const [args, problem] of [
    [[], /^found no --server, but at least one is needed\nusage: .*system-exporter --server URL/],
    [["--server", "nats://a"], /^found no --creds/],
    [[...needed, "--server", "http://a"], /^--server: found "http:\/\/a", but an address such as nats:\/\//],
    [[...needed, "--port", "65536"], /^--port: found "65536", but a number from 0 to 65535/],
    [[...needed, "--interval", "0s"], /^--interval: found "0s", but a duration from 1s to 5m/],
    [[...needed, "--interval", "15"], /^--interval: found "15"/],
    [[...needed, "--mqtt-client", ""], /^--mqtt-client: found "", but the id/],
    [[...needed, "--seed", "x"], /Unknown option '--seed'[^]*usage: /],
  ] as const) {
    test(`${args.slice(-2).join(" ") || "nothing"}: refused with the usage`, () => {
      assert.throws(
        () => readArguments(args),
        (error) => error instanceof Trouble && problem.test(error.message),
      );
    });
  }

  test("a login in an address is refused, and not shown", () => {
    assert.throws(
      () => readArguments([...needed, "--server", "nats://monitor:hunter2@nats:4222"]),
      (error) =>
        error instanceof Trouble &&
        error.message.includes("found a login in an address") &&
        !/hunter2|monitor:/.test(error.message),
    );
  });
});
