import { systemQuestions } from "../../nats/system-exporter.ts";
import {
  certificates,
  connections,
  metaGroup,
  reply,
  type Certificate,
  type MetaGroup,
  type Reply,
} from "./replies.ts";

/** Asks all servers, and resolves to what came back: to every answer until the time is over, or to the first so many. */
export type Ask = (subject: string, payload: object, enough?: number) => Promise<readonly string[]>;

/** What the servers answered. A question that not all of them answered has no answer: half of one would be a wrong one. */
export interface Facts {
  /** Names of the servers that there are. */
  readonly servers: readonly string[];
  readonly certificates?: readonly Certificate[];
  /** null: nobody leads. */
  readonly meta?: MetaGroup | null;
  /** Connections of each MQTT client id. */
  readonly mqttConnections?: ReadonlyMap<string, number>;
}

/** Facts, and what is missing. */
export interface Polled {
  readonly facts: Facts | undefined;
  /** For the log: one sentence for each question that has no answer. */
  readonly problems: readonly string[];
}

const { ping, varz, jsz, connz } = systemQuestions;

/**
 * Asks the servers everything once: first who is there, so that the other questions need not wait for more. Where there are gateways, the
 * servers of other clusters answer as well, and are left out: each cluster has an exporter of its own.
 */
export async function poll(ask: Ask, mqttClients: readonly string[], cluster: string | undefined): Promise<Polled> {
  const all = (await ask(ping, {})).flatMap((text) => reply(text) ?? []);
  const own = (replies: readonly Reply[]) => replies.filter((it) => it.cluster === cluster);
  const there = own(all);
  if (there.length === 0)
    return {
      facts: undefined,
      problems: [`no server answered ${ping}: is the user one of the system account, and may its role ask this?`],
    };
  const servers = there.map(({ server }) => server).sort();
  const problems: string[] = [];
  const askEach = async (question: string, payload: object): Promise<Reply[]> =>
    own((await ask(question, payload, all.length)).flatMap((text) => reply(text) ?? []));
  /** All the answers, or none. */
  const whole = <T>(question: string, answers: readonly (T | undefined)[]): T[] | undefined => {
    const read = answers.filter((it) => it !== undefined);
    if (read.length >= servers.length) return read;
    problems.push(`${String(read.length)} of ${String(servers.length)} servers answered ${question}`);
    return undefined;
  };
  const [settings, roles, ...clients] = await Promise.all([
    askEach(varz, {}),
    askEach(jsz, {}),
    ...mqttClients.map((id) => askEach(connz, { mqtt_client: id })),
  ]);
  const ends = whole(varz, settings.map(certificates));
  const groups = whole(jsz, roles);
  const counts = clients.map((replies) => whole(connz, replies.map(connections)));
  const facts: Facts = {
    servers,
    ...(ends === undefined ? {} : { certificates: ends.flat() }),
    ...(groups === undefined ? {} : { meta: metaGroup(groups) ?? null }),
    ...(counts.includes(undefined) ? {} : { mqttConnections: sums(mqttClients, counts) }),
  };
  return { facts, problems };
}

function sums(ids: readonly string[], counts: readonly (readonly number[] | undefined)[]): Map<string, number> {
  return new Map(ids.map((id, index) => [id, (counts[index] ?? []).reduce((sum, count) => sum + count, 0)]));
}
