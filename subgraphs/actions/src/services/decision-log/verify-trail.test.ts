import { describe, expect, it } from '@jest/globals';
import { emptyHead, seal } from './chain.ts';
import { eraseValues } from './entry.ts';
import { readNodes, rootOf } from './merkle.ts';
import { inclusionProof } from './proofs.ts';
import { SAMPLE_TENANT, sampleEntries } from './sample-log.fixture.ts';
import { verifyActionTrail } from './verify-trail.ts';

const { sealed, nodes, head } = seal(emptyHead(SAMPLE_TENANT), sampleEntries(20));
const actionId = sealed[0]?.actionId ?? '';
const tree = {
  tenantId: SAMPLE_TENANT,
  actionId,
  treeSize: head.treeSize,
  rootHash: rootOf({ size: head.treeSize, roots: head.frontier }),
};
const trail = sealed
  .filter((entry) => entry.actionId === actionId)
  .map((entry) => ({ entry, proof: inclusionProof(entry.seq - 1, head.treeSize, readNodes(nodes)) }));

describe('the trail of one action', () => {
  it('verifies against the root alone, also with values erased', () => {
    expect(trail).toHaveLength(7);
    expect(verifyActionTrail(trail, tree)).toEqual({ ok: true, findings: [], absent: [] });
    const erased = trail.map(({ entry, proof }) => ({ entry: eraseValues(entry, ['note']), proof }));
    expect(verifyActionTrail(erased, tree)).toMatchObject({ ok: true, absent: { length: 7 } });
  });

  it('shows an entry that is missing from it', () => {
    for (let place = 0; place < trail.length - 1; place += 1) {
      expect(codes(trail.toSpliced(place, 1))).toEqual(['ACTION_GAP']);
    }
  });

  it('shows an entry that is altered, out of order, of another action, or not in the tree', () => {
    const [first, second, ...rest] = trail;
    if (first === undefined || second === undefined) throw new Error('no sample');
    expect(codes([{ ...first, entry: { ...first.entry, kind: 'OUTCOME' } }, second, ...rest])).toEqual([
      'CONTENT_ALTERED',
    ]);
    expect(codes([second, first, ...rest])).toEqual(expect.arrayContaining(['REORDERED', 'ACTION_GAP']));
    expect(codes([{ ...first, proof: second.proof }, second, ...rest])).toEqual(['NOT_INCLUDED']);
    expect(verifyActionTrail(trail, { ...tree, actionId: 'another' }).findings[0]?.code).toBe('FOREIGN');
  });
});

function codes(entries: { entry: unknown; proof: string[] }[]): string[] {
  return verifyActionTrail(entries, tree).findings.map((finding) => finding.code);
}
