import { generateKeyPairSync } from 'node:crypto';
import { emptyHead, type LogHead, seal } from './chain.ts';
import type { LogEntry, SealedEntry } from './entry.ts';
import { asLine } from './file-line.ts';
import { rootOf } from './merkle.ts';
import { SAMPLE_TENANT, sampleEntries } from './sample-log.fixture.ts';
import { keyIdOf, signTreeHead, type TreeHead } from './tree-head.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

export const samplePem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const sampleKeys = new Map([[keyIdOf(publicKey), publicKey]]);

export interface SampleFile {
  /** Its lines, each with its line feed. */
  readonly lines: string[];
  readonly sealed: SealedEntry[];
  readonly head: LogHead;
  readonly treeHeads: TreeHead[];
}

/** A file as the product exports it: entries behind the head given, and a signed head behind each of these sizes. */
export function sampleFile(
  size: number,
  signedAt: readonly number[] = [size],
  { from = emptyHead(SAMPLE_TENANT), entries = sampleEntries(size) }: { from?: LogHead; entries?: LogEntry[] } = {},
): SampleFile {
  const { sealed, head } = seal(from, entries.slice(from.seq, size));
  const treeHeads = signedAt.map((at) => signedHead(seal(from, entries.slice(from.seq, at)).head));
  const bySize = new Map(treeHeads.map((treeHead) => [treeHead.treeSize, asLine({ treeHead })]));
  const opening = [asLine({ logStart: from }), asLine({ logKey: { id: keyIdOf(publicKey), publicKey: samplePem } })];
  const body = sealed.flatMap((entry) => [
    asLine(entry),
    ...(bySize.has(entry.seq) ? [bySize.get(entry.seq) ?? ''] : []),
  ]);
  const lines = [...opening, ...body];
  return { lines: [...lines, asLine({ logEnd: { seq: head.seq, lines: lines.length } })], sealed, head, treeHeads };
}

export function signedHead({ tenantId, treeSize, frontier }: LogHead): TreeHead {
  const rootHash = rootOf({ size: treeSize, roots: frontier });
  return signTreeHead({ tenantId, treeSize, rootHash, sealedAt: new Date(Date.UTC(2026, 0, 2)) }, privateKey);
}
