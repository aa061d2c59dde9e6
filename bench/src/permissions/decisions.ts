import assert from 'node:assert/strict';
import { TenantRules } from '@countersign/kernel';
import { percentile } from '../harness/figures.ts';
import { type Decide, forget, plainCedar } from './plain-cedar.ts';
import { duration, type Row, times } from './report.ts';
import { type PolicyTenant, policyTenant } from './tenant-policies.ts';
import { latencies } from './timing.ts';

const wantedUs = 300;

/** Decisions on one object in tenants with few and with many policies, beside Cedar with all of them in one set. */
export async function measureDecisions(calls: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const policies of [10, 100, 1_000]) rows.push(...(await measureTenant(policies, 'spread', calls)));
  return [...rows, ...(await measureTenant(1_000, 'one', calls))];
}

async function measureTenant(policies: number, how: 'spread' | 'one', calls: number): Promise<Row[]> {
  const tenant = policyTenant(policies, how);
  const id = `${policies} ${how}`;
  const { rules, ours, peer } = bothSides(tenant, id);
  const { questions } = tenant;
  for (const each of questions) assert.equal(ours(each), peer(each), `Decided otherwise: ${JSON.stringify(each)}`);
  const ask = (decide: Decide) => (turn: number) => {
    const question = questions[turn % questions.length];
    return question && decide(question);
  };
  const taken = await latencies({ ours: ask(ours), peer: ask(peer) }, calls);
  rules.close();
  forget(id);
  const row = (percent: number): Row => {
    const [own, other] = [percentile(taken.ours, percent), percentile(taken.peer, percent)];
    return {
      what: `${percent === 50 ? `decision, ${policies} policies${how === 'one' ? ' on one permission' : ''}` : ' '} p${percent}`,
      measured: duration(own),
      beside: `${duration(other)} with all in one set`,
      ratio: times(own, other),
      ...(percent === 95 && how === 'spread' && { wanted: `<= ${wantedUs} us`, isMet: own <= wantedUs }),
    };
  };
  return [row(50), row(95)];
}

/** The kernel's rules and plain Cedar over the same policies. */
export function bothSides(tenant: PolicyTenant, id: string): { rules: TenantRules; ours: Decide; peer: Decide } {
  const rules = new TenantRules(tenant.access, tenant.declared, tenant.policies);
  return {
    rules,
    ours: ({ principal, permission, object, context }) => rules.decide(principal, permission, object, context).allowed,
    peer: plainCedar(tenant, id),
  };
}
