import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import type { LogHead } from './chain.ts';
import type { SealedEntry } from './entry.ts';
import type { TreeHead } from './tree-head.ts';

/**
 * One line of an exported log: canonical JSON (RFC 8785), ended by a line feed. A file is a `logStart`, a `logKey` for
 * each key that signed a head in it, the sealed entries in the order of their numbers, each signed tree head right
 * behind the entry that it stands at, and a `logEnd`. An entry stands as it is, so it is what has no such tag.
 */
export type FileLine =
  | SealedEntry
  | { readonly logStart: LogHead }
  | { readonly logKey: PublishedKey }
  | { readonly treeHead: TreeHead }
  | { readonly logEnd: LogEnd };

/** A key that came with the log. It proves nothing by being there: whoever forges a log can add a key. */
export interface PublishedKey {
  /** `keyIdOf` the key. */
  readonly id: string;
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
}

/** What a whole file holds. */
export interface LogEnd {
  /** Number of its last entry. */
  readonly seq: number;
  /** How many lines stand before this one. */
  readonly lines: number;
}

export const asLine = (line: FileLine): string => `${canonicalJson(line)}\n`;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a log stands: its tree has one root in the frontier for each 1 in the binary form of its size. */
export const logHeadSchema = z
  .strictObject({
    tenantId: z.string().min(1),
    seq: z.int().nonnegative(),
    hash: digest,
    treeSize: z.int().nonnegative(),
    frontier: z.array(digest),
  })
  .refine(({ seq, treeSize }) => seq === treeSize, 'its tree must have as many leaves as it has entries')
  .refine(
    ({ treeSize, frontier }) => frontier.length === treeSize.toString(2).replaceAll('0', '').length,
    'its frontier must be that of a tree of its size',
  );

export const publishedKeySchema = z.strictObject({ id: digest, publicKey: z.string().min(1) });

export const logEndSchema = z.strictObject({ seq: z.int().nonnegative(), lines: z.int().nonnegative() });
