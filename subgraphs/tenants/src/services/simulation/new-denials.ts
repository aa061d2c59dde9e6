import type { EntityManager, Principal } from '@countersign/kernel';
import { noGrantChange } from '../../statements/principals.ts';
import { type AskedChange, publicationOf } from './asked-change.ts';
import { bothRules, closeBoth } from './proposed-change.ts';
import { insistPeriod, simulate } from './simulation.ts';

export interface Publication extends Pick<AskedChange, 'publish'> {
  readonly tenantId: Principal['tenantId'];
}

/**
 * How many decisions of the period would be refused with the policy that are allowed without it, and some of them. In the
 * transaction that is open, and with what it sees. Which objects they were about is left out: whoever publishes need not
 * know of them. Refuses with `PERIOD_INVALID`.
 */
export async function newDenials(
  em: EntityManager,
  { tenantId, publish }: Publication,
  since: Date,
  until: Date,
): Promise<{ readonly count: number; readonly examples: readonly object[] }> {
  const period = { since, until };
  await insistPeriod(em, period);
  const policies = [];
  for (const each of publish) policies.push(await publicationOf(em, each));
  const change = { publish: policies, retire: [], grants: noGrantChange };
  const rules = await bothRules(em, change);
  try {
    const { newlyDenied } = await simulate((work) => work(em), { tenantId, period, change, rules });
    const examples = newlyDenied.examples.slice(0, mostExamples).map(({ objectId: _, ...example }) => example);
    return { count: newlyDenied.times, examples };
  } finally {
    closeBoth(rules);
  }
}

const mostExamples = 10;
