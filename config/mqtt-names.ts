import type { NameRule } from "./names.ts";

/** A bridge: what is made for it has this name, the Service (a letter first) and pods of a StatefulSet (a hash behind it) among them. */
export const bridgeName: NameRule = {
  pattern: /^[a-z](?:[a-z0-9-]{0,48}[a-z0-9])?$/,
  allowed: "a bridge's name has at most 50 of a-z, 0-9 and -, begins with a letter, and ends with a letter or digit",
};

/** Client identifier of MQTT that nats-server 2.15 takes: 3.1.1 promises 23 characters, and it takes more. */
export const clientIdentifier: NameRule = {
  pattern: /^[A-Za-z0-9_-]{1,128}$/,
  allowed: "a client id has at most 128 letters, digits, - and _",
};

/** Key of a ConfigMap or a Secret. */
export const configField: NameRule = {
  pattern: /^(?!\.\.)(?!\.$)[A-Za-z0-9._-]{1,253}$/,
  allowed: "a key has at most 253 letters, digits, -, _ and .",
};

/** Host that a client connects to over TLS: Go's TLS answers a name with a dot at its end with "decode error". */
export const hostName: NameRule = {
  pattern: /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
  allowed:
    "a host is a name such as nats.example.com, or an IPv4 address, without a port and without a dot at its end: the servers' TLS refuses a name with one (tlsv1 alert decode error)",
};
