import {
  Database,
  newId,
  type Principal,
  PrincipalSigner,
  principalHeader,
  servicesOnly,
  tenantId,
} from '@countersign/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { callsOf } from './isolation/calls.ts';
import { type FrontDoor, openFrontDoor } from './isolation/front-door.ts';
import { callerOf } from './isolation/holdings.ts';
import { type IsolationHouse, openIsolationHouse } from './isolation/house.ts';
import { populate } from './isolation/population.ts';
import { mayRead } from './isolation/readable.ts';
import { RawRows, type Row, type Snapshot } from './isolation/rows.ts';
import type { TestTenant } from './isolation/tenants.ts';
import { tokensIn } from './isolation/tokens.ts';

/** Ways round the rules that products have had, each tried by name. */
describe('there is no way round', () => {
  let house: IsolationHouse;
  let door: FrontDoor;
  let rows: RawRows;
  let acme: TestTenant;
  let globex: TestTenant;

  beforeAll(async () => {
    house = await openIsolationHouse();
    const [one, other] = await populate(house, 11, 2);
    if (!one || !other) throw new Error('Two tenants were asked for.');
    [acme, globex] = [one, other];
    rows = new RawRows(house.superuserUrl);
    door = await openFrontDoor(house);
  }, 120_000);
  afterAll(async () => {
    await door?.close();
    await rows?.close();
    await house?.close();
  });

  const somebody = ({ principals }: TestTenant, role: string): Principal & { email: string } => {
    const found = principals.find(({ kind, roles, email }) => kind === 'user' && email && roles.includes(role));
    if (!found?.email) throw new Error(`Nobody is ${role}.`);
    return { ...found, email: found.email };
  };
  const bearer = async (email: string, tenant: string) => ({
    authorization: `Bearer ${(await door.issuer.sign(email, tenant)).token}`,
  });
  const admin = () => bearer(somebody(acme, 'admin').email, acme.id);
  const ofGlobex = (snapshot: Snapshot, table: string): Row => {
    const row = snapshot.of(table).find((each) => each.tenantId === globex.id);
    if (!row) throw new Error(`globex has no ${table}.`);
    return row;
  };
  /** What of the other tenant's stands in an answer that was not in the question. */
  const foreignIn = async (answer: unknown, question: unknown): Promise<string[]> => {
    const snapshot = await rows.read();
    const said = tokensIn(JSON.stringify(question ?? null));
    return [...tokensIn(JSON.stringify(answer))].filter((token) => {
      const holders = snapshot.holders(token);
      return !said.has(token) && holders.length > 0 && holders.every((row) => row.tenantId === globex.id);
    });
  };
  const viewer = { query: '{ viewer { email } }' };
  const unauthenticated = { status: 401, code: 'UNAUTHENTICATED', data: undefined };

  describe('with a token', () => {
    const claims = () => ({ tenant: acme.id });
    const sign = (key: Uint8Array | CryptoKey, alg: string, over: { iss?: string; aud?: string } = {}) =>
      new SignJWT(claims())
        .setProtectedHeader({ alg, typ: 'JWT' })
        .setIssuer(over.iss ?? door.issuer.issuer)
        .setAudience(over.aud ?? 'countersign')
        .setSubject(somebody(acme, 'admin').email)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key);
    const post = (token: string) => door.post(viewer, { authorization: `Bearer ${token}` });

    // Ten failures close a door to an address for a minute.
    beforeEach(async () => {
      await door.close();
      door = await openFrontDoor(house);
    });
    afterAll(async () => {
      await door.close();
      door = await openFrontDoor(house);
    });

    it('that says `alg: none`', async () => {
      const [, payload] = (await door.issuer.sign(somebody(acme, 'admin').email, acme.id)).token.split('.');
      for (const alg of ['none', 'None', 'NONE', '']) {
        const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
        for (const token of [`${header}.${payload}.`, `${header}.${payload}.AA`]) {
          expect(await post(token)).toMatchObject(unauthenticated);
        }
      }
    });

    it('whose key was confused: signed by the stranger’s own, or with nothing secret', async () => {
      const { privateKey } = await generateKeyPair('RS256');
      expect(await post(await sign(privateKey, 'RS256'))).toMatchObject(unauthenticated);
      for (const secret of ['', 'secret', 'countersign', door.issuer.issuer]) {
        const key = Buffer.from(secret.padEnd(32, '\0'));
        expect(await post(await sign(key, 'HS256'))).toMatchObject(unauthenticated);
      }
    });

    it('of another issuer or for another audience', async () => {
      const key = new Uint8Array(32);
      expect(await post(await sign(key, 'HS256', { iss: 'https://evil.example' }))).toMatchObject(unauthenticated);
      expect(await post(await sign(key, 'HS256', { aud: 'another' }))).toMatchObject(unauthenticated);
    });

    it('of another tenant: an address is somebody’s in its own tenant alone', async () => {
      const stranger = await bearer(somebody(acme, 'admin').email, globex.id);
      expect(await door.post(viewer, stranger)).toMatchObject(unauthenticated);
    });
  });

  describe('with a principal that nobody signed', () => {
    const body = JSON.stringify(viewer);
    const signed = () => ({ principal: { ...somebody(globex, 'admin') }, origin: {} });

    it('forged, altered or without a signature', async () => {
      const good = door.signer.sign(signed(), 'gateway', body).split('.');
      const raised = Buffer.from(JSON.stringify({ principal: somebody(globex, 'admin') })).toString('base64url');
      const forged = new PrincipalSigner('another key, just as long as the right one').sign(signed(), 'gateway', body);
      for (const header of [
        forged,
        `v1.${raised}.${good[2]}`,
        `v1.${good[1]}.`,
        `v2.${good[1]}.${good[2]}`,
        'x',
        ' ',
      ]) {
        expect(await door.post(body, { ...(await admin()), [principalHeader]: header })).toMatchObject(unauthenticated);
      }
    });

    it('stale, replayed, for another service or for another request', async () => {
      const stale = new PrincipalSigner(door.key, () => Date.now() - 60_000).sign(signed(), 'gateway', body);
      const replayed = door.signer.sign(signed(), 'gateway', body);
      expect(await door.post(body, { [principalHeader]: replayed })).toMatchObject({ status: 200 });
      const elsewhere = door.signer.sign(signed(), 'tenants', body);
      const otherwise = door.signer.sign(signed(), 'gateway', `${body} `);
      for (const header of [stale, replayed, elsewhere, otherwise]) {
        expect(await door.post(body, { [principalHeader]: header })).toMatchObject(unauthenticated);
      }
    });
  });

  describe('by way of HTTP', () => {
    it('with several operations in one body', async () => {
      for (const batch of [[viewer], [viewer, viewer], []]) {
        expect(await door.post(batch, await admin())).toMatchObject({ status: 400, data: undefined });
      }
    });

    it('with a mutation sent by GET', async () => {
      const query = 'mutation { setBudget(input: { monthlyUsd: 0 }) { userErrors { code } } }';
      const before = ofAcme(await rows.read(), 'billing.budget');
      const headers = { ...(await admin()), 'apollo-require-preflight': 'true' };
      const { status, data } = await door.get({ query }, headers);
      expect({ status, data }).toEqual({ status: 405, data: undefined });
      expect(ofAcme(await rows.read(), 'billing.budget')).toEqual(before);
    });

    it('with a query that a foreign page could send', async () => {
      expect(await door.get({ query: viewer.query }, await admin())).toMatchObject({ status: 400, data: undefined });
      const plain = { ...(await admin()), 'content-type': 'text/plain' };
      expect((await door.post(viewer, plain)).data).toBeUndefined();
    });

    it('with a document that another tenant has made known, and its variables', async () => {
      const query = 'query ($id: ID!) { document(id: $id) { title text } }';
      const document = ofGlobex(await rows.read(), 'knowledge.document');
      const variables = { id: document.values.id };
      await door.post({ query, variables }, await bearer(somebody(globex, 'admin').email, globex.id));
      expect((await door.post({ query, variables }, await admin())).data).toEqual({ document: null });
    });

    const ofAcme = (snapshot: Snapshot, table: string) =>
      snapshot
        .of(table)
        .filter((row) => row.tenantId === acme.id)
        .map(({ values }) => values);
  });

  describe('by `_entities`', () => {
    const representations = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename';
    const leaves: Readonly<Record<string, readonly [string, string, string]>> = {
      Action: ['actions', 'actions.action', 'title planHash preview { summary }'],
      Answer: ['inference', 'inference.answer', 'question text'],
      Bundle: ['actions', 'actions.bundle', 'title planHash steps { key }'],
      ConnectorInstallation: ['actions', 'actions.connector_installation', 'config'],
      Document: ['knowledge', 'knowledge.document', 'title text source'],
      Group: ['tenants', 'tenants.user_group', 'name'],
      Passage: ['knowledge', 'knowledge.passage', 'quote document { title }'],
      Role: ['tenants', 'tenants.role', 'name description permissions'],
      Tenant: ['tenants', 'tenants.tenant', 'name region'],
      User: ['tenants', 'tenants.app_user', 'name email'],
    };

    it('which the graph’s callers do not have', async () => {
      const query = '{ _entities(representations: []) { __typename } }';
      expect(await door.post({ query }, await admin())).toMatchObject({
        status: 400,
        code: 'GRAPHQL_VALIDATION_FAILED',
      });
      expect(await door.post({ query: '{ _service { sdl } }' }, await admin())).toMatchObject({ status: 400 });
    });

    it('knows every entity of the graph', () => {
      const entities = [...house.runtimes.values()].flatMap(({ permissions }) =>
        Object.keys(permissions.entities ?? {}),
      );
      expect([...new Set(entities)].sort()).toEqual(Object.keys(leaves));
    });

    it.each(Object.entries(leaves))('with another tenant’s %s', async (type, [where, table, fields]) => {
      const { values } = ofGlobex(await rows.read(), table);
      const id = values.id ?? values.tenant_id;
      const claimed = {
        __typename: type,
        id,
        tenantId: acme.id,
        tenant_id: acme.id,
        name: 'x',
        title: 'x',
        email: 'x',
      };
      const request = {
        query: `${representations} ... on ${type} { ${fields} } } }`,
        variables: { r: [{ __typename: type, id }, claimed, { __typename: type, id: String(id).toUpperCase() }] },
      };
      const { result } = await house.ask(somebody(acme, 'admin'), request, where);
      expect(result).toEqual({ data: { _entities: [null, null, null] } });
    });

    it('with types and keys that are none', async () => {
      const { values } = ofGlobex(await rows.read(), 'knowledge.document');
      const tricks: object[] = [
        { id: values.id },
        { __typename: 'Query', id: values.id },
        { __typename: 'Mutation', id: values.id },
        { __typename: '__Schema' },
        { __typename: 'SignIn', id: values.id },
        { __typename: 'constructor' },
        { __typename: '__proto__' },
        { __typename: ['Document'], id: values.id },
        { __typename: { toString: 'Document' }, id: values.id },
        { __typename: 'Document' },
        { __typename: 'Document', id: null },
        { __typename: 'Document', id: { $ne: null } },
        { __typename: 'Document', id: [values.id] },
        { __typename: 'Document', id: { toString: values.id } },
        { __typename: 'Document', id: `${values.id}' or true --` },
        { __typename: 'DocumentEdge', node: { id: values.id } },
      ];
      const query = `${representations} ... on Document { title } } }`;
      for (const [where] of Object.values(leaves)) {
        for (const trick of tricks) {
          const request = {
            query: where === 'knowledge' ? query : `${representations} } }`,
            variables: { r: [trick] },
          };
          const { result } = await house.ask(somebody(acme, 'admin'), request, where);
          expect({ trick, foreign: await foreignIn(result, request) }).toEqual({ trick, foreign: [] });
          expect({ trick, shown: JSON.stringify(result.data ?? null) }).toEqual({
            trick,
            shown: expect.not.stringMatching(/kx\d/),
          });
        }
      }
    });
  });

  describe('a field’s own rule', () => {
    /** Everything but what the field needs. */
    const without = (permission: string): Principal => {
      const { roles, id, email } = somebody(acme, 'admin');
      const [all] = [['tenants:user:read', 'billing:budget:read'].filter((each) => each !== permission)];
      return { kind: 'user', id, email, tenantId: tenantId(acme.id), roles, permissions: all, attributes: {} };
    };
    const tricks = [
      '{ viewer { tenant { budget { monthlyUsd } } } }',
      '{ viewer { tenant { name: budget { name: monthlyUsd } } } }',
      '{ viewer { tenant { a: budget { monthlyUsd } b: budget { monthlyUsd } c: name } } }',
      '{ viewer { tenant { ... on Tenant { budget { monthlyUsd } } } } }',
      '{ viewer { tenant { ... { ... { budget { monthlyUsd } } } } } }',
      '{ viewer { ...U } } fragment U on User { tenant { ...T } } fragment T on Tenant { budget { ...B } } fragment B on Budget { monthlyUsd }',
      'query ($yes: Boolean = true) { viewer { tenant { budget @include(if: $yes) { monthlyUsd @skip(if: false) } } } }',
      '{ one: viewer { tenant { name } } two: viewer { tenant { budget { monthlyUsd } } } }',
      '{ viewer { tenant { budget { __typename } } } }',
    ];

    it.each(tricks)('by %s', async (query) => {
      const { result } = await house.ask(without('billing:budget:read'), { query });
      expect(JSON.stringify(result.data)).not.toMatch(/monthlyUsd":\d|Budget"|77\d{6}/);
      expect(result.errors?.map(({ extensions }) => extensions?.code)).toContain('FORBIDDEN');
      const allowed = await house.ask(somebody(acme, 'admin'), { query });
      expect(allowed.result.errors).toBeUndefined();
    });

    it('by way of another object that leads to it', async () => {
      const members = 'members { edges { node { name } } }';
      const holders = `assignments { edges { node { user { name groups { name ${members} } } group { ${members} } } } }`;
      const query = `{ viewer { roles { name ${holders} } groups { name ${members} } } }`;
      const { result } = await house.ask(without('tenants:user:read'), { query });
      expect(JSON.stringify(result.data)).not.toMatch(/assignments":\{|groups":\[\{/);
      expect(new Set(result.errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['FORBIDDEN']));
      expect((await house.ask(somebody(acme, 'admin'), { query })).result.errors).toBeUndefined();
    });
  });

  describe('what the schema says of itself, where a tenant wants less of it seen', () => {
    const modest = (): Principal => ({
      ...somebody(acme, 'viewer'),
      revision: undefined,
      permissions: ['knowledge:document:read'],
      schema: 'PERMITTED',
    });
    const ask = async (query: string) => (await house.ask(modest(), { query })).result;

    it('by introspection', async () => {
      const { data } = await ask('{ __schema { mutationType { fields { name } } queryType { fields { name } } } }');
      const text = JSON.stringify(data);
      expect(text).toContain('"documents"');
      expect(text).not.toMatch(/createRole|setBudget|apiKeys|auditTrail|approveAction/);
    });

    it('by the name of a type, an alias or a fragment', async () => {
      for (const query of [
        '{ __type(name: "ApiKeyConnection") { name fields { name } } }',
        '{ t: __type(name: "CreateApiKeyInput") { name inputFields { name } } }',
        '{ ...F } fragment F on Query { __type(name: "ApiKeyConnection") { name } }',
        '{ ... on Query { __type(name: "UnitEconomics") { name } } }',
      ]) {
        expect(Object.values((await ask(query)).data ?? {})).toEqual([null]);
      }
    });

    it('by a suggestion in an error, or beside data', async () => {
      const { errors } = await ask('{ apiKey { edges { node { id } } } }');
      expect(JSON.stringify(errors)).not.toMatch(/Did you mean|apiKeys/);
      expect((await ask('{ __schema { types { name } } documents { edges { cursor } } }')).data ?? null).toBeNull();
    });
  });

  describe('a list', () => {
    it('with another tenant’s cursor: it shows one’s own, as after any place', async () => {
      const lists = [
        'actions',
        'documents',
        'users',
        'roles',
        'groups',
        'apiKeys',
        'policies',
        'decisionLog',
        'auditTrail',
      ];
      for (const list of lists) {
        const paged = (after: string | null) => ({
          query: `query ($after: String) { ${list}(first: 100, after: $after) { edges { cursor node { id } } pageInfo { endCursor } } }`,
          variables: { after },
        });
        const all = async (who: Principal, after: string | null) => {
          const { result } = await house.ask(who, paged(after));
          expect({ list, errors: result.errors }).toEqual({ list, errors: undefined });
          // The query names what comes back.
          const page = (result.data as Record<string, { edges: { cursor: string; node: { id: string } }[] }>)[list];
          return page?.edges ?? [];
        };
        const own = new Set((await all(somebody(acme, 'admin'), null)).map(({ node }) => node.id));
        const foreign = await all(somebody(globex, 'admin'), null);
        expect({ list, own: own.size, foreign: foreign.length }).not.toMatchObject({ own: 0, foreign: 0 });
        for (const { cursor } of foreign.slice(0, 5)) {
          const shown = await all(somebody(acme, 'admin'), cursor);
          expect(shown.filter(({ node }) => !own.has(node.id))).toEqual([]);
        }
      }
    });
  });

  describe('the database', () => {
    const denied = /permission denied/;

    it('by a connection that went back to the pool with a tenant set', async () => {
      const database = await Database.open({ entities: [], url: urlOf(house.database), poolSize: 1 });
      try {
        const own = { tenantId: tenantId(acme.id) };
        const count =
          'select count(*)::int as n, count(*) filter (where tenant_id <> ?)::int as foreign from tenants.role';
        for (const leave of ["set_config('app.tenant_id', ?, false)", "set_config('app.tenant_id', ?, true)"]) {
          await database.withTenant(own, (em) => em.execute(`select ${leave}`, [globex.id]));
          await expect(database.withTenant(own, (em) => em.execute('select 1 / 0'))).rejects.toThrow(/division/);
          const [seen] = await database.withTenant(own, (em) => em.execute(count, [acme.id]));
          expect(seen).toMatchObject({ foreign: 0 });
          expect(seen?.n).toBeGreaterThan(0);
          if (database.backend.kind !== 'postgres') throw new Error('This is about PostgreSQL.');
          const raw = database.backend.pool;
          await expect(raw.query('select * from tenants.role')).rejects.toThrow(denied);
          await expect(raw.query('select * from knowledge.document')).rejects.toThrow(denied);
          expect((await raw.query('select current_user')).rows).toEqual([{ current_user: 'countersign_login' }]);
        }
      } finally {
        await database.close();
      }
    });

    it('by a statement without a tenant', async () => {
      const { database } = house;
      if (database.backend.kind !== 'postgres') throw new Error('This is about PostgreSQL.');
      const client = await database.backend.pool.connect();
      try {
        for (const table of (await rows.read()).tables) {
          await client.query('begin; set local role countersign_app');
          // Rows of the price list are everybody's.
          const { rows: seen } = await client.query(`select * from ${table} where tenant_id is not null`);
          expect({ table, seen }).toEqual({ table, seen: [] });
          await client.query('rollback');
        }
        for (const role of ['countersign_owner', 'postgres', 'pg_read_all_data']) {
          await expect(client.query(`set role ${role}`)).rejects.toThrow(denied);
        }
      } finally {
        client.release();
      }
    });

    it('by a `search_path` that puts a stranger’s functions first', async () => {
      const own = { tenantId: tenantId(acme.id) };
      await expect(
        house.database.withTenant(own, (em) =>
          em.execute('create function public.tenant_id() returns uuid language sql return null'),
        ),
      ).rejects.toThrow(denied);
      const [seen] = await house.database.withTenant(own, async (em) => {
        await em.execute("select set_config('search_path', 'pg_temp, public', true)");
        return em.execute('select count(*)::int as foreign from knowledge.document where tenant_id <> ?', [acme.id]);
      });
      expect(seen).toEqual({ foreign: 0 });
    });
  });

  describe('by what stands in an input', () => {
    const tricks = () => [
      "'; set role countersign_owner; --",
      `'; select set_config('app.tenant_id', '${globex.id}', false); --`,
      "x'); set search_path to public; drop table tenants.role; --",
      `\\'; set local app.tenant_id = '${globex.id}`,
      `$$; reset role; $$ ?`,
      `?::uuid or true`,
      `\${process.env.HOME} {{constructor.constructor('return this')()}} %s`,
    ];

    it('every text of every mutation and query is a text', async () => {
      const theirs = (snapshot: Snapshot) =>
        snapshot.tables.map((table) => [
          table,
          snapshot
            .of(table)
            .filter((row) => row.tenantId === globex.id)
            .map(({ values }) => values),
        ]);
      const before = theirs(await rows.read());
      const calls = callsOf(house.bundle.apiSchema).filter(({ takesTexts }) => takesTexts);
      expect(calls.length).toBeGreaterThan(40);
      const faults = house.faults.length;
      for (const call of calls) {
        for (const text of tricks()) {
          const request = { query: call.query, variables: call.variables({ id: newId(), text }, 'texts') };
          const { result } = await house.ask(somebody(acme, 'admin'), request);
          expect({ call: call.field, text, foreign: await foreignIn(result, request) }).toMatchObject({ foreign: [] });
        }
      }
      expect(house.faults.slice(faults)).toEqual([]);
      expect(theirs(await rows.read())).toEqual(before);
    }, 120_000);

    it('what is written down is what was sent, word for word', async () => {
      for (const text of tricks()) {
        const input = { source: text, title: text, text, access: { roles: ['admin'], department: text, region: text } };
        const query = `mutation ($input: IngestDocumentInput!) {
          ingestDocument(input: $input) { document { source title text access { department region } } } }`;
        const { result } = await house.ask(somebody(acme, 'admin'), { query, variables: { input } });
        expect(result.data).toEqual({
          ingestDocument: { document: { source: text, title: text, text, access: { department: text, region: text } } },
        });
      }
    });
  });

  describe('what exists is not to be told from what does not', () => {
    const ways = 4;
    /** The ids of what the caller may not read: of each table one of the other tenant's, and some of their own tenant's. */
    const hiddenFrom = async (who: Principal): Promise<{ table: string; id: string }[]> => {
      const snapshot = await rows.read();
      const caller = callerOf(snapshot, who);
      if (!caller) throw new Error('Somebody was expected.');
      return snapshot.tables.flatMap((table) => {
        const hidden = snapshot.of(table).filter((row) => row.values.id && !mayRead(row, caller, snapshot));
        const foreign = hidden.find((row) => row.tenantId === globex.id);
        const own = hidden.filter((row) => row.tenantId === acme.id).slice(0, 2);
        return [...(foreign ? [foreign] : []), ...own].map(({ values }) => ({ table, id: String(values.id) }));
      });
    };

    it.each(['admin', 'operator', 'viewer'])(
      'by whatever takes an id, for one who is %s',
      async (role) => {
        const who = somebody(acme, role);
        const hidden = await hiddenFrom(who);
        const calls = callsOf(house.bundle.apiSchema).filter(({ takesIds }) => takesIds);
        expect(calls.length).toBeGreaterThan(30);
        const told: object[] = [];
        for (const [index, call] of calls.entries()) {
          const answerFor = async (id: string): Promise<string> => {
            const variables = call.variables({ id, text: 'a text' }, 'ids');
            const { result } = await house.ask(who, { query: call.query, variables });
            return JSON.stringify(result).replaceAll(id, 'ID');
          };
          const unknown = await answerFor(newId());
          // All of what is hidden is asked for, each in some of the ways: all in all of them would take minutes.
          for (const { table, id } of hidden.filter((_, at) => at % ways === index % ways)) {
            const answer = await answerFor(id);
            if (answer !== unknown) told.push({ call: call.field, table, answer, unknown });
          }
        }
        expect(told).toEqual([]);
      },
      180_000,
    );
  });

  describe('what is for the product’s own parts alone', () => {
    it('asked by people, keys, connectors and operators, whatever they hold', async () => {
      let asked = 0;
      const kinds = ['user', 'api_key', 'connector', 'platform_operator'] as const;
      const { id, tenantId: tenant } = somebody(acme, 'admin');
      for (const { name, permissions, schema } of house.runtimes.values()) {
        const rules = { ...permissions.Query, ...permissions.Mutation };
        for (const call of callsOf(schema).filter(({ field }) => rules[field] === servicesOnly)) {
          expect(house.bundle.apiSchema.getRootType(call.kind)?.getFields()[call.field]).toBeUndefined();
          for (const kind of kinds) {
            const who: Principal = {
              kind,
              id,
              tenantId: tenant,
              roles: ['admin'],
              permissions: ['*:*:*'],
              attributes: {},
            };
            const variables = call.variables({ id, text: somebody(acme, 'admin').email });
            const { result } = await house.ask(who, { query: call.query, variables }, name);
            expect(result.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
            expect(JSON.stringify(result.data ?? null)).not.toMatch(/kx\d/);
            asked += 1;
          }
        }
      }
      expect(asked).toBeGreaterThan(20);
    });
  });
});

function urlOf({ backend }: Database): string {
  if (backend.kind === 'postgres') return backend.url;
  throw new Error('This is about PostgreSQL.');
}
