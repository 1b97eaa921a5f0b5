import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseControl } from "../../src/wire/control";

test("a message with what its type needs is understood", () => {
  const text = '{"type":"opened","ref":7,"stream":25,"state":{"name":"live","age_ms":3}}';
  expect(parseControl(text)).toEqual({ type: "opened", ref: 7, stream: 25, state: { name: "live", age_ms: 3 } });
});

test.each([
  ["not JSON", "{"],
  ["no object", "17"],
  ["null", "null"],
  ["no type", "{}"],
  ["a type of a later engine", '{"type":"scene","id":1}'],
  ["a name of Object.prototype", '{"type":"constructor"}'],
  ["a missing field", '{"type":"opened","ref":7,"stream":25}'],
  ["a field of another kind", '{"type":"pong","t":"1","now_us":2}'],
  ["null where an object belongs", '{"type":"state","stream":1,"state":null}'],
])("%s is passed over", (_, text) => {
  expect(parseControl(text)).toBeUndefined();
});

interface Golden {
  readonly engine: readonly { readonly text: string; readonly means: unknown }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../../../docs/wire-control-golden.json", import.meta.url), "utf8"),
) as Golden;

test.each(golden.engine)("the golden message $text is understood", ({ text, means }) => {
  expect(parseControl(text)).toEqual(means);
});
