import { newId, type Principal, servicePrincipal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { inference } from '../src/index.ts';
import { type Given, given, policy } from './asking.ts';
import { standInGraph } from './stand-in-graph.ts';

describe('who reads an answer again', () => {
  const permissions = ['inference:answer:create', 'inference:answer:read'];
  const asker = testPrincipal({ permissions });
  let house: TestSubgraphs;
  let answer: Given;

  beforeAll(async () => {
    house = await startTestSubgraphs([inference], { graph: standInGraph([policy]).execute });
    answer = await given(house, asker);
  });
  afterAll(() => house.close());

  const byId = async (principal: Principal, id = answer.id): Promise<unknown> => {
    const query = 'query($id: ID!) { answer(id: $id) { id status text citations { quote start end } } }';
    const { data, errors } = await house.execute('inference', principal, query, { id });
    expect(errors).toBeUndefined();
    return (data as { answer: unknown }).answer; // As the operation selects it.
  };
  const byReference = (principal: Principal, ids: readonly string[]) => {
    const query = `query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Answer { id text } } }`;
    return house.execute('inference', principal, query, { keys: ids.map((id) => ({ __typename: 'Answer', id })) });
  };
  const colleague = (more: readonly string[] = []) =>
    testPrincipal({ tenantId: asker.tenantId, permissions: [...permissions, ...more] });

  it('whoever asked, as it was given', async () => {
    const citations = answer.citations.map(({ quote, start, end }) => ({ quote, start, end }));
    expect(await byId(asker)).toEqual({ id: answer.id, status: 'ANSWERED', text: answer.text, citations });
  });

  it('no colleague', async () => {
    expect(await byId(colleague())).toBeNull();
    expect(await byReference(colleague(), [answer.id])).toEqual({ data: { _entities: [null] } });
  });

  it('a colleague who audits answers', async () => {
    expect(await byId(colleague(['inference:answer:audit']))).toMatchObject({ id: answer.id });
  });

  it('nobody of another tenant, whatever they hold', async () => {
    expect(await byId(testPrincipal({ id: asker.id }))).toBeNull();
  });

  it('nobody without the permission to read answers', async () => {
    const stranger = { ...asker, permissions: [] };
    const { errors } = await house.execute('inference', stranger, '{ answer(id: "x") { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect((await byReference(stranger, [answer.id])).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('no machine that goes by the same id', async () => {
    expect(await byId(servicePrincipal(asker.tenantId, asker.id, permissions))).toBeNull();
  });

  it('nobody by an id that is none', async () => {
    expect(await byId(asker, 'not-an-id')).toBeNull();
  });

  it('answers references in their order, null for what is unknown, in one transaction', async () => {
    const another = await given(house, asker);
    const transactions = jest.spyOn(house.database, 'read');
    const { data } = await byReference(asker, [another.id, newId(), 'not-an-id', answer.id]);
    expect(data).toMatchObject({ _entities: [{ id: another.id }, null, null, { id: answer.id }] });
    expect(transactions).toHaveBeenCalledTimes(1);
    transactions.mockRestore();
  });

  it('and nobody changes it', async () => {
    const change = house.database.withTenant(asker, (em) =>
      em.execute("update inference.answer set text = 'other' where id = ?", [answer.id]),
    );
    await expect(change).rejects.toThrow(/permission denied/);
  });
});
