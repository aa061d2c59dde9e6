import { type Gate, gateShape } from './gate.ts';

/** A gate for all tools that asks for what a test says. */
export const gateOf = (members: Partial<Gate>): Gate =>
  gateShape.parse({ id: 'gate-1', name: 'Large payments', tools: ['*'], ...members });

export const fullGate = {
  id: 'gate-1',
  name: 'Large payments',
  tools: ['pay.transfer', 'erp.*', '*'],
  minRisk: 'MEDIUM',
  approvals: {
    count: 2,
    byRoles: ['cfo'],
    byGroups: ['board'],
    byPersons: ['4f6c'],
    distinctDepartments: true,
    notMakersDepartment: true,
    ttlMinutes: 120,
    escalateAfterMinutes: 60,
    escalateToRoles: ['ceo'],
    mustSeeAll: true,
  },
  windows: [
    { timeZone: 'Europe/Berlin', rule: 'FREQ=WEEKLY;BYDAY=SA', start: '2026-01-03T22:00', durationMinutes: 480 },
    { timeZone: 'UTC', rule: 'FREQ=MONTHLY;BYDAY=-1FR', start: '2026-01-01T00:00:00', durationMinutes: 1 },
  ],
  freezes: [{ from: '2026-12-24T00:00:00+01:00', until: '2027-01-02T00:00:00.000Z', reason: 'Year end' }],
  limits: [
    {
      amount: { perAction: '10000.00', currency: 'EUR' },
      sum: { most: '50000', currency: 'EUR', window: 'P1D', per: 'TENANT' },
      count: { most: 20, window: 'PT1H', per: 'USER' },
    },
  ],
};
