import type { JsonObject } from '../json-schema.ts';

/** One call that works, and how to tell from outside that it did. */
export interface ContractCase {
  tool: string;
  input: JsonObject;
  /** Inputs that must be refused by the preview, with the code that they are refused with. */
  refused?: readonly { input: JsonObject; code: string; path?: readonly string[] }[];
  /** How many effects there are on the other side now, counted there and not by the connector. */
  countEffects?(): Promise<number>;
  /** Whether the effect no longer stands, as seen on the other side. */
  isUndone?(externalId: string): Promise<boolean>;
}
