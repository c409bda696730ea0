import type { AlertProof } from "./proof.ts";
import { about, consumer, each } from "./series.ts";

const labels = [about.consumer];

/** Proofs of nats/alerts/consumers.ts. */
export const consumerProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsConsumerWithoutLeader", labels },
    series: () => [
      ...each((server) => consumer(server, "num_pending", { right: 0, wrong: "gone" })),
      ...each((server) => consumer(server, "num_pending", { right: "gone", wrong: 0 }, { leader: "" })),
    ],
    naive: [
      {
        fault: "what is counted is gone with the leader",
        expression: 'count by (consumer_name) (nats_consumer_num_pending{is_consumer_leader="true"}) < 1',
        ...{ at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsConsumerLag", labels },
    series: () => [
      consumer(0, "num_pending", { right: 10_000, wrong: 10_001 }),
      // What led before may go on telling what it knew.
      ...[consumer(1, "num_pending", 0), consumer(2, "num_pending", 15_000)],
    ],
    naive: [
      {
        fault: "replicas that do not lead tell 0, and hide the leader in the mean",
        ...{ expression: "avg by (consumer_name) (nats_consumer_num_pending) > 10000", at: "wrong", fires: false },
      },
      {
        fault: "num_pending is no counter: where it falls, a rate sees a restart",
        ...{ expression: "rate(nats_consumer_num_pending[5m]) > 1", at: "right", fires: true },
        series: [consumer(0, "num_pending", { right: { grows: -10 }, wrong: 0, from: 9000 })],
      },
    ],
  },
  {
    ...{ alert: "NatsConsumerStuck", labels },
    series: () => [
      consumer(0, "num_pending", 5),
      consumer(0, "last_ack_seconds", { right: 600, wrong: 601 }),
      ...[consumer(1, "num_pending", 0), consumer(1, "last_ack_seconds", 9000)],
    ],
    naive: [
      {
        fault: "a consumer that nothing waits for acknowledges nothing",
        ...{ expression: "nats_consumer_last_ack_seconds > 600", at: "right", fires: true },
        series: [consumer(0, "num_pending", 0), consumer(0, "last_ack_seconds", 9000)],
      },
    ],
  },
  {
    ...{ alert: "NatsConsumerStuck", variant: "never acknowledged", labels },
    series: () => [consumer(0, "num_pending", 5), consumer(0, "last_delivery_seconds", { right: 600, wrong: 601 })],
    naive: [
      {
        fault: "a consumer that has never acknowledged has no time of it",
        ...{ expression: "nats_consumer_last_ack_seconds > 600", at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsConsumerStuck", variant: "never read", labels },
    series: () => [consumer(0, "num_pending", { right: 0, wrong: 5 })],
    naive: [
      {
        fault: "a consumer that nobody reads has neither acknowledged nor delivered",
        expression: "(nats_consumer_last_ack_seconds or nats_consumer_last_delivery_seconds) > 600",
        ...{ at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsAckPendingFull", labels },
    series: () => [consumer(0, "num_ack_pending", { right: 999, wrong: 1000 }), consumer(1, "num_ack_pending", 5000)],
    naive: [
      {
        fault: "there are never more than 1,000: that is where the consumer stops",
        ...{ expression: 'nats_consumer_num_ack_pending{is_consumer_leader="true"} > 1000', at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsRedeliveries", labels },
    series: () => [consumer(0, "num_redelivered", { right: 100, wrong: 101 }), consumer(1, "num_redelivered", 500)],
    naive: [
      {
        fault: "it is the number of messages now, and does not grow while all of them fail",
        ...{ expression: "increase(nats_consumer_num_redelivered[5m]) > 100", at: "wrong", fires: false },
      },
    ],
  },
];
