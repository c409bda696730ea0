/** Takes one line: what happened, and fields beside it. Nothing secret may be among them. */
export type Log = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** One line of JSON for each event, on standard output. */
export const logLines: Log = (level, message, fields = {}) => {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }));
};

/** The text of an error for a log line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
