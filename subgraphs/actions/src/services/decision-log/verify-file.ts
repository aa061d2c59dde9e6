import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { emptyHead, type LogHead } from './chain.ts';
import { ChainCheck } from './chain-check.ts';
import { EntryOrder } from './entry-order.ts';
import type { EntryRun } from './entry-run.ts';
import { logEndSchema, logHeadSchema, publishedKeySchema } from './file-line.ts';
import type { AbsentValue, Finding, FindingCode } from './finding.ts';
import { HeadCheck } from './head-check.ts';
import type { Looked } from './line-block.ts';
import { textOf } from './line-text.ts';
import { type PublicKeys, readPublicKey } from './public-keys.ts';
import { entryIn, followed, isOfTenant } from './quick-entry.ts';
import { readAhead } from './read-ahead.ts';
import { readBlocks } from './read-blocks.ts';
import { Slabs } from './slabs.ts';
import { type TreeHead, treeHeadSchema } from './tree-head.ts';
import { type FollowedEntry, readEntry } from './verify-entry.ts';

export interface FileOptions {
  /** Whose log it has to be; that of the file's own first line if absent. */
  readonly tenantId?: string;
  /** The trusted public keys by key id. */
  readonly keys?: PublicKeys;
  /** Trust also the keys that stand in the file: then it proves that nobody but who made it has altered it. */
  readonly trustKeysInFile?: boolean;
  /** Where an earlier file ended, which this one has to go on from. */
  readonly from?: LogHead;
  /** Signed tree heads that were kept elsewhere. */
  readonly heads?: readonly unknown[];
  /** How many threads look at entries ahead of this one, which takes time to begin: 0 unless told. */
  readonly threads?: number;
  /** Take each entry by itself, and no run of them at once: finds the same, and takes longer. */
  readonly oneByOne?: boolean;
  /** Findings that are kept; the others are counted. 100 unless told. */
  readonly mostFindings?: number;
}

export interface FileReport {
  readonly ok: boolean;
  /** Null when nothing in the file says whose log it is. */
  readonly tenantId: string | null;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Partial<Record<FindingCode, number>>>;
  /** Number of the entry that the file begins behind, of its last one, and how many it has. */
  readonly beginsAfter: number;
  readonly lastSeq: number;
  readonly entries: number;
  readonly chainedTo: number;
  readonly attestedTo: number;
  /** The newest signed tree head that holds: keep it elsewhere. */
  readonly treeHead: TreeHead | null;
  /** Where the log stands behind the last entry: `from` for a file that goes on. */
  readonly head: LogHead | null;
  /** Values that are not there: how many nothing accounts for, how many an ERASURE entry does, and the first of those. */
  readonly absent: { readonly withheld: number; readonly erased: number; readonly erasures: readonly AbsentValue[] };
}

/**
 * Verifies an exported log as it is read, in memory that does not grow with it: every line, every entry, the chain, the
 * tree and its signed heads. Finds what was altered, removed, inserted, reordered or cut off, anything in a line that no
 * digest covers, and any line that is not spelled as it was handed out.
 */
export async function verifyLogFile(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: FileOptions = {},
): Promise<FileReport> {
  const file = new FileCheck(options);
  for await (const block of readAhead(readBlocks(chunks, slabs), options.threads ?? 0)) {
    file.take(block);
    slabs.giveBack(block.bytes);
  }
  return file.end();
}

/** For whichever file is verified: a few of them are enough, however large it is. */
const slabs = new Slabs(256 * 1024);
const lineFeed = 0x0a;

/** What follows the entries of one file. */
interface Reading {
  readonly order: EntryOrder;
  readonly chain: ChainCheck;
  readonly heads: HeadCheck;
  readonly from: LogHead;
  /** The tenant's id, as it stands in each entry. */
  readonly tenant: Buffer;
}

class FileCheck {
  readonly #options: FileOptions;
  readonly #findings: Finding[] = [];
  readonly #counts: Partial<Record<FindingCode, number>> = {};
  readonly #keys: Map<string, KeyObject>;
  #log: Reading | null = null;
  #entries = 0;
  #lines = 0;
  #ended = false;

  constructor(options: FileOptions) {
    this.#options = options;
    this.#keys = new Map(options.keys);
  }

  take({ bytes, size, skipped, runs }: Looked): void {
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, size);
    let start = 0;
    for (const run of this.#options.oneByOne ? [] : runs) {
      this.#lookClosely(lines.subarray(start, run.start));
      if (!this.#takeRun(run)) this.#lookClosely(lines.subarray(run.start, run.end));
      start = run.end;
    }
    this.#lookClosely(lines.subarray(start));
    if (skipped) this.#take(null, skipped.ended);
  }

