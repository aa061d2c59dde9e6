import { describe, expect, it } from '@jest/globals';
import { emptyHead, orderForSealing, seal, sealHash } from './chain.ts';
import { contentDigest } from './entry.ts';
import { leafHash, rootOf, treeInMemory } from './merkle.ts';
import { SAMPLE_TENANT, sampleEntries } from './sample-log.fixture.ts';

describe('sealing', () => {
  it('numbers from 1 and chains each entry to the one before it', () => {
    const { sealed, head } = seal(emptyHead(SAMPLE_TENANT), sampleEntries(4));
    expect(sealed.map((entry) => entry.seq)).toEqual([1, 2, 3, 4]);
    expect(sealed[0]?.previousHash).toBe(emptyHead(SAMPLE_TENANT).hash);
    expect(sealed.slice(1).map((entry) => entry.previousHash)).toEqual(sealed.slice(0, 3).map((entry) => entry.hash));
    expect(sealed.every((entry) => entry.hash === sealHash(entry))).toBe(true);
    expect(head).toMatchObject({ seq: 4, treeSize: 4, hash: sealed[3]?.hash });
  });

  it('gives the same log in one go and in steps', () => {
    const entries = sampleEntries(11);
    const once = seal(emptyHead(SAMPLE_TENANT), entries);
    const first = seal(emptyHead(SAMPLE_TENANT), entries.slice(0, 5));
    const second = seal(first.head, entries.slice(5));
    expect([...first.sealed, ...second.sealed]).toEqual(once.sealed);
    expect([...first.nodes, ...second.nodes]).toEqual(once.nodes);
    expect(second.head).toEqual(once.head);
  });

  it('grows the tree over the hashes of the entries', () => {
    const { sealed, head } = seal(emptyHead(SAMPLE_TENANT), sampleEntries(7));
    const tree = treeInMemory(sealed.map((entry) => leafHash(entry.hash)));
    expect(rootOf({ size: head.treeSize, roots: head.frontier })).toBe(rootOf(tree.frontier));
  });

  it('begins differently for each tenant', () => {
    expect(emptyHead('acme').hash).not.toBe(emptyHead('globex').hash);
  });

  it('refuses an entry of another tenant and a head that contradicts itself', () => {
    const [entry] = sampleEntries(1);
    if (entry === undefined) throw new Error('no sample');
    const code = (wanted: string) => expect.objectContaining({ code: wanted });
    expect(() => seal(emptyHead('globex'), [entry])).toThrow(code('LOG_TENANT_MISMATCH'));
    expect(() => seal({ ...emptyHead(SAMPLE_TENANT), seq: 3 }, [entry])).toThrow(code('LOG_HEAD_INCONSISTENT'));
    const frontier = ['00'.repeat(32)];
    expect(() => seal({ ...emptyHead(SAMPLE_TENANT), frontier }, [entry])).toThrow(code('LOG_HEAD_INCONSISTENT'));
  });
});

describe('the order to seal in', () => {
  it('is by time', () => {
    const entries = sampleEntries(9);
    expect(orderForSealing([...entries].reverse())).toEqual(entries);
  });

  it('puts an entry after the one of its action that it names, whatever their clocks say', () => {
    const [first, , , later] = sampleEntries(4);
    if (first === undefined || later === undefined) throw new Error('no sample');
    const early = { ...later, occurredAt: '2020-01-01T00:00:00.000Z' };
    expect(early.previousOfAction).toBe(contentDigest(first));
    expect(orderForSealing([early, first])).toEqual([first, early]);
  });
});
