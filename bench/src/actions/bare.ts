import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { CleanUp } from '../harness/clean-up.ts';
import { order } from './acting.ts';
import { post } from './post.ts';

/** The least that one would do without the product: one call to the other side, one row that says so. */
export async function bareCall(otherSide: string, url: string, cleanUp: CleanUp): Promise<() => Promise<void>> {
  const pool = new Pool({ connectionString: url, max: 32 });
  cleanUp.add(() => pool.end());
  await pool.query('create table if not exists public.bare (id uuid primary key, answer jsonb not null)');
  return async () => {
    const answer = await post(`${otherSide}/acme/fhir/R4/ServiceRequest`, { resourceType: 'ServiceRequest', ...order });
    await pool.query('insert into public.bare (id, answer) values ($1, $2)', [randomUUID(), JSON.stringify(answer)]);
  };
}
