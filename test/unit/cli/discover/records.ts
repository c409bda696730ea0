import { sizeOf, type ConfigMapRecord } from "../../../../cli/discover/config-map.ts";

/** A ConfigMap in memory. */
export function memoryRecord(name: string): ConfigMapRecord {
  const content = new Map<string, string>();
  let bytes = 0;
  return {
    name,
    content,
    get bytes() {
      return bytes;
    },
    write(key, value) {
      const before = content.get(key);
      bytes += sizeOf(key, value) - (before === undefined ? 0 : sizeOf(key, before));
      content.set(key, value);
      return Promise.resolve();
    },
  };
}

/** Eight of them. */
export function memoryRecords(): ConfigMapRecord[] {
  return Array.from({ length: 8 }, (_, part) => memoryRecord(`part-${part}`));
}
