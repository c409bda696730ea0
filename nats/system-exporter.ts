/** Events of the system account that the system exporter counts. */
export const systemEvents = {
  /** A login that was refused. nats-server 2.15 says it of every kind of client. */
  refused: "$SYS.SERVER.*.CLIENT.AUTH.ERR",
  /** The same for the account that was to be signed in to, or whose auth callout refused: heard here if it is the system account. */
  refusedInAccount: "$SYS.ACCOUNT.CLIENT.AUTH.ERR",
  disconnected: "$SYS.ACCOUNT.*.DISCONNECT",
} as const;

/** Questions of the system exporter, which every server answers. */
export const systemQuestions = {
  ping: "$SYS.REQ.SERVER.PING",
  varz: "$SYS.REQ.SERVER.PING.VARZ",
  jsz: "$SYS.REQ.SERVER.PING.JSZ",
  connz: "$SYS.REQ.SERVER.PING.CONNZ",
} as const;

/** What the role of the system exporter has to allow: not a subject more is needed. */
export const systemExporterNeeds = {
  publish: Object.values(systemQuestions),
  subscribe: [...Object.values(systemEvents), "_INBOX.>"],
  /** One for each event, and one for all answers. */
  subscriptions: Object.values(systemEvents).length + 1,
} as const;
