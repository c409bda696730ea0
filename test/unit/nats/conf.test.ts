import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accountsConf, serverConf, type ServerConf } from "../../../nats/conf/server.ts";
import { renderConf } from "../../../nats/conf/text.ts";
import type { PublicNkey } from "../../../nats/nkeys.ts";

function server(over: Partial<ServerConf> = {}): ServerConf {
  return {
    cluster: "eu",
    routes: ["nats://route:p@nats-0:6222", "nats://route:p@nats-1:6222"],
    routeLogin: { user: "route", password: "p" },
    jetstream: { maxFileBytes: 100, maxMemoryBytes: 10 },
    operatorJwt: "eyJ",
    systemAccount: "AS" as PublicNkey,
    lameDuck: { gracePeriodSeconds: 10, durationSeconds: 30 },
    ...over,
  };
}

test("a variable stands outside quotes, where the server looks for it, and a text that looks like one inside", () => {
  assert.equal(renderConf({ a: { variable: "POD_NAME" }, b: "$POD_NAME" }), 'a: $POD_NAME\nb: "$POD_NAME"\n');
});

test("what is undefined is left out, and what is false or 0 is not", () => {
  assert.equal(renderConf({ a: undefined, b: false, c: 0 }), "b: false\nc: 0\n");
});

test("no text can end its own quotes or begin another line", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }).filter((text) => !/[\u0000-\u001f]/.test(text)),
      (text) => {
        const line = renderConf({ key: text });
        assert.match(line, /^key: "(?:[^"\\\n]|\\.)*"\n$/);
        assert.equal(JSON.parse(line.slice("key: ".length)), text);
      },
    ),
  );
});

test("a control character is refused rather than written in a way that the server does not read", () => {
  assert.throws(() => renderConf({ key: "a\u0000b" }), /must not hold the control character "\\u0000"/);
});

test("both limits of JetStream are written, even where they are 0: a server that starts without one takes most of the machine", () => {
  const conf = serverConf(server({ jetstream: { maxFileBytes: 0, maxMemoryBytes: 0 } }));
  assert.match(conf, /max_file_store: 0\n\s*max_memory_store: 0\n/);
});

test("the accounts are a relative include, the last line, and not in the file itself", () => {
  assert.match(serverConf(server()), /\ninclude \.\/accounts\.conf\n$/);
  assert.doesNotMatch(serverConf(server()), /resolver_preload/);
});

test("routes need the password of the region", () => {
  assert.match(serverConf(server()), /authorization \{\n\s*user: "route"\n\s*password: "p"\n/);
});

test("accounts are written in one order, whatever order they come in", () => {
  const a = { ["AB" as PublicNkey]: "2", ["AA" as PublicNkey]: "1" };
  assert.equal(accountsConf(a), accountsConf(Object.fromEntries(Object.entries(a).reverse())));
  assert.equal(accountsConf(a), 'resolver_preload {\n  AA: "1"\n  AB: "2"\n}\n');
});

test("a listener for MQTT says what was asked for, and leaves the rest to the server", () => {
  assert.doesNotMatch(serverConf(server()), /mqtt|tls/);
  assert.match(serverConf(server({ mqtt: { port: 1883, hasTls: false } })), /^mqtt \{\n {2}port: 1883\n\}\n/m);
  const mqtt = { port: 8883, hasTls: false, ackWaitSeconds: 60, maxAckPending: 100, streamReplicas: 3 };
  assert.match(
    serverConf(server({ mqtt })),
    /^mqtt \{\n {2}port: 8883\n {2}ack_wait: "60s"\n {2}max_ack_pending: 100\n {2}stream_replicas: 3\n\}\n/m,
  );
});

test("each listener with TLS has the files of its own folder", () => {
  const conf = serverConf(server({ hasTls: true, mqtt: { port: 8883, hasTls: true } }));
  for (const [indent, listener] of [
    ["", "client"],
    ["  ", "mqtt"],
  ] as const) {
    const folder = `/etc/nats-certificates/${listener}`;
    const block = ["tls {", `  cert_file: "${folder}/tls.crt"`, `  key_file: "${folder}/tls.key"`, "}"];
    assert.ok(conf.includes(`\n${block.map((line) => `${indent}${line}\n`).join("")}`), conf);
  }
});
