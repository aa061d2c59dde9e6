import assert from 'node:assert/strict';
import { newId, type Principal, requestContext, type TenantId } from '@countersign/kernel';
import { addDocuments, addTenant, type House, someone } from './house.ts';
import { duration, type Row, times } from './report.ts';
import { type Pace, sideBySide } from './timing.ts';

const page = 100;
/** A third of them is the reader's to see, so that a full page is found among three hundred. */
const documents = 400;

/** A full page of documents under three policies, beside the same page where there are none. */
export async function measureLists(house: House, pace: Pace): Promise<Row[]> {
  const { free, ruled } = await listingTenants(house);
  const { unfiltered, filtered } = await sideBySide(
    { unfiltered: () => list(house, free), filtered: () => list(house, ruled) },
    pace,
  );
  return [
    {
      what: `list of ${page} documents under 3 policies`,
      measured: duration(filtered),
      beside: `${duration(unfiltered)} without policies`,
      ratio: times(filtered, unfiltered),
      wanted: '<= x 2',
      isMet: filtered <= 2 * unfiltered,
    },
  ];
}

/** Two tenants with the same documents, one of them with policies; each list has been seen to be right. */
export async function listingTenants(house: House): Promise<{ free: Principal; ruled: Principal }> {
  const free = await readerOf(house, await addTenant(house, { attributes }));
  const ruled = await readerOf(house, await addTenant(house, { attributes, policies }));
  // As the server does by itself where it is not embedded.
  await house.asOwner('analyze');
  assert.deepEqual(await list(house, free), newestFirst().slice(0, page), 'Without policies something is missing.');
  const seen = newestFirst().filter(isSeen).slice(0, page);
  assert.equal(seen.length, page);
  assert.deepEqual(await list(house, ruled), seen, 'The policies show other documents than they say.');
  return { free, ruled };
}

const attributes = [
  { name: 'clearance', type: 'Long', required: false, description: 'From 0 to 3.' },
  { name: 'department', type: 'String', required: false, description: 'Where one works.' },
] as const;

const reading = 'principal, action == Action::"knowledge:document:read", resource is Document';
const policies = [
  `forbid (${reading}) unless { principal has clearance && principal.clearance >= resource.classification };`,
  `forbid (${reading}) when { resource has department }
     unless { principal has department && principal.department == resource.department };`,
  `forbid (${reading}) when { resource has region && resource.region != context.region };`,
];

async function readerOf(house: House, tenant: TenantId): Promise<Principal> {
  const rows = labels.map((label, index) => ({ tenant, title: titleOf(index), ...label }));
  await addDocuments(house, rows);
  return someone(tenant, { id: newId(), attributes: { clearance: 2, department: 'icu' } });
}

const labels = Array.from({ length: documents }, (_, index) => ({
  classification: index % 4,
  department: ['icu', 'surgery', null][Math.floor(index / 4) % 3] ?? null,
  region: ['eu', 'us', null][Math.floor(index / 12) % 3] ?? null,
}));
const titleOf = (index: number): string => `Page ${index}`;

/** What the policies say of the reader, in other words. */
function isSeen(title: string): boolean {
  const label = labels.find((_, index) => titleOf(index) === title);
  return label !== undefined && label.classification <= 2 && label.department !== 'surgery' && label.region !== 'us';
}

const newestFirst = (): string[] => labels.map((_, index) => titleOf(index)).reverse();

const query = `query($first: Int) {
  documents(first: $first) {
    edges { cursor node { id title source createdAt access { roles classification department } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** The titles of the first page. */
async function list({ knowledge, kernel }: House, reader: Principal): Promise<string[]> {
  const context = requestContext(reader, kernel.log, { surface: 'bench' });
  const { data, errors } = await knowledge.execute({ query, variables: { first: page } }, context);
  if (errors) throw new Error(errors.map(({ message }) => message).join('; '));
  const { documents } = data as unknown as { documents: { edges: { node: { title: string } }[] } }; // As the query asks.
  return documents.edges.map(({ node }) => node.title);
}
