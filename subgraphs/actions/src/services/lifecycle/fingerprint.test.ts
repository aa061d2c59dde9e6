import { describe, expect, it } from '@jest/globals';
import { requestFingerprint } from './fingerprint.ts';
import { planHash } from './plan-hash.ts';

const call = {
  tool: 'fhir.createServiceRequest',
  version: '1.0.0',
  input: { patient: 'Patient/1', code: { system: 'http://loinc.org', code: '24627-2' }, note: undefined },
};
const preview = { summary: 'Orders a CT', changes: [{ path: 'status', before: null, after: 'active' }] };

describe('a request fingerprint', () => {
  it('is the same for the same request, however it is written', () => {
    const input = { code: { code: '24627-2', system: 'http://loinc.org' }, patient: 'Patient/1' };
    expect(requestFingerprint({ ...call, input })).toBe(requestFingerprint(call));
    expect(requestFingerprint(call)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs by tool, version and input', () => {
    const others = [
      { ...call, tool: 'fhir.createTask' },
      { ...call, version: '1.0.1' },
      { ...call, input: { ...call.input, note: '' } },
      { ...call, input: { ...call.input, note: null } },
    ];
    expect(new Set([call, ...others].map(requestFingerprint)).size).toBe(5);
  });

  it('is not to be had for what is not JSON', () => {
    expect(() => requestFingerprint({ ...call, input: { at: Number.NaN } })).toThrow(
      expect.objectContaining({ code: 'LOG_NOT_JSON' }),
    );
  });
});

describe('a plan hash', () => {
  it('differs as soon as the call or what it would change differs', () => {
    const plans = [
      { ...call, preview },
      { ...call, version: '1.0.1', preview },
      { ...call, input: { patient: 'Patient/2' }, preview },
      { ...call, preview: { ...preview, changes: [] } },
    ];
    expect(new Set(plans.map(planHash)).size).toBe(4);
    expect(planHash({ ...call, preview: { changes: preview.changes, summary: preview.summary } })).toBe(
      planHash({ ...call, preview }),
    );
  });

  it('is never the fingerprint of a request', () => {
    expect(planHash({ ...call, preview: {} })).not.toBe(requestFingerprint(call));
  });
});
