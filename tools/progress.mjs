// Lines that tell a waiting person what is being done and for how long. Plain JavaScript: the bootstrap needs it before
// Node can read TypeScript. They go to stderr, so that output can be piped.

const QUIET_LINES_MS = 20_000;

/** "4.2 s", "48 s", "4 min 40 s". */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** One line. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Does `work` while a line says what it is and how long it has taken: rewritten every second on a terminal, else repeated
 * every 20 s. `work` gets a function that adds a note to that line.
 */
export async function step(what, work) {
  const started = Date.now();
  const isTerminal = process.stderr.isTTY === true;
  let note = "";
  const line = () => `${what} ... ${duration(Date.now() - started)}${note === "" ? "" : ` (${note})`}`;
  const show = () => {
    if (isTerminal) process.stderr.write(`\r\x1b[K${line().slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else say(line());
  };
  if (isTerminal) show();
  else say(`${what} ...`);
  const timer = setInterval(show, isTerminal ? 1000 : QUIET_LINES_MS);
  const finish = (end) => {
    clearInterval(timer);
    say(`${isTerminal ? "\r\x1b[K" : ""}${what}: ${end} ${duration(Date.now() - started)}`);
  };
  try {
    const result = await work((text) => {
      note = text;
    });
    finish("done in");
    return result;
  } catch (error) {
    finish("failed after");
    throw error;
  }
}
