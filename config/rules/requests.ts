import { type Finding, type Path, show } from "../problem.ts";
import { formatSize } from "../sizes.ts";

/** CPU and memory of a container; memory in bytes. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: number };
  readonly limits: { readonly cpu?: string | undefined; readonly memory: number };
}

/** A container asks for no more than it may have: Kubernetes refuses its pod otherwise. */
export function* requests({ requests, limits }: Resources, path: Path): Generator<Finding> {
  if (requests.memory > limits.memory) {
    yield {
      path: [...path, "requests", "memory"],
      found: formatSize(requests.memory),
      allowed: `it cannot be above the memory limit of ${formatSize(limits.memory)}`,
      given: [[...path, "limits", "memory"]],
    };
  }
  if (limits.cpu === undefined || cores(requests.cpu) <= cores(limits.cpu)) return;
  yield {
    path: [...path, "requests", "cpu"],
    found: show(requests.cpu),
    allowed: `it cannot be above the CPU limit of ${limits.cpu}`,
    given: [[...path, "limits", "cpu"]],
  };
}

function cores(quantity: string): number {
  return quantity.endsWith("m") ? parseInt(quantity, 10) / 1000 : Number(quantity);
}
