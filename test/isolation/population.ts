import { fillTenant } from './contents.ts';
import { dice } from './dice.ts';
import type { IsolationHouse } from './house.ts';
import { makeTenant, type TestTenant } from './tenants.ts';

/** So many tenants, whole: what is in them hangs on the seed alone. */
export async function populate(house: IsolationHouse, seed: number, count = 3): Promise<readonly TestTenant[]> {
  const tenants: TestTenant[] = [];
  for (let number = 1; number <= count; number += 1) {
    const tenant = await makeTenant(house, number, dice(seed, number, 1));
    await fillTenant(house, tenant, dice(seed, number, 2));
    tenants.push(tenant);
  }
  return tenants;
}
