import assert from 'node:assert/strict';
import { holds, mayGrant, newId, type Principal, tenantId } from '@countersign/kernel';
import { addTenant, type House, someone } from './house.ts';
import { duration, type Row, times } from './report.ts';
import { type Pace, sideBySide } from './timing.ts';

const wantedUs = 2;
/** How many permissions are asked for; every other one is held. */
const asked = 40;

/** Checks by roles and grants alone, and whether a principal still stands as they were resolved. */
export async function measureRbac(house: House, pace: Pace): Promise<Row[]> {
  const rows: Row[] = [];
  for (const patterns of [5, 100]) rows.push(...(await measureChecks(patterns, pace)));
  return [...rows, await measureCurrent(house, pace)];
}

async function measureChecks(patterns: number, pace: Pace): Promise<Row[]> {
  const principal = holderOf(patterns);
  const permissions = Array.from({ length: asked }, (_, index) =>
    nameOf(index % 2 ? index % patterns : patterns + index),
  );
  const permission = (turn: number) => permissions[turn % asked] ?? '';
  for (const each of permissions) assert.equal(holds(principal, each), mayGrant(principal.permissions, each));
  const { warm, first, scan } = await sideBySide(
    {
      warm: (turn) => holds(principal, permission(turn)),
      first: (turn) => holds({ ...principal }, permission(turn)),
      scan: (turn) => mayGrant(principal.permissions, permission(turn)),
    },
    pace,
  );
  const row = (what: string, taken: number): Row => ({
    what,
    measured: duration(taken),
    beside: `${duration(scan)} by going through the patterns`,
    ratio: times(taken, scan),
    wanted: `<= ${wantedUs} us`,
    isMet: taken <= wantedUs,
  });
  return [
    row(`holds, ${patterns} patterns`, warm),
    // A principal that came over HTTP is a new object for each request.
    { ...row(`  the first check of a request`, first), wanted: undefined, isMet: undefined },
  ];
}

const nameOf = (index: number): string => `area-${index}:object:read`;

/** Half of the patterns are plain names, half have a wildcard. */
const holderOf = (patterns: number): Principal =>
  someone(tenantId(newId()), {
    permissions: Array.from({ length: patterns }, (_, index) => (index % 2 ? nameOf(index) : `area-${index}:*:read`)),
  });

async function measureCurrent(house: House, pace: Pace): Promise<Row> {
  const { access, database } = house.kernel;
  const principal = someone(await addTenant(house));
  const askAgain = () => database.read(principal, (em) => access.currentIn(em, principal));
  assert.equal(await askAgain(), principal);
  assert.equal(access.current(principal), principal);
  const { known, again } = await sideBySide({ known: () => access.current(principal), again: askAgain }, pace);
  return {
    what: 'Access.current, nothing changed',
    measured: duration(known),
    beside: `${duration(again)} by asking the database`,
    ratio: times(known, again),
    wanted: `<= ${wantedUs} us`,
    isMet: known <= wantedUs,
  };
}
