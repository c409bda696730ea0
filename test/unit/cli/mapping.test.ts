import assert from "node:assert/strict";
import { test } from "node:test";
import { mapFiles, mapServer, type Place } from "../../../cli/local/mapping.ts";
import type { Pods } from "../../../cli/local/pods.ts";
import { Trouble } from "../../../tools/project.ts";

const conf = `server_name: $POD_NAME
port: 4222
http_port: 8222
pid_file: "/var/run/nats/nats.pid"
cluster {
  port: 6222
  routes: [
    "nats://route:4222@nats-0.nats-headless.nats.svc.cluster.local:6222"
    "nats://route:4222@nats-1.nats-headless.nats.svc.cluster.local:6222"
  ]
}
jetstream { store_dir: "/data/jetstream", max_file_store: 4222 }
resolver { dir: "/data/resolver" }
include ./accounts.conf
`;

const places: Place[] = [
  { folder: "/home/some one/nats-0", ports: { client: 1, cluster: 2, monitor: 3, mqtt: 7 } },
  { folder: '/home/some one/"1"', ports: { client: 4, cluster: 5, monitor: 6, mqtt: 8 } },
];

function pods(change: Partial<Pods> & { conf?: string } = {}): Pods {
  return {
    name: "nats",
    namespace: "nats",
    service: "nats-headless",
    replicas: 2,
    image: "nats:2.15.2-alpine",
    args: ["--config", "/etc/nats/nats.conf"],
    ports: { client: 4222, cluster: 6222, monitor: 8222 },
    mounts: [
      { path: "/etc/nats", files: { "nats.conf": change.conf ?? conf, "accounts.conf": "resolver_preload {}\n" } },
      ...["/var/run/nats", "/data/jetstream", "/data/resolver"].map((path) => ({ path, files: undefined })),
    ],
    probes: { startup: "/", readiness: "/", liveness: "/" },
    preStop: ["nats-server", "-sl=ldm=/var/run/nats/nats.pid"],
    graceSeconds: 30,
    environmentOf: (ordinal) => ({ POD_NAME: `nats-${ordinal}` }),
    ...change,
  };
}

test("host names, ports and paths are mapped, and every other character stays", () => {
  const server = mapServer(pods(), 0, places);
  assert.equal(
    server.files["/home/some one/nats-0/etc/nats/nats.conf"],
    `server_name: $POD_NAME
listen: "127.0.0.1:1"
http: "127.0.0.1:3"
pid_file: "/home/some one/nats-0/var/run/nats/nats.pid"
cluster {
  listen: "127.0.0.1:2"
  routes: [
    "nats://route:4222@127.0.0.1:2"
    "nats://route:4222@127.0.0.1:5"
  ]
}
jetstream { store_dir: "/home/some one/nats-0/data/jetstream", max_file_store: 4222 }
resolver { dir: "/home/some one/nats-0/data/resolver" }
include ./accounts.conf
`,
  );
  assert.equal(server.files["/home/some one/nats-0/etc/nats/accounts.conf"], "resolver_preload {}\n");
  assert.deepEqual(server.args, ["--config", "/home/some one/nats-0/etc/nats/nats.conf"]);
  assert.deepEqual(server.preStop, ["nats-server", "-sl=ldm=/home/some one/nats-0/var/run/nats/nats.pid"]);
  assert.deepEqual(server.environment, { POD_NAME: "nats-0" });
});

test("a path with quotes in it is escaped in the configuration and plain in arguments", () => {
  const server = mapServer(pods(), 1, places);
  assert.deepEqual(server.args, ["--config", '/home/some one/"1"/etc/nats/nats.conf']);
  const text = server.files['/home/some one/"1"/etc/nats/nats.conf'];
  assert.match(text ?? "", /dir: "\/home\/some one\/\\"1\\"\/data\/resolver"/);
});

