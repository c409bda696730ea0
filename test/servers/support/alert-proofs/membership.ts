import type { AlertProof } from "./proof.ts";
import { about, answers, each, jetStream, told, up } from "./series.ts";

/** All know a leader but those from the given number on, who are gone. */
const knowing = (count: number) => each((server) => jetStream(server, "nats-0"), count);

const quorumOf = (replicas: number, majority: number): AlertProof => ({
  ...{ alert: "NatsQuorumLost", variant: `of ${replicas} servers`, context: { replicas }, labels: [{}] },
  series: () => [
    ...knowing(majority - 1),
    jetStream(majority - 1, "nats-0", { right: 0, wrong: "gone" }),
    jetStream(majority - 1, "", { right: "gone", wrong: 0 }),
    // One that is up without JetStream, or without a leader, makes no majority.
    jetStream(majority, "nats-0", 1),
  ],
  naive: [
    {
      fault: "without `or vector(0)` there is no value once nobody knows a leader",
      expression: `count(nats_server_jetstream_disabled{meta_leader!=""} == 0) < ${majority}`,
      ...{ at: "wrong", fires: false },
      series: [...each((server) => jetStream(server, "", 0), majority - 1)],
    },
    {
      fault: "a count of servers that answer does not see that they have no leader",
      expression: `(count(nats_server_jetstream_disabled == 0) or vector(0)) < ${majority}`,
      ...{ at: "wrong", fires: false },
    },
  ],
});

const missingOf = (replicas: number): AlertProof => ({
  ...{ alert: "NatsServersMissing", variant: `of ${replicas} servers`, context: { replicas }, labels: [{}] },
  series: () => [...each((server) => up(server, 1), replicas - 1), up(replicas - 1, { right: 1, wrong: "gone" })],
  naive: [
    {
      ...{ fault: "a pod that is gone has no `up` that could be 0", expression: "up == 0", at: "wrong", fires: false },
    },
    { fault: "absent(up) is content with one server", expression: "absent(up)", at: "wrong", fires: false },
  ],
});

const peersOf = (replicas: number): AlertProof => ({
  ...{ alert: "NatsPeerDisconnected", variant: `of ${replicas} servers`, context: { replicas } },
  labels: [about.server(1)],
  leavesOutTheDead: true,
  series: () => [
    ...each((server) => answers(server), replicas),
    told(0, "varz_remotes", replicas - 1),
    told(1, "varz_remotes", { right: replicas - 1, wrong: replicas - 2 }),
    told(0, "varz_routes", 4 * (replicas - 1)),
    told(1, "varz_routes", { right: 4 * (replicas - 1), wrong: 4 * (replicas - 2) }),
  ],
  naive: [
    {
      fault: "routes counts connections, four for each peer",
      ...{ expression: `nats_varz_routes < ${replicas - 1}`, at: "wrong", fires: false },
    },
    {
      fault: "the exporter keeps the last number of a server that is dead",
      ...{ expression: `nats_varz_remotes < ${replicas - 1}`, at: "right", fires: true },
      series: [told(2, "varz_remotes", 0), answers(2, "gone")],
    },
  ],
});

/** Proofs of nats/alerts/cluster.ts, of the servers being one cluster. */
export const membershipProofs: readonly AlertProof[] = [
  ...[quorumOf(3, 2), quorumOf(5, 3), missingOf(3), missingOf(5), peersOf(3), peersOf(5)],
  {
    ...{ alert: "NatsWithoutMetaLeader", labels: [about.server(2)] },
    series: () => [
      ...[jetStream(0, "nats-0"), jetStream(1, "nats-0"), jetStream(3, "", 1)],
      jetStream(2, "nats-0", { right: 0, wrong: "gone" }),
      jetStream(2, "", { right: "gone", wrong: 0 }),
      told(2, "varz_jetstream_meta_leader", 1, { value: "nats-0" }),
    ],
    naive: [
      {
        fault: "varz goes on naming the last leader",
        ...{ expression: 'absent(nats_varz_jetstream_meta_leader{pod="nats-2"})', at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsMetaLeadersDisagree", labels: [{}] },
    series: () => [
      ...[jetStream(0, "nats-1"), jetStream(1, "nats-1")],
      jetStream(2, "nats-1", { right: 0, wrong: "gone" }),
      jetStream(2, "nats-0", { right: "gone", wrong: 0 }),
    ],
    naive: [
      {
        fault: "only one of them takes itself for the leader",
        expression: 'count(nats_server_jetstream_disabled{is_meta_leader="true"}) > 1',
        ...{ at: "wrong", fires: false },
      },
      {
        fault: "varz of the dead leader goes on naming it",
        expression: "count(count by (value) (nats_varz_jetstream_meta_leader)) > 1",
        ...{ at: "right", fires: true },
        series: [
          ...[jetStream(1, "nats-1"), jetStream(2, "nats-1"), answers(1), answers(2)],
          ...each((server) =>
            told(server, "varz_jetstream_meta_leader", 1, { value: server === 0 ? "nats-0" : "nats-1" }),
          ),
        ],
      },
    ],
  },
  {
    ...{ alert: "NatsVersionSkew", labels: [{}], leavesOutTheDead: true },
    series: () => [
      ...[answers(0), answers(1), told(0, "varz_version", 1, { value: "2.15.2" })],
      told(1, "varz_version", { right: 1, wrong: "gone" }, { value: "2.15.2" }),
      told(1, "varz_version", { right: "gone", wrong: 1 }, { value: "2.15.1" }),
    ],
    naive: [
      {
        fault: "three servers of one version are no three versions",
        ...{ expression: "count(nats_varz_version) > 1", at: "right", fires: true },
      },
      {
        fault: "the exporter of a dead server goes on telling its version",
        expression: "count(count by (value) (nats_varz_version)) > 1",
        ...{ at: "right", fires: true },
        series: [
          ...[answers(0), told(0, "varz_version", 1, { value: "2.15.2" })],
          told(1, "varz_version", 1, { value: "2.15.1" }),
        ],
      },
    ],
  },
];
