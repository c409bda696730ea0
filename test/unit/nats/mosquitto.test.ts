import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bridgeConf, mosquittoConf, type BridgeConf } from "../../../nats/conf/mosquitto.ts";

const bridge: BridgeConf = {
  connection: "home",
  host: "nats.nats.svc.cluster.local",
  port: 8883,
  authorities: "/mosquitto/ca/ca.crt",
  clientId: "east-home",
  username: "east-home",
  password: "eyJ.jwt",
  topics: [
    { topic: "sensors/#", direction: "out", qos: 1, local: "mqtt/", remote: "" },
    { topic: "commands/#", direction: "in", qos: 0, local: "", remote: "home/" },
  ],
};

test("a bridge is what NATS takes: 3.1.1 without try_private, a fixed client id, a session that is kept", () => {
  assert.equal(
    bridgeConf({ ...bridge, restartTimeoutSeconds: 2 }),
    `connection home
address nats.nats.svc.cluster.local:8883
bridge_cafile /mosquitto/ca/ca.crt
bridge_protocol_version mqttv311
try_private false
remote_clientid east-home
remote_username east-home
remote_password eyJ.jwt
cleansession false
keepalive_interval 30
restart_timeout 2
notifications true
notifications_local_only true
topic sensors/# out 1 mqtt/ ""
topic commands/# in 0 "" home/
`,
  );
});

test("with QoS 0 alone there is no session to keep, and without TLS no authority", () => {
  const topics = bridge.topics.map((topic) => ({ ...topic, qos: 0 as const }));
  const text = bridgeConf({ ...bridge, authorities: undefined, topics });
  assert.match(text, /^cleansession true$/m);
  assert.doesNotMatch(text, /cafile/);
});

test("a broker has its listeners with their certificates, and refuses whom it does not know", () => {
  const text = mosquittoConf(
    {
      listeners: [
        { port: 1883, protocol: "mqtt" },
        { port: 9001, protocol: "websockets", certificate: "/tls/websockets" },
      ],
      anonymous: false,
      passwordFile: "/passwords",
      aclFile: "/acl",
      persistence: "/mosquitto/data/",
      sessionExpiryHours: 36,
      maxQueuedMessages: 10,
      maxQueuedBytes: 1000,
      maxMessageBytes: 100,
      logTypes: ["error", "warning"],
    },
    bridge,
  );
  assert.equal(
    text.slice(0, text.indexOf("\nconnection")),
    `per_listener_settings false
allow_anonymous false
password_file /passwords
acl_file /acl
persistence true
persistence_location /mosquitto/data/
autosave_interval 60
persistent_client_expiration 36h
max_queued_messages 10
max_queued_bytes 1000
message_size_limit 100
log_dest stderr
log_timestamp_format %Y-%m-%dT%H:%M:%S%z
log_type error
log_type warning
listener 1883
protocol mqtt
listener 9001
protocol websockets
certfile /tls/websockets/tls.crt
keyfile /tls/websockets/tls.key
`,
  );
});

test("a value that would be more than its line is refused, and not told", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("\n", "\r", "\0"), fc.string(), (before, end, after) => {
      const password = `${before}x${end}y${after}`;
      assert.throws(
        () => bridgeConf({ ...bridge, password }),
        (error: Error) => error.message.startsWith("a value of remote_password") && !error.message.includes(password),
      );
    }),
  );
  const [topic] = bridge.topics;
  assert.ok(topic);
  assert.throws(() => bridgeConf({ ...bridge, topics: [{ ...topic, topic: "a out 2" }] }), /a value of topic/);
});
