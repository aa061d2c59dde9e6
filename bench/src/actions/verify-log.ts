import { readFileSync } from 'node:fs';
import { readPublicKeys, verifyLogAt } from '@countersign/actions/decision-log';
import type { Verified } from './verifier.ts';

/** A process of its own: verifies one file as `countersign verify-log` does. `node verify-log.js FILE KEY`. */
const [file = '', key = ''] = process.argv.slice(2);
const keys = readPublicKeys(readFileSync(key, 'utf8')) ?? undefined;
const cpu = process.cpuUsage();
const begun = performance.now();
const report = await verifyLogAt(file, { keys });
if (!report.ok || report.attestedTo !== report.entries) throw new Error(JSON.stringify(report.counts));
const { user, system } = process.cpuUsage(cpu);
const verified: Verified = {
  milliseconds: performance.now() - begun,
  cpuMs: (user + system) / 1_000,
  memory: process.resourceUsage().maxRSS * 1_024,
};
console.log(JSON.stringify(verified));
