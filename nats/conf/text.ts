/** A value of the nats-server configuration language. */
export type ConfValue = string | number | boolean | Variable | readonly ConfValue[] | ConfBlock;

/** A map of the configuration language, in the order in which it is written. */
export interface ConfBlock {
  readonly [key: string]: ConfValue | undefined;
}

/** A value that the server takes from its environment. It must stand outside quotes, or it is plain text. */
export interface Variable {
  readonly variable: string;
}

/** Renders a block's entries as configuration text. Entries that are undefined are left out. */
export function renderConf(block: ConfBlock, indent = ""): string {
  return Object.entries(block)
    .filter((entry): entry is [string, ConfValue] => entry[1] !== undefined)
    .map(([key, value]) => `${indent}${key}${isBlock(value) ? " " : ": "}${renderValue(value, indent)}\n`)
    .join("");
}

function renderValue(value: ConfValue, indent: string): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (isList(value)) {
    const items = value.map((item) => `${indent}  ${renderValue(item, `${indent}  `)}\n`);
    return `[\n${items.join("")}${indent}]`;
  }
  if (isVariable(value)) return `$${value.variable}`;
  return `{\n${renderConf(value, `${indent}  `)}${indent}}`;
}

/**
 * Text in double quotes. The lexer of nats-server 2.15 (conf/lex.go) reads the escapes of JSON for quotes, backslashes
 * and line ends; other control characters have no escape there, and none of our values has a use for them.
 */
function quote(text: string): string {
  const control = /(?![\n\r\t])[\u0000-\u001f]/.exec(text)?.[0];
  if (control !== undefined)
    throw new Error(`a configuration value must not hold the control character ${JSON.stringify(control)}`);
  return JSON.stringify(text);
}

function isList(value: ConfValue): value is readonly ConfValue[] {
  return Array.isArray(value);
}

function isVariable(value: ConfBlock | Variable): value is Variable {
  return typeof value.variable === "string" && Object.keys(value).length === 1;
}

function isBlock(value: ConfValue): boolean {
  return typeof value === "object" && !isList(value) && !isVariable(value);
}
