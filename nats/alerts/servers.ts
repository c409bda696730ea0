import type { Alert, AlertContext } from "./alert.ts";
import { live, series, up } from "./series.ts";

/** How long one server is away: it sends its clients away, ends, and starts again. */
const restartSeconds = ({ lameDuckSeconds }: AlertContext) => lameDuckSeconds + 180;

/** What is wrong with single servers. */
export const serverAlerts: readonly Alert[] = [
  {
    name: "NatsTargetDown",
    title: "NATS Server Not Scraped",
    severity: "critical",
    // A server that stops sends its clients away first, while its exporter is gone already.
    forSeconds: 300,
    restartSeconds,
    value: (context) => `min by (namespace, pod) (${up(context, "server")})`,
    wrongWhen: "below",
    threshold: 1,
    unit: "1 when it can be scraped",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "The metrics of {{ $labels.pod }} cannot be read",
    description:
      "The server hangs, its exporter is gone, or a NetworkPolicy keeps Prometheus out. Nothing else is known of this server meanwhile.",
  },
  {
    name: "NatsServerUnreachable",
    title: "NATS Server Unreachable",
    severity: "critical",
    forSeconds: 120,
    value: (context) =>
      `count by (namespace, pod) (${up(context, "server")} == 1) unless on (namespace, pod) ${series(context, "connz_limit")} or 0 * count by (namespace, pod) (${up(context, "server")} == 1)`,
    wrongWhen: "above",
    threshold: 0,
    unit: "1 when the exporter runs and the server does not answer it",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "{{ $labels.pod }} does not answer its exporter",
    description:
      "The exporter can be scraped but the server does not answer: it has crashed or hangs. Metrics of it that still move are not to be believed.",
  },
  {
    name: "NatsServerUnhealthy",
    title: "NATS Server Unhealthy",
    severity: "warning",
    forSeconds: 300,
    value: (context) => `max by (namespace, pod) (${series(context, "healthz_status")})`,
    wrongWhen: "above",
    threshold: 0,
    unit: "0 when healthy",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "{{ $labels.pod }} says that it is not healthy",
    description:
      "The server answers, but a stream or consumer on it is not current, or it has not caught up with the cluster.",
  },
  {
    name: "NatsServerRestarted",
    title: "NATS Server Restarted",
    severity: "info",
    forSeconds: 0,
    // A pod that was replaced has another address, and with it other series: only all of them together have changed.
    value: (context) =>
      live(
        context,
        `changes(max by (namespace, pod) (${series(context, "varz_start")})[15m:${String(context.scrapeSeconds)}s])`,
      ),
    wrongWhen: "above",
    threshold: 0,
    unit: "restarts within 15 minutes",
    noValueIs: "fine",
    summary: "{{ $labels.pod }} was restarted",
    description:
      "Expected after a change of the servers' configuration; otherwise the server has crashed or was killed.",
  },
  {
    name: "NatsJetStreamDisabled",
    title: "NATS JetStream Disabled",
    severity: "critical",
    // A server that stops switches it off, and then sends its clients away for as long as lameDuck says.
    forSeconds: 300,
    restartSeconds,
    value: (context) => `max by (namespace, pod) (${series(context, "server_jetstream_disabled")})`,
    wrongWhen: "above",
    threshold: 0,
    unit: "1 when JetStream is off",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "JetStream has switched itself off on {{ $labels.pod }}",
    description: "The server had trouble with its storage and goes on without streams.",
  },
  {
    name: "NatsCpuHigh",
    title: "NATS CPU High",
    severity: "warning",
    forSeconds: 600,
    // 100 is one core.
    value: (context) =>
      `max by (namespace, pod) (${live(context, `avg_over_time(${series(context, "varz_cpu")}[5m]) / ${series(context, "varz_gomaxprocs")}`)})`,
    wrongWhen: "above",
    threshold: 90,
    unit: "percent of the cores that the server may use",
    range: { to: 100 },
    noValueIs: "fine",
    summary: "{{ $labels.pod }} uses nearly all of its cores",
    description: "Clients become slow consumers next, and elections come late.",
  },
  {
    name: "NatsMemoryHigh",
    title: "NATS Memory High",
    severity: "warning",
    forSeconds: 300,
    value: (context) =>
      `max by (namespace, pod) (${live(context, `${series(context, "varz_mem")} / ${series(context, "varz_gomemlimit")}`)})`,
    wrongWhen: "above",
    threshold: 0.9,
    unit: "share of GOMEMLIMIT",
    // It is no hard limit, and the container's own is not much above it.
    range: { to: 2 },
    noValueIs: "fine",
    summary: "{{ $labels.pod }} has nearly used up its memory",
    description: "Above its limit the container is killed, and all of its clients move to the other servers.",
  },
];
