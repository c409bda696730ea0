/** "4.2 s", "48 s", "4 min 40 s". */
export function duration(ms: number): string;

/** One line on stderr. */
export function say(line: string): void;

/** Does `work` while a line on stderr says what it is and how long it has taken; `note` adds to that line. */
export function step<T>(what: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
