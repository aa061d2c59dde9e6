import { type Demand, sumOf } from './applicable.ts';
import type { Approver, Maker } from './coverage.ts';
import { gateOf } from './gate.fixture.ts';
import type { Gate } from './gate.ts';

export const maker: Maker = { id: 'maker', person: 'maker', department: 'sales' };
export const someone = (id: string, members: Partial<Approver> = {}): Approver => ({
  ...{ id, person: id, roles: [], groups: [], department: 'finance', seesAll: true },
  ...members,
});
export const asks = (...approvals: NonNullable<Gate['approvals']>[]): readonly Demand[] =>
  sumOf(approvals.map((each, index) => gateOf({ id: `gate-${index}`, name: `Gate ${index}`, approvals: each })))
    .demands;
