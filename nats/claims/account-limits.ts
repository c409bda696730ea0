import { show, type Report } from "../problem.ts";
import { checkLimit } from "./fields.ts";

/** How much JetStream an account has. Storage absent or 0: none; -1: unlimited. */
export interface JetStreamLimits {
  /** Bytes in memory over all streams. */
  mem_storage?: number;
  /** Bytes on disk over all streams. */
  disk_storage?: number;
  streams?: number;
  consumer?: number;
  max_ack_pending?: number;
  /** Bytes of one stream in memory; 0 or -1 no limit. */
  mem_max_stream_bytes?: number;
  /** Bytes of one stream on disk; 0 or -1 no limit. */
  disk_max_stream_bytes?: number;
  /** Every stream must say how large it can get. */
  max_bytes_required?: boolean;
}

/** How much an account may have of everything; -1 is unlimited and an absent number is none at all. */
export interface AccountLimits extends JetStreamLimits {
  subs: number;
  data: number;
  payload: number;
  imports: number;
  exports: number;
  conn: number;
  leaf: number;
  /** Whether exports may have wildcards. */
  wildcards: boolean;
  /** No user of the account may have a bearer token. */
  disallow_bearer?: boolean;
  /** JetStream by number of replicas (`R1`, `R3`) instead of the same limits for all. */
  tiered_limits?: Record<string, JetStreamLimits>;
}

/** Everything unlimited, and JetStream off. */
export const UNLIMITED_ACCOUNT: AccountLimits = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  conn: -1,
  leaf: -1,
  wildcards: true,
};

const REQUIRED = ["subs", "data", "payload", "imports", "exports", "conn", "leaf"] as const;
const JETSTREAM = [
  "mem_storage",
  "disk_storage",
  "streams",
  "consumer",
  "max_ack_pending",
  "mem_max_stream_bytes",
  "disk_max_stream_bytes",
] as const;

/** Reports limits that are missing or no limits, and JetStream limits given in both ways at once. */
export function checkAccountLimits(limits: Partial<AccountLimits>, path: string, report: Report): void {
  for (const field of REQUIRED) {
    const limit = limits[field];
    if (limit === undefined)
      report(
        `${path}.${field}`,
        undefined,
        "a limit must be given: without one the server allows none at all; -1 is unlimited",
      );
    checkLimit(limit, `${path}.${field}`, report);
  }
  checkJetStream(limits, path, report);
  const tiers = Object.entries(limits.tiered_limits ?? {});
  for (const [tier, tierLimits] of tiers) {
    if (!/^R[1-9]\d*$/.test(tier)) report(`${path}.tiered_limits`, tier, "a tier is named after its replicas: R1, R3");
    checkJetStream(tierLimits, `${path}.tiered_limits[${show(tier)}]`, report);
  }
  if (
    tiers.length > 0 &&
    (limits.max_bytes_required === true || JETSTREAM.some((field) => (limits[field] ?? 0) !== 0))
  ) {
    report(
      `${path}.tiered_limits`,
      tiers.map(([tier]) => tier),
      "JetStream limits stand either in tiers or beside them, not both",
    );
  }
}

function checkJetStream(limits: JetStreamLimits, path: string, report: Report): void {
  for (const field of JETSTREAM) checkLimit(limits[field], `${path}.${field}`, report);
}
