import assert from "node:assert/strict";
import { test } from "node:test";
import { filledIn } from "../../../tools/picture/filled-in.ts";
import { withUnit } from "../../../tools/picture/units.ts";

test("a rate is taken over four scrapes at least, and over more where points lie farther apart", () => {
  const expression = "rate(x[$__rate_interval])";
  assert.equal(filledIn(expression, { scrapeSeconds: 15 }), "rate(x[60s])");
  assert.equal(filledIn(expression, { scrapeSeconds: 15, stepSeconds: 120 }), "rate(x[135s])");
});

test("what is chosen is put in a query's place for it, and everything where nothing is", () => {
  const expression = 'x{pod=~"$pod",account_name=~"$account",stream_name=~".MQTT_sess"}';
  assert.equal(
    filledIn(expression, { scrapeSeconds: 15, chosen: { account: "(A|B)" } }),
    'x{pod=~".*",account_name=~"(A|B)",stream_name=~".MQTT_sess"}',
  );
});

test("values are told with their units, with three digits", () => {
  assert.equal(withUnit(1536, "bytes"), "1.5 KiB");
  assert.equal(withUnit(0.123456, "percentunit"), "12.3 %");
  assert.equal(withUnit(12_345, "mps"), "12.3k/s");
  assert.equal(withUnit(0.0042, "s"), "4.2 ms");
  assert.equal(withUnit(5400, "dtdurations"), "1.5 h");
  assert.equal(withUnit(0, "short"), "0");
});
