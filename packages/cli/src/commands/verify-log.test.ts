import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sampleFile, samplePem } from '../../../../subgraphs/actions/src/services/decision-log/sample-file.fixture.ts';
import {
  SAMPLE_TENANT,
  sampleEntries,
} from '../../../../subgraphs/actions/src/services/decision-log/sample-log.fixture.ts';
import { type VerifyLogOptions, verifyLog } from './verify-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-verify-log-'));
const entries = sampleEntries(12);
const whole = sampleFile(12, [5, 12], { entries });
const write = (name: string, content: string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const key = write('key.pem', samplePem);
const log = write('log.ndjson', whole.lines.join(''));

describe('countersign verify-log', () => {
  let told: string[] = [];
  const before = process.exitCode;
  beforeEach(() => {
    told = [];
    for (const stream of ['log', 'error'] as const) {
      jest.spyOn(console, stream).mockImplementation((line) => void told.push(String(line)));
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = before;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (file: string, options: VerifyLogOptions = {}): Promise<{ code: unknown; text: string }> => {
    await verifyLog(file, options);
    return { code: process.exitCode, text: told.join('\n') };
  };

  it('ends with 0 and says how far the log is signed when it holds', async () => {
    const { code, text } = await run(log, { key: [key], tenant: SAMPLE_TENANT });
    expect(code).toBe(0);
    expect(text).toContain('12 entries, 1 to 12');
    expect(text).toMatch(/Signed up to entry 12, at .*\nThe log holds\.$/);
  });

  it('ends with 1 and names the entries when something was done to it', async () => {
    const altered = whole.lines.map((line) => line.replace('"Patient/6"', '"Patient/7"')).toSpliced(4, 1);
    const { code, text } = await run(write('altered.ndjson', altered.join('')), { key: [key] });
    expect(code).toBe(1);
    expect(text).toContain('REMOVED: Entry 3 is missing.');
    expect(text).toMatch(/VALUE_ALTERED \(line \d+\): The value "patient" of entry 7/);
  });

  it('trusts the keys of the file only when told to', async () => {
    expect(await run(log)).toMatchObject({ code: 1, text: expect.stringContaining('is not among the trusted ones') });
    expect(await run(log, { trustKeysInFile: true })).toMatchObject({ code: 0 });
  });

  it('goes on from where an earlier file ended, and knows heads that were kept', async () => {
    const { code, text } = await run(write('first.ndjson', sampleFile(5, [5], { entries }).lines.join('')), {
      key: [key],
      json: true,
    });
    expect(code).toBe(0);
    const from = write('first.json', text);
    const { head } = JSON.parse(text);
    const second = write('second.ndjson', sampleFile(12, [12], { entries, from: head }).lines.join(''));
    expect(await run(second, { key: [key], from })).toMatchObject({ code: 0 });
    expect(await run(log, { key: [key], from })).toMatchObject({ code: 1 });
    const kept = write('head.json', JSON.stringify(whole.treeHeads[1]));
    const cut = await run(write('cut.ndjson', sampleFile(5, [5], { entries }).lines.join('')), {
      key: [key],
      head: [kept],
    });
    expect(cut).toMatchObject({ code: 1, text: expect.stringContaining('entries 6 to 12') });
  });

  it('ends with 2 when there is nothing to verify or to verify with', async () => {
    expect(await run(join(folder, 'absent.ndjson'), { key: [key] })).toMatchObject({ code: 2 });
    expect(await run(write('empty.ndjson', ''), { key: [key] })).toMatchObject({ code: 2 });
    expect(await run(log, { key: [log] })).toMatchObject({ code: 2 });
    expect(await run(log, { key: [key], from: key })).toMatchObject({ code: 2 });
  });
});
