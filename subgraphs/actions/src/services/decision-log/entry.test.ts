import { describe, expect, it } from '@jest/globals';
import { contentDigest, type EntryDraft, eraseValues, newEntry, valueDigest } from './entry.ts';

const draft: EntryDraft = {
  tenantId: 'acme',
  actionId: 'action-1',
  kind: 'INPUT',
  occurredAt: new Date('2026-05-01T08:00:00Z'),
  principal: { kind: 'user', id: 'user-1' },
  correlationId: 'request-1',
  facts: { tool: 'fhir.createServiceRequest' },
  values: { patient: 'Patient/1', note: 'call first' },
  previousOfAction: null,
};

describe('a new log entry', () => {
  it('commits to each value through a digest with a salt of its own', () => {
    const entry = newEntry(draft);
    expect(Object.keys(entry.valueDigests)).toEqual(['note', 'patient']);
    expect(entry.valueDigests.patient).toBe(valueDigest(entry.salts.patient ?? '', 'Patient/1'));
    expect(entry.salts.patient).not.toBe(entry.salts.note);
    expect(newEntry(draft).valueDigests.patient).not.toBe(entry.valueDigests.patient);
  });

  it('keeps its content digest through JSON, in whatever order its members come back', () => {
    const entry = newEntry(draft);
    const reversed = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(entry))).reverse());
    expect(contentDigest({ ...entry, ...reversed })).toBe(contentDigest(entry));
  });

  it('keeps its content digest when values are erased, and loses value and salt', () => {
    const entry = newEntry(draft);
    const erased = eraseValues(entry, ['patient']);
    expect(contentDigest(erased)).toBe(contentDigest(entry));
    expect(JSON.stringify(erased)).not.toContain('Patient/1');
    expect(erased.salts).toEqual({ note: entry.salts.note });
  });

  it('is not changed by what its writer does with the facts afterwards', () => {
    const facts = { reasons: ['a'] };
    const entry = newEntry({ ...draft, facts });
    facts.reasons.push('b');
    expect(entry.facts).toEqual({ reasons: ['a'] });
  });

  it.each([
    ['a value with an unusable name', { values: { 'first name': 'x' } }, /values|salts/],
    ['values that are a list', { values: ['x'] }, /must be an object/],
    ['facts that are a list', { facts: ['x'] }, /facts/],
    ['an empty tenant', { tenantId: '' }, /tenantId/],
  ])('refuses %s', (_, change, message) => {
    expect(() => newEntry({ ...draft, ...change })).toThrow(
      expect.objectContaining({ code: 'LOG_ENTRY_MALFORMED', message: expect.stringMatching(message) }),
    );
  });
});
