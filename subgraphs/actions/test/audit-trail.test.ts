import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Principal, publish } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csvCell } from '../src/services/audit-export.ts';
import { Ground } from './ground.ts';

interface Node {
  id: string;
  kind: string;
  occurredAt: string;
  actionId: string | null;
  principal: { kind: string; id: string };
  facts: Record<string, unknown>;
  values: Record<string, unknown>;
  seq: number | null;
}

interface Page {
  edges: { node: Node; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const fields = 'id kind occurredAt actionId principal { kind id } facts values seq';

describe('the audit trail', () => {
  let ground: Ground;
  let admin: Principal;
  let auditor: Principal;
  beforeAll(async () => {
    ground = await Ground.open({ events: true });
    admin = ground.someone();
    auditor = ground.someone({ permissions: ['actions:log:read', 'actions:action:read', 'actions:sensitive:read'] });
  });
  afterAll(() => ground.close());

  const trail = async (filter: object, args: { first?: number; after?: string | null } = {}): Promise<Page> => {
    const query = `query ($filter: AuditTrailFilter, $first: Int, $after: String) {
      auditTrail(filter: $filter, first: $first, after: $after) {
        edges { node { ${fields} } cursor } pageInfo { hasNextPage endCursor }
      }
    }`;
    const { data, errors } = await ground.ask(auditor, query, { filter, ...args });
    if (errors) throw new Error(errors[0]?.message);
    return data.auditTrail;
  };

  /** The entries that the filter finds, once there are as many. */
  const entries = async (filter: object, count: number): Promise<Node[]> => {
    for (let left = 100; left > 0; left -= 1) {
      const { edges } = await trail(filter, { first: 100 });
      if (edges.length >= count) return edges.map(({ node }) => node);
      await sleep(100);
    }
    throw new Error(`There are not ${count} entries for ${JSON.stringify(filter)}.`);
  };

  const tell = (type: string, payload: object, principal = admin): Promise<void> =>
    ground.within((em) => publish(em, ground.context(principal), type, payload));

  it('has every change of who may do what: by whom, before and after, and why', async () => {
    const role = { type: 'Role', id: newId(), name: 'Night shift' };
    const before = { permissions: ['actions:action:read'] };
    const after = { permissions: ['actions:action:read', 'actions:action:approve'] };
    const told = { kind: 'role.update', subject: role, before, after, reason: 'Winter.', approvedBy: 'user:x' };
    await tell('AccessChanged', told);
    const [entry] = await entries({ subjectId: role.id }, 1);
    expect(entry).toMatchObject({
      kind: 'ACCESS_CHANGE',
      actionId: null,
      principal: { kind: 'user', id: admin.id },
      facts: { change: 'role.update', subject: role, outcome: 'MADE', approvedBy: 'user:x' },
      values: { before, after, reason: 'Winter.' },
    });
  });

  it('keeps what may have to be erased, such as names of people, apart from what stays for ever', async () => {
    const user = { type: 'User', id: newId(), name: 'olga@acme.test' };
    await tell('AccessChanged', {
      kind: 'user.create',
      subject: user,
      before: null,
      after: { name: 'Olga' },
      reason: null,
    });
    await tell('AccessChanged', { kind: 'user.create', subject: user, before: null, after: null, waiting: true });
    await tell('AccessChanged', { kind: 'user.create', subject: user, before: null, after: null, rejected: true });
    const found = await entries({ subjectId: user.id }, 3);
    expect(found.map(({ facts }) => facts.outcome)).toEqual(['REJECTED', 'WAITING', 'MADE']);
    expect(JSON.stringify(found.map(({ facts }) => facts))).not.toMatch(/olga/i);
    expect(found.at(-1)?.values).toEqual({ name: 'olga@acme.test', after: { name: 'Olga' } });
  });

  it('has every refusal, by whom and through which policy', async () => {
    const nobody = ground.someone({ permissions: [] });
    await ground.ask(nobody, '{ auditTrail { edges { cursor } } }');
    const [byRoles] = await entries({ kinds: ['ACCESS_REFUSAL'], principalId: nobody.id }, 1);
    expect(byRoles).toMatchObject({
      principal: { kind: 'user', id: nobody.id },
      facts: { permission: 'actions:log:read', by: 'nothing', times: 1 },
    });

    const id = await ground.lay();
    const clause = 'resource.risk == "LOW"';
    await ground.publish(
      `forbid (principal, action == Action::"actions:action:execute", resource) when { ${clause} };`,
    );
    await ground.ask(admin, `mutation { executeAction(input: { actionId: "${id}" }) { userErrors { code } } }`);
    await ground.publish();
    const [byPolicy] = await entries({ permission: 'actions:action:execute', subjectId: id }, 1);
    expect(byPolicy?.facts).toMatchObject({
      by: 'policy',
      policy: 'policy 1 1',
      subject: { type: 'ProposedAction', id },
    });
    expect(byPolicy?.values.reason).toContain(clause);
  });

  it("has the product's own refusal of makers who would be checkers", async () => {
    const id = await ground.lay({ maker: admin });
    const approve = `mutation { approveAction(input: { actionId: "${id}" }) { userErrors { code } } }`;
    expect((await ground.ask(admin, approve)).data.approveAction.userErrors).toEqual([
      { code: 'MAKER_IS_NOT_CHECKER' },
    ]);
    const [refusal] = await entries({ kinds: ['ACCESS_REFUSAL'], subjectId: id }, 1);
    expect(refusal?.facts).toMatchObject({ permission: 'actions:action:approve', policy: 'Maker is not checker 1' });
  });

  it('has what platform operators did', async () => {
    const operator = ground.someone({ kind: 'platform_operator', id: 'ops@countersign.test', roles: [] });
    await tell('OperatorAccess', { operation: 'Actions', operator: operator.id }, operator);
    const [entry] = await entries({ kinds: ['OPERATOR_ACCESS'] }, 1);
    expect(entry).toMatchObject({
      principal: { kind: 'platform_operator', id: operator.id },
      facts: { operation: 'Actions', operator: operator.id },
    });
  });

  it('is in the sealed log like everything else', async () => {
    await entries({ kinds: ['OPERATOR_ACCESS'] }, 1);
    for (let left = 60; left > 0; left -= 1) {
      const { data } = await ground.ask(auditor, '{ decisionLog(first: 100) { verified edges { node { kind } } } }');
      const kinds = data.decisionLog.edges.map((edge: { node: { kind: string } }) => edge.node.kind);
      if (data.decisionLog.verified) {
        expect(kinds).toEqual(expect.arrayContaining(['ACCESS_CHANGE', 'ACCESS_REFUSAL', 'OPERATOR_ACCESS']));
        return;
      }
      await sleep(100);
    }
    throw new Error('The log is not verified.');
  });

  it('is read newest first, in full pages, by what one looks for', async () => {
    const person = ground.someone();
    const moments: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      await ground.lay({ maker: person });
      await sleep(3);
      moments.push(new Date().toISOString());
    }
    const found: Node[] = [];
    for (let after: string | null = null; ; ) {
      const page: Page = await trail({ principalId: person.id }, { first: 2, after });
      found.push(...page.edges.map(({ node }) => node));
      if (!page.pageInfo.hasNextPage) break;
      expect(page.edges).toHaveLength(2);
      after = page.pageInfo.endCursor;
    }
    expect(found).toHaveLength(5);
    const times = found.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted().reverse());
    const between = { principalId: person.id, since: moments[0], until: moments[3] };
    expect((await trail(between)).edges.map(({ node }) => node.id)).toEqual(found.slice(1, 4).map(({ id }) => id));
    expect((await trail({ principalId: person.id, kinds: ['APPROVAL'] })).edges).toEqual([]);
    expect((await trail({ principalId: person.id, kinds: ['APPROVAL', 'INPUT'] })).edges).toHaveLength(5);
  });

  it('leaves out what is about actions that the reader may not see', async () => {
    const hidden = await ground.lay();
    await ground.publish(
      `forbid (principal, action == Action::"actions:action:read", resource == ProposedAction::"${hidden}");`,
    );
    expect((await trail({ subjectId: hidden })).edges).toEqual([]);
    const { data } = await ground.ask(auditor, '{ exportAuditTrail(format: NDJSON, limit: 10000) { text } }');
    expect(data.exportAuditTrail.text).not.toContain(hidden);
    await ground.publish();
    expect((await trail({ subjectId: hidden })).edges).toHaveLength(1);
  });

  it.each([
    ['{ auditTrail(filter: { kinds: ["APROVAL"] }) { edges { cursor } } }', 'There are no entries of kind APROVAL'],
    ['{ auditTrail(after: "bm90aGluZw") { edges { cursor } } }', 'not a cursor'],
    [
      `{ auditTrail(after: "${Buffer.from('{"id":"x"}').toString('base64url')}") { edges { cursor } } }`,
      'not a cursor',
    ],
    ['{ exportAuditTrail(format: CSV, limit: 10001) { text } }', 'between 1 and 10000'],
    ['{ exportAuditTrail(format: CSV, limit: 0) { text } }', 'between 1 and 10000'],
  ])('%s is refused', async (query, message) => {
    const { errors } = await ground.ask(auditor, query);
    expect(errors?.[0]?.extensions?.code).toBe('BAD_REQUEST');
    expect(errors?.[0]?.message).toContain(message);
  });

  describe('is handed out', () => {
    const export_ = `query ($filter: AuditTrailFilter, $format: AuditExportFormat!, $after: String, $limit: Int) {
      exportAuditTrail(filter: $filter, format: $format, after: $after, limit: $limit) { text nextCursor count }
    }`;
    const exported = async (variables: object) => {
      const { data, errors } = await ground.ask(auditor, export_, { ...variables });
      if (errors) throw new Error(errors[0]?.message);
      return data.exportAuditTrail as { text: string; nextCursor: string | null; count: number };
    };

    it('page by page, complete, and that is recorded', async () => {
      const person = ground.someone();
      const ids = [
        await ground.lay({ maker: person }),
        await ground.lay({ maker: person }),
        await ground.lay({ maker: person }),
      ];
      const filter = { principalId: person.id };
      const first = await exported({ filter, format: 'NDJSON', limit: 2 });
      const second = await exported({ filter, format: 'NDJSON', limit: 2, after: first.nextCursor });
      expect([first.count, second.count, second.nextCursor]).toEqual([2, 1, null]);
      const lines = `${first.text}${second.text}`
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ actionId }) => actionId)).toEqual(ids.toReversed());
      expect(lines[0]).toMatchObject({ kind: 'INPUT', format: 1, valueDigests: {} });
      expect(lines[0]).not.toHaveProperty('salts');
      const [latest] = await entries({ kinds: ['EXPORT'], principalId: auditor.id }, 2);
      expect(latest).toMatchObject({ facts: { format: 'NDJSON', count: 1 }, values: { filter } });
    });

    it('as a table whose titles come once', async () => {
      const person = ground.someone();
      await ground.lay({ maker: person, workflow: '=HYPERLINK("http://evil.test","ward, 1")' });
      await ground.lay({ maker: person, surface: 'api' });
      const filter = { principalId: person.id };
      const first = await exported({ filter, format: 'CSV', limit: 1 });
      const second = await exported({ filter, format: 'CSV', limit: 1, after: first.nextCursor });
      const lines = `${first.text}${second.text}`.split('\r\n');
      expect(lines[0]).toMatch(/^id,seq,occurredAt,kind,actionId,/);
      expect(lines).toHaveLength(4);
      expect(lines[2]).toContain(`"'=HYPERLINK(""http://evil.test"",""ward, 1"")"`);
      expect(lines[2]).toContain('"{""tool"":""notes.add""}"');
    });

    it('without anything that a spreadsheet would run', () => {
      for (const start of ['=', '+', '-', '@', '\t', '\r']) {
        expect(csvCell(`${start}1+1`).replace(/^"/, '')).toMatch(/^'/);
      }
      expect(csvCell('plain')).toBe('plain');
      expect(csvCell(null)).toBe('');
      expect(csvCell(-1)).toBe("'-1");
      expect(csvCell('two\nlines')).toBe('"two\nlines"');
    });
  });
});
