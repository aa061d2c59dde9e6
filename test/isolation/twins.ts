import { changeAccess, newId, type Principal, tenantId } from '@countersign/kernel';
import { provisionTenant } from '@countersign/tenants';
import type { IsolationHouse } from './house.ts';
import { insert } from './insert.ts';

/** A tenant whose documents and actions another one has word for word. */
export interface Twin {
  readonly id: string;
  /** In the order in which they were made: the same in both. */
  readonly documents: readonly string[];
  readonly actions: readonly string[];
  /** Puts these policies in force, and no others. */
  publish(policies: readonly string[]): Promise<void>;
}

/** Who made what in both of them: the ids of people are the same, too. */
export const makers = ['01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-000000000002'] as const;

const attributes = [
  { name: 'clearance', type: 'Long', required: false, description: '0 to 3.' },
  { name: 'department', type: 'String', required: false, description: 'Where one works.' },
];

export async function makeTwin(house: IsolationHouse, name: string): Promise<Twin> {
  const id = newId();
  const own = { tenantId: tenantId(id) };
  const { database } = house;
  await provisionTenant(database, { id, name, region: 'eu', users: [] });
  await database.withTenant(own, (em) =>
    em.execute('update kernel.access set attributes = ?::jsonb', [JSON.stringify(attributes)]),
  );
  const documents: string[] = [];
  for (const [number, document] of allDocuments.entries()) documents.push(await ingest(house, id, number, document));
  const actions = await makeActions(house, id);
  return {
    id,
    documents,
    actions,
    publish: (policies) =>
      database.withTenant(own, async (em) => {
        await changeAccess(em, own.tenantId);
        await em.execute('delete from kernel.policy');
        for (const [index, source] of policies.entries()) {
          await insert(em, 'kernel.policy', {
            tenant_id: id,
            id: newId(),
            name: `policy ${index}`,
            version: 1,
            source,
          });
        }
      }),
  };
}

const levels = ['PUBLIC', 'INTERNAL', 'CONFIDENTIAL', 'RESTRICTED'] as const;

const allDocuments: readonly Access[] = [
  ...levels.flatMap((classification) =>
    ['icu', 'surgery', null].map((department) => ({
      classification,
      department,
      roles: department === 'icu' ? ['staff', 'chief'] : ['staff'],
      region: null,
    })),
  ),
  { classification: 'INTERNAL', department: null, roles: ['chief'], region: 'eu' },
  { classification: 'PUBLIC', department: 'icu', roles: ['nobody'], region: 'us' },
];

interface Access {
  readonly classification: (typeof levels)[number];
  readonly department: string | null;
  readonly roles: readonly string[];
  readonly region: string | null;
}

async function ingest(house: IsolationHouse, tenant: string, number: number, access: Access): Promise<string> {
  const author: Principal = {
    kind: 'user',
    tenantId: tenantId(tenant),
    id: makers[number % makers.length] ?? '',
    roles: [],
    permissions: ['knowledge:*:*'],
    attributes: {},
  };
  const query = 'mutation ($input: IngestDocumentInput!) { ingestDocument(input: $input) { document { id } } }';
  const text = `Morphine is kept under lock on floor ${number}. A nurse signs for every dose.`;
  const input = { source: 'Handbook', title: `Morphine ${number}`, text, access };
  const { result } = await house.ask(author, { query, variables: { input } });
  const { ingestDocument } = (result.data ?? {}) as { ingestDocument?: { document: { id: string } | null } };
  if (!ingestDocument?.document) throw new Error(`A document was not taken: ${JSON.stringify(result)}`);
  return ingestDocument.document.id;
}

function makeActions({ database }: IsolationHouse, tenant: string): Promise<string[]> {
  return database.withTenant({ tenantId: tenantId(tenant) }, async (em) => {
    const ids: string[] = [];
    for (let number = 0; number < 12; number += 1) {
      const id = newId();
      const maker = makers[number % makers.length];
      await insert(em, 'actions.action', {
        id,
        tenant_id: tenant,
        version: 1,
        status: ['AWAITING_APPROVAL', 'SUCCEEDED', 'FAILED'][number % 3],
        tool: number % 4 === 0 ? 'ward.move' : 'ledger.pay',
        title: 'Pay',
        tool_version: '1.0.0',
        input: {},
        preview: { summary: 'Pays.', changes: [] },
        plan_hash: 'f'.repeat(64),
        policy: { decision: 'REQUIRE_APPROVAL', reasons: [] },
        reversible: number % 2 === 0,
        fingerprint: 'f'.repeat(64),
        maker_kind: 'user',
        maker_id: maker,
        maker_person: maker,
        maker_groups: [],
        maker_roles: number % 3 === 0 ? ['chief'] : ['staff'],
        maker_attributes: number % 4 === 3 ? {} : { department: number % 2 === 0 ? 'icu' : 'surgery' },
        risk: ['LOW', 'MEDIUM', 'HIGH'][number % 3],
        data_class: 'NONE',
        amount: number % 5 === 0 ? null : number * 25,
        currency: 'EUR',
        fence: 0,
        attempts: 0,
        checks: 0,
        correlation_id: newId(),
        created_at: '2026-11-01',
        planned_at: '2026-11-01',
        updated_at: '2026-11-01',
      });
      ids.push(id);
    }
    return ids;
  });
}
