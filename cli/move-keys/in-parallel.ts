/** Does this for all of them, a few at a time; the first that fails ends it. */
export async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>, atOnce = 8): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        await work(one);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
