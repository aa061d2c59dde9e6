import { createBundle, localLink } from '@countersign/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { type Heard, heard, LiveHouse } from './support/live-house.ts';

const changes = `subscription Changes($id: ID, $statuses: [ActionStatus!]) {
  actionChanged(actionId: $id, statuses: $statuses) {
    kind status action { id status preview { summary } maker { name email } }
  }
}`;
const requests = 'subscription { approvalRequested { reminder comment action { id maker { name } } } }';

/** Subscriptions as a frontend has them, over real connections. */
describe('live updates through the gateway', () => {
  let house: LiveHouse;
  const open: Heard[] = [];
  beforeAll(async () => {
    house = await LiveHouse.open();
  }, 120_000);
  afterEach(async () => {
    for (const each of open.splice(0)) each.leave();
    await house.underWay(0);
  });
  afterAll(() => house?.close());

  const follow = async (
    over: 'overSocket' | 'overEvents',
    email: string,
    query = changes,
    variables: Record<string, unknown> = {},
  ): Promise<Heard> => {
    const before = house.gateway.live.size;
    const begun = await house[over](email, query, variables);
    open.push(begun);
    // The client begins with the first question: what is asked for waits until the event comes.
    const first = begun.next();
    first.catch(() => {});
    await house.underWay(before + 1);
    const asked = [first];
    return {
      ...begun,
      next: () => asked.pop() ?? begun.next(),
      ended: () => asked.pop()?.then(begun.ended, codesOf) ?? begun.ended(),
    };
  };
  const codesOf = (errors: unknown) =>
    (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
  const idOf = async (email: string): Promise<string> => {
    const { users } = await house.ask('admin@acme.test', '{ users(first: 50) { edges { node { id email } } } }');
    return users.edges.find(({ node }: { node: { email: string } }) => node.email === email).node.id;
  };
  const refused = async (over: 'overSocket' | 'overEvents', email: string, query: string) => {
    const begun = await house[over](email, query);
    open.push(begun);
    return begun.ended();
  };

  describe.each(['overSocket', 'overEvents'] as const)('%s', (over) => {
    it('tell what happens, with what other subgraphs have of it, masked for who may not see it', async () => {
      const [auditor, viewer] = [await follow(over, 'auditor@acme.test'), await follow(over, 'two@acme.test')];
      const id = await house.propose('operator@acme.test', over === 'overSocket' ? 'johan-berg' : 'amina-hassan');
      await house.approve(id);
      await house.execute(id);
      for (const [kind, status] of [
        ['PROPOSED', 'AWAITING_APPROVAL'],
        ['APPROVED', 'APPROVED'],
        ['EXECUTING', 'EXECUTING'],
        ['SUCCEEDED', 'SUCCEEDED'],
      ]) {
        const seen = (await auditor.next()).actionChanged;
        expect(seen).toMatchObject({ kind, status, action: { id, maker: { name: 'operator' } } });
        expect(seen.action.preview.summary).toContain('XR Chest');
        expect(seen.action.maker.email).toBe('operator@acme.test');
        const veiled = (await viewer.next()).actionChanged;
        expect(veiled).toMatchObject({ kind, action: { id, maker: { name: 'operator' } } });
        expect(JSON.stringify(veiled)).not.toMatch(/XR Chest|operator@/);
      }
    });

    it('tell what was asked for alone, and other tenants nothing', async () => {
      const id = await house.propose();
      const [one, approved, globex] = [
        await follow(over, 'auditor@acme.test', changes, { id }),
        await follow(over, 'auditor@acme.test', changes, { statuses: ['APPROVED'] }),
        await follow(over, 'auditor@globex.test'),
      ];
      await house.approve(await house.propose('admin@acme.test'));
      await house.act('approver@acme.test', 'rejectAction', 'RejectAction', { actionId: id });
      const theirs = await house.propose('operator@globex.test', 'james-okafor');
      expect((await one.next()).actionChanged).toMatchObject({ kind: 'REJECTED', action: { id } });
      expect((await approved.next()).actionChanged).toMatchObject({ kind: 'APPROVED' });
      expect((await globex.next()).actionChanged).toMatchObject({ kind: 'PROPOSED', action: { id: theirs } });
    });

    it('ask who could approve, and remind them', async () => {
      const approver = await follow(over, 'approver@acme.test', requests);
      const id = await house.propose();
      const asked = { reminder: false, comment: null, action: { id, maker: { name: 'operator' } } };
      expect((await approver.next()).approvalRequested).toEqual(asked);
      const comment = 'The ward is waiting.';
      await house.act('operator@acme.test', 'remindApprovers', 'RemindApprovers', { actionId: id, comment });
      expect((await approver.next()).approvalRequested).toEqual({ ...asked, reminder: true, comment });
    });

    it('are refused to who may not see actions, and where the graph would refuse a query', async () => {
      expect(await refused(over, 'partner@acme.test', changes)).toEqual(['FORBIDDEN']);
      expect(await refused(over, 'auditor@acme.test', 'subscription { actionChanged { shoeSize } }')).toEqual([
        'GRAPHQL_VALIDATION_FAILED',
      ]);
      expect(await refused(over, 'auditor@acme.test', 'subscription {')).toEqual(['GRAPHQL_PARSE_FAILED']);
      const deep = `subscription { actionChanged { action ${'{ undo '.repeat(14)} { id } ${'}'.repeat(14)} } }`;
      expect(await refused(over, 'auditor@acme.test', deep)).toEqual(['QUERY_TOO_DEEP']);
      const wrong = 'subscription ($id: ID!) { actionChanged(actionId: $id) { kind } }';
      expect(await refused(over, 'auditor@acme.test', wrong)).toEqual(['BAD_USER_INPUT']);
    });

    it('end at once when the permission is revoked, and not with the next event', async () => {
      const email = over === 'overSocket' ? 'leaver@acme.test' : 'three@acme.test';
      const leaver = await follow(over, email);
      const userId = await idOf(email);
      const { roles } = await house.ask('admin@acme.test', '{ roles(first: 50) { edges { node { id name } } } }');
      const roleId = roles.edges.find(({ node }: { node: { name: string } }) => node.name === 'viewer').node.id;
      await house.act('admin@acme.test', 'revokeRole', 'RevokeRole', { userId, roleId });
      expect(await leaver.ended()).toEqual(['FORBIDDEN']);
    });
  });

  it('never tell of what a policy hides', async () => {
    const [hidden, userId] = [await house.propose(), await idOf('two@acme.test')];
    const source = `forbid (principal, action == Action::"actions:action:read", resource == ProposedAction::"${hidden}")
      when { principal.id == "${userId}" };`;
    await house.act('admin@acme.test', 'publishPolicy', 'PublishPolicy', { name: 'hidden', source });
    const [viewer, auditor] = [
      await follow('overSocket', 'two@acme.test'),
      await follow('overSocket', 'auditor@acme.test'),
    ];
    await house.approve(hidden);
    const shown = await house.propose();
    expect((await auditor.next()).actionChanged).toMatchObject({ kind: 'APPROVED', action: { id: hidden } });
    expect((await auditor.next()).actionChanged).toMatchObject({ kind: 'PROPOSED', action: { id: shown } });
    expect((await viewer.next()).actionChanged).toMatchObject({ kind: 'PROPOSED', action: { id: shown } });
  });

  it('end when the token does', async () => {
    const authorization = `Bearer ${await house.token('auditor@acme.test', 3)}`;
    const client = house.socket({ authorization });
    const events = heard(client.iterate({ query: changes }) as never);
    open.push(events);
    const first = events.next();
    await house.underWay(1);
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    await house.propose();
    await expect(first).rejects.toEqual([expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })]);
  });

  it('let nobody in without a good token, and no page of strangers', async () => {
    for (const params of [{}, { authorization: 'Bearer nonsense' }]) {
      const end = heard(house.socket(params).iterate({ query: changes }) as never).next();
      await expect(end).rejects.toMatchObject({ code: 4401, reason: expect.stringMatching(/^UNAUTHENTICATED/) });
    }
    const events = await fetch(house.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: changes }),
    });
    expect(events.status).toBe(401);
    const opened = (origin: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(house.url.replace('http', 'ws'), 'graphql-transport-ws', { origin });
        socket.once('open', () => resolve('open'));
        socket.once('error', (error) => resolve(error.message));
        socket.once('open', () => socket.terminate());
      });
    expect(await opened('https://evil.example')).toContain('403');
    expect(await opened('https://app.example')).toBe('open');
    expect(await opened(house.server.url)).toBe('open');
  });

  it('are bounded for each connection', async () => {
    const client = house.socket({ authorization: `Bearer ${await house.token('auditor@acme.test')}` });
    const begun = Array.from({ length: 50 }, () => heard(client.iterate({ query: changes }) as never));
    open.push(...begun);
    const nexts = begun.map((each) => each.next());
    for (const each of nexts) each.catch(() => {});
    await house.underWay(50);
    expect(await heard(client.iterate({ query: changes }) as never).ended()).toEqual(['TOO_MANY_SUBSCRIPTIONS']);
    const other = await house.overEvents('auditor@acme.test', changes);
    open.push(other);
    other.next().catch(() => {});
    await house.underWay(51);
  });

  it('go on under a new version of the graph, on the one that they began on', async () => {
    const auditor = await follow('overSocket', 'auditor@acme.test');
    house.gateway.swap(await createBundle([...house.subgraphs.runtimes.values()].map(localLink)));
    const id = await house.propose();
    expect((await auditor.next()).actionChanged).toMatchObject({ action: { id, maker: { name: 'operator' } } });
  });

  it('answer other operations as well, and are told where to go over plain HTTP', async () => {
    const viewer = await house.overSocket('auditor@acme.test', '{ viewer { name } }');
    expect(await viewer.next()).toEqual({ viewer: { name: 'auditor' } });
    const answer = await fetch(house.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await house.token('auditor@acme.test')}`,
      },
      body: JSON.stringify({ query: changes }),
    });
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(answer.status).toBe(400);
  });

  it('are streamed over GET as well, where nothing is changed', async () => {
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${await house.token('auditor@acme.test')}`,
    };
    const get = async (query: string) => {
      const address = `${house.url}?${new URLSearchParams({ query, variables: '{"statuses": ["APPROVED"]}' })}`;
      const response = await fetch(address, { headers });
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      return response;
    };
    const refusal = await (await get('mutation { __typename }')).text();
    expect(refusal).toMatch(/event: next\ndata: .*"code":"BAD_REQUEST".*\n\nevent: complete/);
    // Held for as long as it is read: with a response that nobody holds its stream ends.
    const followed = await get(changes);
    await house.underWay(1);
    await house.approve(await house.propose());
    let text = '';
    for await (const chunk of followed.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"APPROVED"')) break;
    }
    expect(followed.status).toBe(200);
    expect(text).toContain('event: next\ndata: {"data":{"actionChanged":{"kind":"APPROVED"');
    expect(text).not.toContain('PROPOSED');
  });

  it('end with the server, which does not wait for them', async () => {
    const [socket, events] = [
      await follow('overSocket', 'auditor@acme.test'),
      await follow('overEvents', 'auditor@acme.test'),
    ];
    const ends = Promise.allSettled([socket.next(), events.ended()]);
    await house.server.close();
    const [ofSocket, ofEvents] = await ends;
    expect(ofSocket).toMatchObject({ status: 'rejected', reason: { code: 1001 } });
    expect(ofEvents).toMatchObject({ value: ['SUBSCRIPTION_INTERRUPTED'] });
  });
});

describe('live updates of subgraphs in other processes', () => {
  let house: LiveHouse;
  beforeAll(async () => {
    house = await LiveHouse.open({ apart: true });
  }, 120_000);
  afterAll(() => house?.close());

  it('come through as well, and end with a code when the other process does', async () => {
    const events = await house.overSocket('auditor@acme.test', changes);
    const first = events.next();
    await house.underWay(1);
    const id = await house.propose();
    expect((await first).actionChanged).toMatchObject({
      kind: 'PROPOSED',
      action: { id, maker: { name: 'operator' } },
    });
    const end = events.ended();
    await house.endSubgraphs();
    expect(await end).toEqual(['SUBSCRIPTION_INTERRUPTED']);
    await house.underWay(0);
  });
});
