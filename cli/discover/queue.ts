/** Work by keys: each key at most once at a time, and once more where it was added meanwhile. */
export interface Queue {
  add(key: string): void;
  /** Adds a key for when nothing else is waiting. */
  addLater(key: string): void;
  /** Keys that are waiting, running, or to be tried again. */
  readonly size: number;
  /** Takes no more, and resolves when what is running has ended. */
  stop(): Promise<void>;
}

/** What a {@link Queue} does. */
export interface QueueOptions {
  readonly atOnce: number;
  readonly work: (key: string) => Promise<void>;
  /** Told of each failure; the key is tried again after that many milliseconds. */
  readonly onFailure: (key: string, error: unknown, retryMs: number) => void;
  /** Pauses after the first failure of a key, and at most. */
  readonly backoffMs?: { readonly first: number; readonly longest: number };
}

/** Starts a queue. */
export function startQueue(options: QueueOptions): Queue {
  const { atOnce, work, onFailure, backoffMs = { first: 500, longest: 30_000 } } = options;
  const waiting = new Set<string>();
  const later = new Set<string>();
  const running = new Set<string>();
  const failures = new Map<string, number>();
  const retries = new Map<string, NodeJS.Timeout>();
  let isStopped = false;
  let allEnded: (() => void) | undefined;

  const next = () => {
    for (const keys of [waiting, later]) {
      for (const key of keys) {
        if (isStopped || running.size >= atOnce) break;
        // One that runs already has its turn again when it ends.
        if (running.has(key)) continue;
        waiting.delete(key);
        later.delete(key);
        running.add(key);
        void run(key);
      }
    }
    if (isStopped && running.size === 0) allEnded?.();
  };

  const run = async (key: string) => {
    try {
      await work(key);
      failures.delete(key);
    } catch (error) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      const pause = Math.min(backoffMs.longest, backoffMs.first * 2 ** Math.min(count, 20));
      onFailure(key, error, pause);
      if (!isStopped)
        retries.set(
          key,
          setTimeout(() => {
            add(key);
          }, pause),
        );
    } finally {
      running.delete(key);
      next();
    }
  };

  const add = (key: string) => {
    if (isStopped) return;
    clearTimeout(retries.get(key));
    retries.delete(key);
    waiting.add(key);
    next();
  };

  return {
    add,
    addLater(key) {
      // One that has failed has its own time.
      if (isStopped || retries.has(key)) return;
      later.add(key);
      next();
    },
    get size() {
      return new Set([...waiting, ...later, ...running, ...retries.keys()]).size;
    },
    stop() {
      isStopped = true;
      waiting.clear();
      later.clear();
      for (const retry of retries.values()) clearTimeout(retry);
      retries.clear();
      return new Promise((resolve) => {
        allEnded = resolve;
        next();
      });
    },
  };
}
