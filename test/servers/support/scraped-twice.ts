import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Prometheus } from "./prometheus.ts";

/** A selector of ours, in the rate that is taken of it where there is one. */
const selector = /(?:rate|increase)\(nats_\w+\{[^}]*\}\[[^\]]+\]\)|nats_\w+\{[^}]*\}/g;

/**
 * An expression as if a second Prometheus had scraped the same, and both told it in one place: each series is there once more, with a label
 * that says who tells it.
 */
export function scrapedTwice(expression: string): string {
  return expression.replaceAll(
    selector,
    (told) => `(${told} or label_replace(${told}, "prometheus", "other", "", ""))`,
  );
}

/** Fails unless an expression gives the same where two instances of Prometheus scrape. How many values it gives. */
export async function sameWhenScrapedTwice(prometheus: Prometheus, expression: string, what: string): Promise<number> {
  // A moment of which nearly everything has arrived by now.
  const at = Date.now() / 1000 - 3;
  const values = async (asked: string) =>
    new Map((await prometheus.query(asked, at)).map(({ labels, value }) => [JSON.stringify(labels), value]));
  const twice = scrapedTwice(expression);
  assert.notEqual(twice, expression);
  let one: Map<string, number>;
  let two: Map<string, number>;
  // What was scraped at that moment may arrive as late as now, between two questions.
  do {
    one = await values(expression);
    two = await values(twice);
  } while (!isDeepStrictEqual(await values(expression), one));
  assert.deepEqual([...two.keys()].sort(), [...one.keys()].sort(), what);
  for (const [labels, value = 0] of two) {
    const expected = one.get(labels) ?? Number.NaN;
    // Sums of the same numbers differ in their last digits with their order.
    assert.ok(Math.abs(value - expected) <= 1e-9 * Math.abs(expected), `${what} ${labels}: ${value}, not ${expected}`);
  }
  return one.size;
}
