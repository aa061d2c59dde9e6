import type { JsonSchema, JsonValue } from './json-schema.ts';

/** Where in a tool's input its amount stands, so that policies can set limits: JSON Pointers (RFC 6901). */
export interface AmountPointers {
  /** To the amount: `/total`. Text such as `"12.50"`, which stays exact, or a number. */
  readonly value: string;
  /** To its currency, a text: `/currency`. */
  readonly currency?: string;
}

/** What stands at a JSON Pointer; undefined where there is nothing. */
export function atPointer(value: JsonValue | undefined, pointer: string): JsonValue | undefined {
  let current: unknown = value;
  for (const step of stepsOf(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = Object.entries(current).find(([name]) => name === step)?.[1];
  }
  return current as JsonValue | undefined; // What stands inside JSON is JSON.
}

/** The names that a pointer leads through, from the outside in. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * Holds the pointers against the schema of the tool's input.
 * @throws TypeError for one that leads to nothing which the schema declares
 */
export function checkAmount(tool: { name: string; inputSchema: JsonSchema; amount?: AmountPointers }): void {
  for (const pointer of [tool.amount?.value, tool.amount?.currency]) {
    if (pointer === undefined || leadsSomewhere(tool.inputSchema, pointer)) continue;
    throw new TypeError(
      `The amount of ${tool.name} points to "${pointer}", which its inputSchema does not declare; it must be like /total.`,
    );
  }
}

function leadsSomewhere(schema: JsonSchema, pointer: string): boolean {
  if (!/^(\/([^~/]|~[01])+)+$/.test(pointer)) return false;
  return stepsOf(pointer).reduce<JsonSchema | undefined>(partOf, schema) !== undefined;
}

function partOf(schema: JsonSchema | undefined, step: string): JsonSchema | undefined {
  if (!schema) return undefined;
  if (typeof schema.items === 'object' && /^(0|[1-9]\d*)$/.test(step)) return schema.items;
  return schema.properties && Object.hasOwn(schema.properties, step) ? schema.properties[step] : undefined;
}
