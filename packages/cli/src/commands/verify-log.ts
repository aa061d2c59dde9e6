import { readFileSync } from 'node:fs';
import {
  type FileReport,
  type LogHead,
  logHeadSchema,
  readPublicKeys,
  verifyLogAt,
} from '@countersign/actions/decision-log';

export interface VerifyLogOptions {
  readonly tenant?: string;
  /** PEM files with trusted public keys. */
  readonly key?: readonly string[];
  readonly trustKeysInFile?: boolean;
  /** JSON file: where an earlier file ended, or the report about it. */
  readonly from?: string;
  /** JSON files with signed tree heads that were kept elsewhere. */
  readonly head?: readonly string[];
  readonly json?: boolean;
}

/**
 * `countersign verify-log FILE`: verifies an exported decision log. Needs no server, no database and no network. The exit
 * code is 0 when everything holds, 1 when something was found, 2 when there is nothing to verify or to verify with.
 */
export async function verifyLog(file: string, options: VerifyLogOptions = {}): Promise<void> {
  try {
    const given = {
      tenantId: options.tenant,
      keys: new Map((options.key ?? []).flatMap(keysIn)),
      trustKeysInFile: options.trustKeysInFile,
      from: options.from === undefined ? undefined : startIn(options.from),
      heads: (options.head ?? []).map(headIn),
    };
    const report = await verifyLogAt(file, given);
    if (options.json) console.log(JSON.stringify(report, null, 2));
    else for (const line of told(report)) console.log(line);
    process.exitCode = report.tenantId === null ? 2 : report.ok ? 0 : 1;
  } catch (error) {
    console.error(`Cannot verify ${file}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}

function told(report: FileReport): string[] {
  const { beginsAfter, lastSeq, entries, attestedTo, treeHead, absent, findings, counts } = report;
  const found = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const kept = findings.map(({ code, line, message }) => `${code}${line ? ` (line ${line})` : ''}: ${message}`);
  return [
    `Tenant ${report.tenantId ?? 'unknown'}: ${entries} entries, ${beginsAfter + 1} to ${lastSeq}`,
    ...kept,
    ...(found > kept.length ? [`and ${found - kept.length} more`] : []),
    ...(treeHead ? [`Signed up to entry ${attestedTo}, at ${treeHead.sealedAt}, root ${treeHead.rootHash}`] : []),
    ...(absent.erased > 0 ? [`${absent.erased} values were erased, as the log says`] : []),
    ...(absent.withheld > 0 ? [`${absent.withheld} values are not in the file; what they were is committed to`] : []),
    report.ok ? 'The log holds.' : `The log does not hold: ${summaryOf(counts)}`,
  ];
}

const summaryOf = (counts: FileReport['counts']): string =>
  Object.entries(counts)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');

function keysIn(file: string) {
  const keys = readPublicKeys(readFileSync(file, 'utf8'));
  if (keys) return [...keys];
  throw new Error(`${file} holds no Ed25519 public key in PEM.`);
}

function startIn(file: string): LogHead {
  const read = json(file);
  const parsed = logHeadSchema.safeParse(member(read, 'head') ?? read);
  if (parsed.success) return parsed.data;
  throw new Error(`${file} does not say where a log stands: it is no report of verify-log --json, nor a head of one.`);
}

/** As `treeHeads` of the graph and reports have it: the graph leaves out `format`, which every head of today has. */
function headIn(file: string): unknown {
  const read = json(file);
  const head = member(read, 'treeHead') ?? read;
  if (typeof head !== 'object' || head === null) throw new Error(`${file} holds no tree head.`);
  return { format: 1, ...head };
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
