import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Principal, tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  leafHash,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
  verifyLogFile,
  verifyTreeHead,
} from '../src/services/decision-log/index.ts';
import { exportAll, sealedAndSigned, signing } from './exported.ts';
import { Ground } from './ground.ts';

const head = 'tenantId treeSize rootHash sealedAt keyId signature';
const statement = (node: object): TreeHead => ({ format: 1, ...node }) as TreeHead; // Asked for by just these fields.

describe('what the log proves', () => {
  let ground: Ground;
  let auditor: Principal;
  beforeAll(async () => {
    ground = await Ground.open({ config: signing.config });
    auditor = ground.someone({ permissions: ['actions:log:read', 'actions:action:read', 'actions:sensitive:read'] });
  });
  afterAll(() => ground.close());

  const heads = async (args = ''): Promise<{ edges: { node: TreeHead; cursor: string }[]; pageInfo: object }> => {
    const query = `{ treeHeads${args} { edges { node { ${head} } cursor } pageInfo { hasNextPage } } }`;
    const { data, errors } = await ground.ask(auditor, query);
    if (errors) throw new Error(errors[0]?.message);
    return data.treeHeads;
  };

  it('is signed batch by batch, by a key that is published', async () => {
    for (let batch = 0; batch < 3; batch += 1) {
      await ground.lay();
      await sealedAndSigned(ground);
    }
    const { data } = await ground.ask(auditor, '{ logKeys { id publicKey } }');
    expect(data.logKeys).toEqual([{ id: signing.id, publicKey: expect.stringContaining('BEGIN PUBLIC KEY') }]);
    const key = createPublicKey(data.logKeys[0].publicKey);
    const { edges } = await heads();
    expect(edges.map(({ node }) => node.treeSize)).toEqual([3, 2, 1]);
    for (const { node } of edges) expect(verifyTreeHead(statement(node), key)).toBe(true);
    const first = await heads('(first: 2)');
    expect(first.pageInfo).toEqual({ hasNextPage: true });
    const rest = await heads(`(first: 2, after: "${first.edges[1]?.cursor}")`);
    expect(rest.edges.map(({ node }) => node.treeSize)).toEqual([1]);
  });

  it('has a proof for each entry of an action that leads to the newest signed head', async () => {
    const actionId = await ground.lay();
    await ground.lay({ undoOfId: actionId });
    const size = await sealedAndSigned(ground);
    const query = `{ actionProof(actionId: "${actionId}") { head { ${head} } entries { seq hash leafHash proof } } }`;
    const { data } = await ground.ask(auditor, query);
    const { head: newest, entries } = data.actionProof;
    expect(newest.treeSize).toBe(size);
    expect(entries).toHaveLength(2);
    for (const { seq, hash, leafHash: leaf, proof } of entries) {
      expect(leaf).toBe(leafHash(hash));
      expect(verifyInclusion({ leaf, index: seq - 1, size, root: newest.rootHash }, proof)).toBe(true);
    }
    const stranger = ground.someone({ permissions: ['actions:log:read'] });
    expect((await ground.ask(stranger, query)).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  });

  it('only ever grew: each signed head is consistent with each later one', async () => {
    const { edges } = await heads();
    for (const { node: later } of edges) {
      for (const { node: earlier } of edges.filter(({ node }) => node.treeSize <= later.treeSize)) {
        const { data } = await ground.ask(
          auditor,
          `{ consistencyProof(from: ${earlier.treeSize}, to: ${later.treeSize}) { fromRoot toRoot proof } }`,
        );
        const { fromRoot, toRoot, proof } = data.consistencyProof;
        expect([fromRoot, toRoot]).toEqual([earlier.rootHash, later.rootHash]);
        const [first, second] = [earlier, later].map(({ treeSize: size, rootHash: root }) => ({ size, root }));
        if (first && second) expect(verifyConsistency(first, second, proof)).toBe(true);
      }
    }
    for (const range of ['from: 2, to: 1', 'from: 0, to: 1000', 'from: -1, to: 1']) {
      const { errors } = await ground.ask(auditor, `{ consistencyProof(${range}) { proof } }`);
      expect(errors?.[0]?.extensions?.code).toBe('BAD_REQUEST');
    }
  });

  it('cannot be written by the application, which does not see the private key either', async () => {
    for (const sql of [
      'update actions.log_tree_head set tree_size = 1',
      'delete from actions.log_tree_head',
      `insert into actions.log_tree_head select tenant_id, 999, root_hash, sealed_at, key_id, signature from actions.log_tree_head`,
      `insert into actions.log_key (id, public_key) values ('x', 'y')`,
      'select sealed_private_key from actions.log_key',
    ]) {
      await expect(ground.within((em) => em.execute(sql))).rejects.toThrow('permission denied');
    }
    const { database } = ground.subgraphs;
    for (const table of ['log_tree_head', 'log_key']) {
      const sql = `delete from actions.${table}`;
      await expect(database.asRole('sealer', (em) => em.execute(sql))).rejects.toThrow('permission denied');
    }
  });

  it('is read by who may read the log', async () => {
    const outsider = ground.someone({ permissions: ['actions:action:read'] });
    for (const query of ['{ treeHeads { edges { cursor } } }', '{ logKeys { id } }']) {
      expect((await ground.ask(outsider, query)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    }
  });
});

describe('a key that is not configured', () => {
  it('is made once, kept encrypted, and found again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'countersign-log-key-'));
    const ground = await Ground.open({ config: { dataDir } });
    await ground.lay();
    await sealedAndSigned(ground);
    const { data } = await ground.ask(ground.someone(), '{ logKeys { id } treeHeads { edges { node { keyId } } } }');
    expect(data.treeHeads.edges).toEqual([{ node: { keyId: data.logKeys[0].id } }]);
    const [kept] = await ground.subgraphs.database.asRole('sealer', (em) =>
      em.execute<{ sealed_private_key: string }[]>('select sealed_private_key from actions.log_key'),
    );
    expect(kept?.sealed_private_key).toMatch(/^v1\.[\w-]+$/);
    await ground.close();
    rmSync(dataDir, { recursive: true });
  });

  it('leaves the log sealed and not signed where there is nothing to keep it with', async () => {
    const ground = await Ground.open({ config: { dataDir: '/nonexistent' } });
    await ground.lay();
    for (let left = 100; left > 0; left -= 1) {
      const { data } = await ground.ask(ground.someone(), '{ decisionLog(first: 5) { verified edges { cursor } } }');
      if (data.decisionLog.verified) break;
      expect(left).toBeGreaterThan(1);
    }
    const { data } = await ground.ask(ground.someone(), '{ treeHeads { edges { cursor } } }');
    expect(data.treeHeads.edges).toEqual([]);
    await ground.close();
  });
});

describe('erasing values from the log', () => {
  let ground: Ground;
  let officer: Principal;
  let auditor: Principal;
  beforeAll(async () => {
    ground = await Ground.open({ config: signing.config });
    officer = ground.someone();
    auditor = ground.someone({ permissions: ['actions:log:read', 'actions:action:read', 'actions:sensitive:read'] });
    await ground.within(async (em) =>
      ground.log.appendGeneral(em, ground.context(officer), 'CONFIGURATION', {
        facts: { connector: 'notes' },
        values: { patient: 'Maria Lindqvist', note: 'Cough.' },
      }),
    );
    await sealedAndSigned(ground);
  });
  afterAll(() => ground.close());

  const erase = (input: object, who = officer) =>
    ground.ask(
      who,
      `mutation ($input: EraseLogValuesInput!) {
        eraseLogValues(input: $input) { entry { id seq values valueDigests } userErrors { code path } }
      }`,
      { input },
    );
  const firstEntry = async (): Promise<{ id: string; values: object }> =>
    (await ground.ask(auditor, '{ decisionLog(first: 1) { edges { node { id values } } } }')).data.decisionLog.edges[0]
      .node;

  it('is refused without a reason, for a value that is not there, and to who may not', async () => {
    const { id: entryId } = await firstEntry();
    const refused = async (input: object) => (await erase(input)).data.eraseLogValues.userErrors;
    expect(await refused({ entryId, fields: ['patient'], reason: ' ' })).toEqual([
      { code: 'REASON_REQUIRED', path: ['input', 'reason'] },
    ]);
    expect(await refused({ entryId, fields: [], reason: 'Asked.' })).toEqual([
      { code: 'INVALID_INPUT', path: ['input', 'fields'] },
    ]);
    expect(await refused({ entryId, fields: ['patient', 'facts'], reason: 'Asked.' })).toEqual([
      { code: 'INVALID_INPUT', path: ['input', 'fields', '1'] },
    ]);
    const input = { entryId, fields: ['patient'], reason: 'Asked.' };
    expect((await erase(input, auditor)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    expect((await erase({ ...input, entryId: newId() })).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
    expect((await firstEntry()).values).toMatchObject({ patient: 'Maria Lindqvist' });
  });

  it('takes them away for good, is recorded, and leaves the log proven', async () => {
    const { id: entryId } = await firstEntry();
    const { data } = await erase({ entryId, fields: ['patient'], reason: 'The person asked for it.' });
    expect(data.eraseLogValues).toMatchObject({
      entry: { seq: 1, values: { note: 'Cough.' }, valueDigests: { patient: expect.any(String) } },
      userErrors: [],
    });
    const size = await sealedAndSigned(ground);
    expect((await erase({ entryId, fields: ['patient'], reason: 'Again.' })).data.eraseLogValues.userErrors).toEqual(
      [],
    );
    expect(await sealedAndSigned(ground)).toBe(size);
    const text = await exportAll(ground, auditor);
    expect(text).not.toContain('Lindqvist');
    const report = await verifyLogFile([Buffer.from(text)], { keys: signing.keys });
    expect(report).toMatchObject({
      ok: true,
      absent: { withheld: 0, erased: 1, erasures: [{ seq: 1, entryId, field: 'patient', erasedBy: size }] },
    });
    const verified = await ground.ask(auditor, '{ decisionLog(first: 1) { verified } }');
    expect(verified.data.decisionLog.verified).toBe(true);
    const [row] = await ground.within((em) =>
      em.execute<{ salts: object }[]>('select salts from actions.log_entry where seq = 1'),
    );
    expect(Object.keys(row?.salts ?? {})).toEqual(['note']);
  });

  it('is all that the application can do to an entry, and in its own tenant alone', async () => {
    const { id } = await firstEntry();
    await expect(
      ground.within((em) => em.execute(`update actions.log_entry set entry_values = '{}' where id = '${id}'`)),
    ).rejects.toThrow('permission denied');
    await ground.subgraphs.database.withTenant({ tenantId: tenantId(newId()) }, (em) =>
      em.execute(`select actions.erase_log_values('${id}', '{note}')`),
    );
    expect((await firstEntry()).values).toMatchObject({ note: 'Cough.' });
  });
});
