/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** The part of JSON Schema (2020-12; the same words mean the same in draft 7) that a tool describes itself in. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  /** What the graph shows to whoever fills it in. Every property has one. */
  readonly description?: string;
  readonly format?: string;
  readonly default?: JsonValue;
  /** Values that would be right. Refusals quote the first one. */
  readonly examples?: readonly JsonValue[];
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: boolean | JsonSchema;
  /** Names for enum values, by value, where a value is no name in capitals: `{ "00": "ORIGINAL" }`. */
  readonly 'x-enum-names'?: Readonly<Record<string, string>>;
  /** Descriptions of enum values, by value. */
  readonly 'x-enum-descriptions'?: Readonly<Record<string, string>>;
  readonly [keyword: string]: unknown;
}

/** The schema of an object: what a tool's input, its output and a connector's configuration are. */
export type ObjectSchema = JsonSchema & { readonly type: 'object' };

/**
 * The type of the values that a schema allows, for schemas written as literals. A property with a `default` is always
 * there: the host fills it in. What this cannot read is `JsonValue`.
 */
export type FromSchema<S> = S extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : S extends { readonly const: infer Value }
    ? Value
    : S extends { readonly type: readonly (infer Type)[] }
      ? Type extends string
        ? FromSchema<Omit<S, 'type'> & { readonly type: Type }>
        : never
      : S extends { readonly type: 'string' }
        ? string
        : S extends { readonly type: 'integer' | 'number' }
          ? number
          : S extends { readonly type: 'boolean' }
            ? boolean
            : S extends { readonly type: 'null' }
              ? null
              : S extends { readonly type: 'array'; readonly items: infer Items }
                ? FromSchema<Items>[]
                : S extends { readonly type: 'object'; readonly properties: infer Properties }
                  ? Shape<Properties, S extends { readonly required: readonly (infer Name)[] } ? Name : never>
                  : JsonValue;

type Shape<Properties, Required> = Flat<
  { [Name in AlwaysThere<Properties, Required>]: FromSchema<Properties[Name]> } & {
    [Name in Exclude<keyof Properties, AlwaysThere<Properties, Required>>]?: FromSchema<Properties[Name]>;
  }
>;

type AlwaysThere<Properties, Required> = {
  [Name in keyof Properties]: Name extends Required
    ? Name
    : Properties[Name] extends { readonly default: unknown }
      ? Name
      : never;
}[keyof Properties];

type Flat<T> = { [Name in keyof T]: T[Name] };
