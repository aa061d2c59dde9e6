import type { Principal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FileReport, verifyLogFile } from '../src/services/decision-log/index.ts';
import { askExport, exportAll, exportPage, sealedAndSigned, signing } from './exported.ts';
import { Ground } from './ground.ts';

/** Every n-th byte is changed. 1 tries them all, which takes some minutes. */
const stride = Number(process.env.COUNTERSIGN_TAMPER_STRIDE ?? 29);
const trusting = { keys: signing.keys };
const verify = (text: string | Uint8Array, options = {}): Promise<FileReport> =>
  verifyLogFile([Buffer.from(text)], { ...trusting, ...options });
const linesOf = (text: string): string[] => text.split(/(?<=\n)/);

describe('the exported decision log', () => {
  let ground: Ground;
  let auditor: Principal;
  let text: string;

  beforeAll(async () => {
    ground = await Ground.open({ config: signing.config });
    auditor = ground.someone({ permissions: ['actions:log:read', 'actions:action:read', 'actions:sensitive:read'] });
    for (let count = 0; count < 39; count += 1) {
      await ground.lay();
      if (count % 13 === 0) await sealedAndSigned(ground);
    }
    await ground.within(async (em) =>
      ground.log.appendGeneral(em, ground.context(auditor), 'CONFIGURATION', {
        facts: { connector: 'notes' },
        values: { config: { baseUrl: 'https://notes.example' }, note: 'Zoë 🩺' },
      }),
    );
    await sealedAndSigned(ground);
    text = await exportAll(ground, auditor);
    await sealedAndSigned(ground);
  });
  afterAll(() => ground.close());

  it('verifies without the server, with its values', async () => {
    const report = await verify(text, { tenantId: ground.tenant });
    expect(report).toMatchObject({ ok: true, entries: 40, lastSeq: 40, chainedTo: 40, attestedTo: 40 });
    expect(report.absent).toMatchObject({ withheld: 0, erased: 0 });
    expect(linesOf(text).filter((line) => line.includes('"treeHead"')).length).toBeGreaterThan(2);
  });

  it('is the same in pages, however small, whatever is written meanwhile', async () => {
    const until = new Date().toISOString();
    const whole = await exportAll(ground, auditor, { until });
    const pages: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await exportPage(ground, auditor, { until, after, limit: 7 });
      pages.push(page.text);
      expect(page.count).toBeLessThanOrEqual(7);
      await sealedAndSigned(ground);
      if (page.nextCursor === null) break;
      after = page.nextCursor;
    }
    expect(pages.length).toBeGreaterThan(5);
    expect(pages.join('')).toBe(whole);
  });

  it('begins and ends at moments, and is verified for that part alone', async () => {
    const [line] = linesOf(text).filter((each) => each.includes('"seq":20,'));
    const since = JSON.parse(line ?? '').occurredAt;
    const part = await exportAll(ground, auditor, { since });
    expect(await verify(part)).toMatchObject({ ok: true, beginsAfter: 19, chainedTo: expect.any(Number) });
    const first = await verify(await exportAll(ground, auditor, { until: since }));
    expect(first).toMatchObject({ ok: true, beginsAfter: 0 });
    expect(first.lastSeq).toBeGreaterThanOrEqual(19);
    expect(first.lastSeq).toBeLessThan(40);
    const none = await exportPage(ground, auditor, { until: '2020-01-01T00:00:00.000Z' });
    expect(none).toMatchObject({ count: 0, nextCursor: null });
    expect(await verify(none.text)).toMatchObject({ ok: true, entries: 0 });
  });

  it('records that it was handed out', async () => {
    const { text: later } = await exportPage(ground, auditor, { limit: 10_000 });
    const handed = linesOf(later)
      .filter((line) => line.includes('"EXPORT"'))
      .map((line) => JSON.parse(line));
    expect(handed[0]).toMatchObject({
      principal: { id: auditor.id },
      facts: { of: 'decision log', format: 'NDJSON', from: 1, to: 40, count: 40, withheld: false },
    });
  });

  it('has neither values nor salts for who may not see them, and still verifies', async () => {
    const clerk = ground.someone({ permissions: ['actions:log:read', 'actions:action:read'] });
    const withheld = await exportAll(ground, clerk);
    expect(withheld).not.toContain('notes.example');
    expect(withheld).not.toMatch(/"salts":\{"/);
    expect(await verify(withheld)).toMatchObject({ ok: true, absent: { withheld: 2, erased: 0 } });
    const table = await exportPage(ground, clerk, { format: 'CSV' });
    expect(table.text).toMatch(/^id,seq,occurredAt,/);
    expect(table.text).not.toContain('notes.example');
  });

  it('is refused to who may not see all actions: a gap would look like a removal', async () => {
    const hidden = await ground.lay();
    await ground.publish(
      `forbid (principal, action == Action::"actions:action:read", resource == ProposedAction::"${hidden}");`,
    );
    const { errors } = await askExport(ground, auditor);
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    await ground.publish();
    expect((await askExport(ground, auditor)).errors).toBeUndefined();
    const outsider = ground.someone({ permissions: ['actions:action:read'] });
    expect((await askExport(ground, outsider)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  it.each([
    [{ limit: 10_001 }, 'between 1 and 10000'],
    [{ after: Buffer.from('{"start":1,"end":9}').toString('base64url') }, 'not a cursor'],
    [{ after: Buffer.from('{"start":1,"end":9e12,"done":2}').toString('base64url') }, 'not a cursor'],
  ])('is refused for %j', async (variables, message) => {
    const { errors } = await askExport(ground, auditor, variables);
    expect(errors?.[0]?.extensions?.code).toBe('BAD_REQUEST');
    expect(errors?.[0]?.message).toContain(message);
  });

  it('does not hold with a byte changed, a line removed or two swapped, or its end cut off', async () => {
    const bytes = Buffer.from(text);
    let tried = 0;
    const expectFound = async (altered: string | Uint8Array, what: string): Promise<void> => {
      tried += 1;
      if ((await verify(altered)).ok) throw new Error(`Unseen: ${what}.`);
    };
    for (let at = 0; at < bytes.length; at += stride) {
      const altered = Buffer.from(bytes);
      altered[at] = otherByte(bytes[at] ?? 0);
      await expectFound(altered, `byte ${at} was changed`);
    }
    const lines = linesOf(text);
    for (const [at, line] of lines.entries()) {
      await expectFound(lines.toSpliced(at, 1).join(''), `line ${at} was removed`);
      await expectFound(lines.slice(0, at).join(''), `the end was cut off at line ${at}`);
      for (let other = at + 1; other < lines.length; other += 5) {
        await expectFound(
          lines
            .with(at, lines[other] ?? '')
            .with(other, line)
            .join(''),
          `${at} and ${other} swapped`,
        );
      }
    }
    expect(tried).toBeGreaterThan(1_000);
    if (process.env.COUNTERSIGN_TAMPER_STRIDE) process.stdout.write(`${tried} ways of tampering were tried\n`);
  }, 900_000);
});

/** Hexadecimal stays hexadecimal, so that it is not the shape alone that gives the change away. */
function otherByte(byte: number): number {
  const character = String.fromCharCode(byte);
  if (/[0-9a-e]/.test(character)) return (character === '9' ? 'a' : String.fromCharCode(byte + 1)).charCodeAt(0);
  return byte ^ 1;
}
