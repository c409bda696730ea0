/** Random numbers that a seed repeats, each from 0 (included) to 1 (excluded). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  // The 32 bits of mulberry32: plenty for choosing moments.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
