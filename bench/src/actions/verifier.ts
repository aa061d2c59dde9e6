import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decisionLog } from '@countersign/actions';
import { figure, mebibytes } from '../harness/table.ts';
import type { Row } from '../permissions/report.ts';

const { asLine, contentDigest, emptyHead, keyIdOf, newEntry, rootOf, seal, signTreeHead } = decisionLog;
const wantedPerSecond = 100_000;
const mostMemory = 200 * 1024 * 1024;
/** A signed head stands behind so many entries, as when the sealer has much to do. */
const batch = 500;
const stepsOfAction = 6;

/** `countersign verify-log` on logs of several sizes, each in a process of its own, without and with its start. */
export async function measureVerifier(sizes: readonly number[]): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const rows: Row[] = [];
    for (const size of sizes) {
      const [file, key] = [join(folder, `${size}.ndjson`), join(folder, `${size}.pem`)];
      writeLog(file, key, size);
      // The second time the file is in memory, and it is the verifier that is measured.
      await verify(file, key);
      const { milliseconds, cpuMs, memory, withStart } = await verify(file, key);
      const rate = (size / milliseconds) * 1_000;
      rows.push(
        {
          what: `entries a second, of ${size}`,
          measured: figure(rate),
          beside: `${figure((size / cpuMs) * 1_000)} a CPU second`,
          wanted: `>= ${wantedPerSecond}`,
          isMet: rate >= wantedPerSecond,
        },
        {
          what: '  with the start of the process',
          measured: figure((size / withStart) * 1_000),
          beside: `${figure(withStart)} ms in all`,
        },
        {
          what: '  memory at its most',
          measured: `${mebibytes(memory)} MiB`,
          wanted: '< 200 MiB',
          isMet: memory < mostMemory,
        },
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Verified {
  readonly milliseconds: number;
  /** CPU time of all threads. */
  readonly cpuMs: number;
  readonly memory: number;
}

async function verify(file: string, key: string): Promise<Verified & { readonly withStart: number }> {
  const script = fileURLToPath(new URL('./verify-log.js', import.meta.url));
  const begun = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [script, file, key]);
  const withStart = performance.now() - begun;
  return { ...(JSON.parse(stdout) as Verified), withStart }; // What the script prints.
}

/** A log as the product exports it: actions of six entries, two values each, and a signed head behind each batch. */
function writeLog(path: string, keyPath: string, size: number): void {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  writeFileSync(keyPath, pem);
  const file = openSync(path, 'w');
  let head = emptyHead(randomUUID());
  const { tenantId } = head;
  const opening = [asLine({ logStart: head }), asLine({ logKey: { id: keyIdOf(publicKey), publicKey: pem } })];
  writeSync(file, opening.join(''));
  let lines = opening.length;
  let previous: string | null = null;
  let actionId = randomUUID();
  for (let from = 0; from < size; from += batch) {
    const entries = Array.from({ length: Math.min(batch, size - from) }, (_, index) => {
      if ((from + index) % stepsOfAction === 0) [previous, actionId] = [null, randomUUID()];
      const entry = entryOf({ tenantId, actionId, previousOfAction: previous }, from + index);
      previous = contentDigest(entry);
      return entry;
    });
    const sealed = seal(head, entries);
    head = sealed.head;
    const { treeSize, frontier } = head;
    const rootHash = rootOf({ size: treeSize, roots: frontier });
    const treeHead = signTreeHead({ tenantId, treeSize, rootHash, sealedAt: new Date() }, privateKey);
    writeSync(file, [...sealed.sealed.map(asLine), asLine({ treeHead })].join(''));
    lines += sealed.sealed.length + 1;
  }
  writeSync(file, asLine({ logEnd: { seq: head.seq, lines } }));
  closeSync(file);
}

const entryOf = (
  of: { tenantId: string; actionId: string; previousOfAction: string | null },
  index: number,
): ReturnType<typeof newEntry> =>
  newEntry({
    ...of,
    kind: index % stepsOfAction === 0 ? 'INPUT' : 'EXECUTION',
    occurredAt: new Date(Date.UTC(2026, 0, 1) + index),
    principal: { kind: 'user', id: '3a9d7c44-1f1e-4f0b-9a53-000000000001' },
    correlationId: `request-${index}`,
    workflow: 'referral',
    surface: 'api',
    facts: { tool: 'fhir.createServiceRequest', version: '1.0.0', decided: { permit: true, reasons: ['r'] } },
    values: { patient: `Patient/${index}`, note: { text: 'Bring earlier images', lines: [index] } },
  });
