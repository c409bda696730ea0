/** What Surveyor is to tell. */
export interface SurveyorSettings {
  readonly accounts: boolean;
  readonly streams: "none" | "streams" | "consumers";
  readonly gateways: boolean;
  readonly raft: boolean;
}

/** What a survey is run with. */
export interface SurveyorRun {
  readonly settings: SurveyorSettings;
  /** Where clients in the cluster connect to. */
  readonly url: string;
  /** Path of the file with its credentials. */
  readonly creds: string;
  /** Path of the certificate authority of the servers. Absent: no TLS, or one that the image knows. */
  readonly ca: string | undefined;
  /** Servers that answer it. A survey ends as soon as so many have. */
  readonly servers: number;
  /** After what time Prometheus gives a scrape up. */
  readonly scrapeTimeoutSeconds: number;
}

/** Port of its metrics and its health. */
export const surveyorPort = 7777;

/**
 * Subjects that Surveyor 0.9 publishes to for these settings. What accounts do and what JetStream holds is asked for together, for either
 * of them.
 */
export function surveyorQuestions({ accounts, streams, gateways, raft }: SurveyorSettings): string[] {
  return [
    "$SYS.REQ.SERVER.PING",
    ...(gateways ? ["$SYS.REQ.SERVER.PING.GATEWAYZ"] : []),
    ...(raft ? ["$SYS.REQ.SERVER.PING.RAFTZ"] : []),
    ...(accounts || streams !== "none" ? ["$SYS.REQ.ACCOUNT.PING.STATZ", "$SYS.REQ.SERVER.PING.JSZ"] : []),
  ];
}

/** What the role of Surveyor has to allow: not a subject more is needed. */
export function surveyorNeeds(settings: SurveyorSettings) {
  return {
    publish: surveyorQuestions(settings),
    subscribe: ["_INBOX.>"],
    /** One for the answers to its ping, and one for those to the question that is under way. */
    subscriptions: 2,
  };
}

/**
 * Arguments of Surveyor 0.9. Each stands here although it can also come from the environment: an argument wins over a variable
 * NATS_SURVEYOR_… that something puts into the pod.
 */
export function surveyorArguments({ settings, url, creds, ca, servers, scrapeTimeoutSeconds }: SurveyorRun): string[] {
  const { accounts, streams, gateways, raft } = settings;
  return [
    `--servers=${url}`,
    `--creds=${creds}`,
    ...(ca === undefined ? [] : [`--tlscacert=${ca}`]),
    `--count=${String(servers)}`,
    `--timeout=${String(surveyTimeoutMs(settings, scrapeTimeoutSeconds))}ms`,
    `--port=${String(surveyorPort)}`,
    ...(accounts ? ["--accounts"] : []),
    // Only a leader knows what of a consumer is pending; the replicas' copies are series of the exporter.
    ...(streams === "none" ? [] : [`--jsz=${streams === "consumers" ? "all" : streams}`, "--jsz-leaders-only"]),
    ...(gateways ? ["--gatewayz"] : []),
    ...(raft ? ["--raftz"] : []),
  ];
}

/** Once servers are silent, Surveyor waits so long for each further question after the last answer to it. */
const silenceMs = 500;

/**
 * How long a ping waits for servers that are silent: three seconds, as usual, or what is left of the scrape's time after the questions
 * that follow. A scrape that was given up would show nothing of the servers that are there.
 */
export function surveyTimeoutMs(settings: SurveyorSettings, scrapeTimeoutSeconds: number): number {
  const further = surveyorQuestions(settings).length - 1;
  return Math.min(3000, scrapeTimeoutSeconds * 1000 - silenceMs * (further + 1));
}
