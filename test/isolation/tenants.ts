import {
  type Attributes,
  changeAccess,
  type EntityManager,
  newId,
  type Principal,
  tenantId,
} from '@countersign/kernel';
import { provisionTenant } from '@countersign/tenants';
import type { Dice } from './dice.ts';
import { makeGrants, makePolicies } from './grants.ts';
import type { IsolationHouse } from './house.ts';
import type { Named } from './pool.ts';
import { principalsOf } from './principals.ts';
import { canaryOf } from './tokens.ts';
import { makeWaysIn } from './ways-in.ts';

/** A tenant with everything in it that can be another's to see; every text of it carries a canary. */
export interface TestTenant extends Named {
  readonly principals: readonly Principal[];
  /** A new canary of this tenant's. */
  word(): string;
  /** Runs SQL as the tenant. */
  within<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
}

const builtIn = ['admin', 'operator', 'approver', 'auditor', 'viewer', 'operator', 'viewer'] as const;
export const departments = ['icu', 'surgery'] as const;
/** A tenant before anybody has come in. */
export type Ground = Omit<TestTenant, 'principals'>;

/** Makes a tenant with people, groups, roles, keys and policies, all of them random. */
export async function makeTenant(house: IsolationHouse, number: number, dice: Dice): Promise<TestTenant> {
  const id = newId();
  let made = 0;
  const word = (): string => canaryOf(number, made++);
  const attributes = (): Attributes => ({
    ...(dice.chance(0.8) && { clearance: dice.roll(4) }),
    ...(dice.chance(0.8) && { department: dice.pick(departments) }),
    ...(dice.chance(0.5) && { team: word() }),
  });
  const users = builtIn.map((role) => ({
    email: `${role}.${word()}@tenant.test`,
    name: `One ${word()}`,
    role,
    attributes: attributes(),
  }));
  await provisionTenant(house.database, { id, name: `house-${word()}`, region: 'eu', users });
  const within = <T>(work: (em: EntityManager) => Promise<T>) =>
    house.database.withTenant({ tenantId: tenantId(id) }, work);
  const ground = { id, number, word, within };
  await within(async (em) => {
    await em.execute('update kernel.access set attributes = ?::jsonb', [JSON.stringify(attributeSchema(word))]);
    await makeGrants(em, ground, dice);
    await makeWaysIn(em, ground, dice);
    await makePolicies(em, ground, dice);
    await changeAccess(em, tenantId(id));
  });
  return { ...ground, principals: await principalsOf(house, ground, dice) };
}

const attributeSchema = (word: () => string) => [
  { name: 'clearance', type: 'Long', required: false, description: `0 to 3 ${word()}` },
  { name: 'department', type: 'String', required: false, description: 'Where one works.' },
  { name: 'team', type: 'String', required: false, description: 'With whom.' },
];
