/** Places that nobody asks for, for a while: a pod that is being replaced is away for a moment, and is to find its Secret as it was. */
export interface Grace {
  /** Whether a place has not been asked for long enough to be taken back. The first time it is noticed, its time begins. */
  isOver(key: string): boolean;
  /** Somebody asks for the place again, or it is taken back. */
  forget(key: string): void;
  stop(): void;
}

/**
 * Keeps the time. What it knows ends with the process: after a restart every place has its whole time again.
 *
 * @param again called with a place when its time is over
 */
export function startGrace(seconds: number, again: (key: string) => void): Grace {
  const ends = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  return {
    isOver(key) {
      if (seconds === 0) return true;
      const known = ends.get(key);
      if (known !== undefined) return performance.now() >= known.at;
      const milliseconds = seconds * 1000;
      // A timer may come a little early by another clock.
      const timer = setTimeout(again, milliseconds + 10, key);
      ends.set(key, { at: performance.now() + milliseconds, timer });
      return false;
    },
    forget(key) {
      clearTimeout(ends.get(key)?.timer);
      ends.delete(key);
    },
    stop() {
      for (const { timer } of ends.values()) clearTimeout(timer);
      ends.clear();
    },
  };
}