  /** Takes all entries of a run at once where that comes to the same as taking one after the other. */
  #takeRun(run: EntryRun): boolean {
    const log = this.#log;
    if (!log || this.#ended || run.tenant !== log.tenant.toString() || !log.order.leadsTo(run)) return false;
    for (const placed of log.order.settle(run.first - 1)) this.#follow(log, placed);
    if (log.heads.awaits(run.first, run.last) || !log.chain.followRun(run)) return false;
    this.#entries += run.lines;
    this.#lines += run.lines;
    log.order.takeRun(run, this.#lines);
    return true;
  }

  #lookClosely(lines: Buffer): void {
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(lineFeed, start);
      this.#take(lines.subarray(start, end < 0 ? lines.length : end), end >= 0);
      start = end < 0 ? lines.length : end + 1;
    }
  }

  /** One line without its line feed; null for one that was too long to be kept. */
  #take(bytes: Buffer | null, ended: boolean): void {
    const before = this.#lines;
    const number = before + 1;
    this.#lines = number;
    if (this.#ended)
      this.#tell({ code: 'INSERTED', seq: null, position: number, message: 'It stands behind the end.' });
    if (!ended) this.#tell({ code: 'NOT_WHOLE', seq: null, position: number, message: 'The last line has no end.' });
    const log = this.#log;
    const entry = log && bytes && entryIn(bytes);
    if (log && bytes && entry?.layout.end === bytes.length && isOfTenant(bytes, entry, log.tenant)) {
      this.#entries += 1;
      this.#place(log, followed(bytes, entry, number));
      return;
    }
    const line = this.#parse(bytes && textOf(bytes), number);
    if (line === null) return;
    if (has(line, 'logStart')) this.#start(line, number);
    else if (has(line, 'logKey')) this.#key(line, number);
    else if (has(line, 'treeHead')) this.#head(line, number);
    else if (has(line, 'logEnd')) this.#end(line, number, before);
    else this.#entry(line, number);
  }

  end(): FileReport {
    const log = this.#log ?? this.#begin(null);
    if (log) {
      for (const read of log.order.end()) this.#follow(log, read);
      log.heads.end();
    }
    if (!log) {
      const message = 'Nothing in it says whose log it is, nor where it begins.';
      this.#tell({ code: 'NOT_WHOLE', seq: null, message });
    }
    if (!this.#ended) {
      const message = 'It has no last line: it was cut off, or the last page is missing.';
      this.#tell({ code: 'NOT_WHOLE', seq: null, message });
    }
    return {
      ok: Object.keys(this.#counts).length === 0,
      tenantId: log?.from.tenantId ?? null,
      findings: this.#findings,
      counts: this.#counts,
      beginsAfter: log?.from.seq ?? 0,
      lastSeq: log?.chain.lastSeq ?? 0,
      entries: this.#entries,
      chainedTo: log?.chain.chainedTo ?? 0,
      attestedTo: log?.heads.attestedTo ?? 0,
      treeHead: log?.heads.newest ?? null,
      head: log && log.chain.size === log.chain.lastSeq ? log.chain.head : null,
      absent: log?.chain.absent ?? { withheld: 0, erased: 0, erasures: [] },
    };
  }

  /** A line that is spelled as it was handed out: canonical JSON leaves no room for a second reading of the same bytes. */
  #parse(text: string | null, number: number): object | null {
    try {
      const value: unknown = text === null ? null : JSON.parse(text);
      if (typeof value === 'object' && value !== null && canonicalJson(value) === text) return value;
    } catch {
      // Told below: whatever is wrong with it, it is not a line of an export.
    }
    this.#tell({ code: 'MALFORMED', seq: null, position: number, message: 'It is not one object in canonical JSON.' });
    return null;
  }

  #start(line: object, number: number): void {
    const logStart = this.#read(line, 'logStart', logHeadSchema, number);
    if (number !== 1 || this.#log) this.#misplaced('logStart', number);
    else if (logStart) this.#begin(logStart, number);
  }

  /** Begins to verify; what is said of where the file begins has to be true of the log's beginning, and of `from`. */
  #begin(said: LogHead | null, position?: number): Reading | null {
    const { from, heads = [] } = this.#options;
    const tenantId = this.#options.tenantId ?? from?.tenantId ?? said?.tenantId;
    if (tenantId === undefined) return null;
    const start = from ?? (said && said.seq > 0 ? { ...said, tenantId } : emptyHead(tenantId));
    if (said && said.tenantId !== tenantId) {
      const message = `The file is of tenant ${said.tenantId}, not of ${tenantId}.`;
      this.#tell({ code: 'FOREIGN', seq: null, position, message });
    } else if (said && canonicalJson(said) !== canonicalJson(start)) {
      const message = `The file begins behind another entry ${said.seq} than the one that it has to go on from.`;
      this.#tell({ code: 'HEAD_MISMATCH', seq: said.seq, position, message });
    }
    const tell = (finding: Finding) => this.#tell(finding);
    const chain = new ChainCheck(start, tell);
    const check = new HeadCheck({ tenantId, keys: this.#keys, chain }, tell);
    this.#log = {
      order: new EntryOrder(start, tell),
      chain,
      heads: check,
      from: start,
      tenant: Buffer.from(JSON.stringify(tenantId)),
    };
    for (const head of heads) check.take(head, null);
    return this.#log;
  }

  #key(line: object, number: number): void {
    const published = this.#read(line, 'logKey', publishedKeySchema, number);
    if (this.#entries > 0) this.#misplaced('logKey', number);
    if (!published) return;
    const key = readPublicKey(published.publicKey);
    if (key?.id !== published.id || key.pem !== published.publicKey) {
      const message = `The key is not the Ed25519 key ${published.id}.`;
      this.#tell({ code: 'MALFORMED', seq: null, position: number, message });
      return;
    }
    if (this.#options.trustKeysInFile) this.#keys.set(key.id, key.key);
  }

  #head(line: object, number: number): void {
    const log = this.#log ?? this.#begin(null);
    const treeHead = this.#read(line, 'treeHead', treeHeadSchema, number);
    if (!log) this.#misplaced('treeHead', number);
    if (!log || !treeHead) return;
    for (const read of log.order.settle(treeHead.treeSize)) this.#follow(log, read);
    log.heads.take(treeHead, number);
  }

  #end(line: object, number: number, before: number): void {
    this.#ended = true;
    const said = this.#read(line, 'logEnd', logEndSchema, number);
    const log = this.#log ?? this.#begin(null);
    if (!said || !log) return;
    for (const read of log.order.end()) this.#follow(log, read);
    if (said.lines === before && said.seq === log.chain.lastSeq) return;
    const message = `It says that ${said.lines} lines up to entry ${said.seq} are before it; there are ${before}, up to entry ${log.chain.lastSeq}.`;
    this.#tell({ code: 'NOT_WHOLE', seq: said.seq, position: number, message });
  }

  #entry(candidate: object, number: number): void {
    this.#entries += 1;
    const log = this.#log ?? this.#beginWithout(candidate, number);
    const findings: Finding[] = [];
    const tenantId = log?.from.tenantId ?? '';
    const read = readEntry(candidate, { tenantId, position: number }, findings);
    for (const finding of findings) this.#tell(finding);
    if (log && read) this.#place(log, read);
  }

  #place(log: Reading, read: FollowedEntry): void {
    for (const placed of log.order.take(read)) this.#follow(log, placed);
  }

  /** Without a first line the file has to begin where the log or `from` does, of whichever tenant it says it is. */
  #beginWithout(candidate: object, number: number): Reading | null {
    const message = 'The file does not say where it begins: its first line is missing.';
    this.#tell({ code: 'NOT_WHOLE', seq: null, position: number, message });
    const tenantId = 'tenantId' in candidate ? String(candidate.tenantId) : undefined;
    return this.#begin(null) ?? (tenantId === undefined ? null : this.#begin(emptyHead(tenantId)));
  }

  #follow({ chain, heads }: Reading, read: FollowedEntry): void {
    chain.follow(read);
    heads.grown();
  }

  /** What stands under the tag; told when it has another shape, or something beside it. */
  #read<T>(line: object, tag: string, schema: z.ZodType<T>, position: number): T | null {
    const parsed = schema.safeParse((line as Record<string, unknown>)[tag]); // A member of any object may be looked at.
    if (parsed.success && Object.keys(line).length === 1) return parsed.data;
    this.#tell({ code: 'MALFORMED', seq: null, position, message: `It is not a \`${tag}\` of format 1.` });
    return null;
  }

  #misplaced(tag: string, position: number): void {
    const message = `A \`${tag}\` does not belong here.`;
    this.#tell({ code: 'REORDERED', seq: null, position, message });
  }

  /** Places are lines here. */
  #tell({ position, ...finding }: Finding): void {
    this.#counts[finding.code] = (this.#counts[finding.code] ?? 0) + 1;
    if (this.#findings.length >= (this.#options.mostFindings ?? 100)) return;
    this.#findings.push(position === undefined ? finding : { ...finding, line: position });
  }
}

const has = (line: object, tag: string): boolean => Object.hasOwn(line, tag);
