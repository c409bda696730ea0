/** The addresses of one cluster: a /16 that no route of the machine knew. */
export interface AddressRange {
  /** The machine's end of the pair of interfaces; 15 letters at most. */
  readonly interfaceName: string;
  readonly all: string;
  /** The machine, as the node sees it. */
  readonly machine: string;
  /** The node, and the API server on it. */
  readonly node: string;
  /** The cluster's name server. */
  readonly dns: string;
  readonly pods: string;
  readonly services: string;
}

const FIRST = 201;
const LAST = 250;

/** The first range from 10.201.0.0/16 on that is in no route, given what `ip route` prints. */
export function freeRange(routes: string): AddressRange {
  for (let second = FIRST; second <= LAST; second += 1) {
    const prefix = `10.${String(second)}`;
    if (!new RegExp(`\\b${prefix.replace(".", "\\.")}\\.`).test(routes)) return range(prefix, second);
  }
  throw new Error(`every range from 10.${String(FIRST)} to 10.${String(LAST)} is in a route of this machine`);
}

function range(prefix: string, second: number): AddressRange {
  return {
    interfaceName: `nats-ring-${String(second)}`,
    all: `${prefix}.0.0/16`,
    machine: `${prefix}.0.1`,
    node: `${prefix}.0.2`,
    dns: `${prefix}.0.10`,
    pods: `${prefix}.1.0/24`,
    services: `${prefix}.2.0/24`,
  };
}