const needed: [what: string, line: RegExp | string, message: RegExp][] = [
  ["the client port", /^port: 4222$/m, /the client port: found nothing like/],
  ["the monitoring port", /^http_port: 8222$/m, /the monitor port: found nothing like/],
  ["the cluster port", /^ {2}port: 6222$/m, /the cluster port: found nothing like/],
  ["the pid file", "/var/run/nats/nats.pid", /the folder \/var\/run\/nats: found nothing like/],
  ["JetStream's folder", "/data/jetstream", /the folder \/data\/jetstream: found nothing like/],
  ["the resolver's folder", "/data/resolver", /the folder \/data\/resolver: found nothing like/],
  ["a route", "nats-1.nats-headless", /the route to server 1: found nothing like/],
];

for (const [what, line, message] of needed) {
  test(`a configuration without ${what} is refused, because something else would be started`, () => {
    const without = conf.replace(line, "elsewhere");
    assert.notEqual(without, conf);
    assert.throws(
      () => mapServer(pods({ conf: without }), 0, places),
      (error) => error instanceof Trouble && message.test(error.message),
    );
  });
}

test("a host name of the cluster that is left over is refused", () => {
  const more = `${conf}leafnodes { remotes: [{ url: "nats-leaf://hub.nats.svc.cluster.local:7422" }] }\n`;
  assert.throws(
    () => mapServer(pods({ conf: more }), 0, places),
    /the host name hub\.nats\.svc\.cluster\.local of the Kubernetes cluster is left over/,
  );
});

test("certificates are where the configuration looks for them, as they were, and the addresses say that there is TLS", () => {
  const folder = "/etc/nats-certificates";
  const certified = `${conf}tls { cert_file: "${folder}/client/tls.crt" }
mqtt {
  port: 1883
  tls { cert_file: "${folder}/mqtt/tls.crt" }
}
`;
  const { mounts, ports } = pods({ conf: certified });
  const certificate = { "tls.crt": "port: 4222 of nats.nats.svc.cluster.local" };
  const more = ["client", "mqtt"].map((listener) => ({ path: `${folder}/${listener}`, files: certificate }));
  const server = mapServer(pods({ mounts: [...mounts, ...more], ports: { ...ports, mqtt: 1883 } }), 0, places);
  const here = "/home/some one/nats-0/etc/nats-certificates";
  for (const listener of ["client", "mqtt"])
    assert.equal(server.files[`${here}/${listener}/tls.crt`], certificate["tls.crt"]);
  const text = server.files["/home/some one/nats-0/etc/nats/nats.conf"] ?? "";
  assert.ok(text.includes(`tls { cert_file: "${here}/client/tls.crt" }`), text);
  assert.ok(text.includes(`mqtt {\n  listen: "127.0.0.1:7"\n  tls { cert_file: "${here}/mqtt/tls.crt" }\n}`), text);
  assert.deepEqual(server.schemes, { client: "tls", mqtt: "mqtts" });
  assert.deepEqual(mapServer(pods(), 0, places).schemes, { client: "nats", mqtt: undefined });
});

test("an MQTT port that the configuration does not open is refused", () => {
  const { ports } = pods();
  assert.throws(() => mapServer(pods({ ports: { ...ports, mqtt: 1883 } }), 0, places), /the mqtt port: found nothing/);
});

test("one server needs no cluster in its configuration", () => {
  const alone = conf.replace(/^cluster \{[^}]*\}\n/m, "");
  const server = mapServer(pods({ conf: alone, replicas: 1 }), 0, places);
  assert.match(server.files["/home/some one/nats-0/etc/nats/nats.conf"] ?? "", /listen: "127\.0\.0\.1:1"/);
});

test("a replacement is taken literally", () => {
  const rule = { what: "a", pattern: /a/g, replacement: "$&$1" };
  assert.deepEqual(mapFiles({ file: "abca" }, [rule]), { file: "$&$1bc$&$1" });
});
