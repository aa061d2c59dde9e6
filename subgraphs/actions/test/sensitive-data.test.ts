import type { Principal } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Action } from '../src/entities/action.ts';
import { Ground } from './ground.ts';

const secret = 'Maria Lindqvist';

const shown = `id title preview { summary costUsd changes { path before after } }
  outcome { externalId output summary errorCode errorMessage }`;

describe('what actions say of persons', () => {
  let ground: Ground;
  let nurse: Principal;
  let clerk: Principal;
  let open: string;
  let sensitive: string;

  beforeAll(async () => {
    ground = await Ground.open();
    const reading = ['actions:action:read', 'actions:log:read'];
    nurse = ground.someone({ permissions: [...reading, 'actions:sensitive:read'] });
    clerk = ground.someone({ permissions: reading });
    open = await ground.lay({ tool: { dataClass: 'NONE' } });
    sensitive = await ground.lay({ tool: { dataClass: 'PHI' }, costUsd: 3 });
    for (const id of [open, sensitive]) await ground.within((em) => tell(em, id));
  });
  afterAll(() => ground.close());

  const tell = async (em: Parameters<Parameters<Ground['within']>[0]>[0], id: string): Promise<void> => {
    const action = await em.findOneOrFail(Action, { id });
    const changes = [{ path: 'Patient.name', before: null, after: { given: [secret], age: 41, dead: false } }];
    action.preview = { ...action.preview, summary: `Admits ${secret}.`, changes };
    action.outcome = {
      externalId: 'Patient/17',
      output: { patient: secret, beds: 2 },
      summary: `Admitted ${secret}.`,
      errorCode: 'CONFLICT',
      errorMessage: `${secret} is here already.`,
    };
    ground.log.append(em, ground.context(nurse), action, 'OUTCOME', {
      facts: { status: 'FAILED' },
      values: { output: { patient: secret } },
    });
    await em.flush();
  };
  const ask = (who: Principal, id: string) =>
    ground.ask(who, `query ($id: ID!) { a: action(id: $id) { ...F } } fragment F on Action { ${shown} }`, { id });

  it('is shown to who may see it', async () => {
    const { data } = await ask(nurse, sensitive);
    expect(data.a).toMatchObject({
      preview: { summary: `Admits ${secret}.`, changes: [{ after: { given: [secret] } }] },
      outcome: { output: { patient: secret }, errorMessage: `${secret} is here already.` },
    });
  });

  it('is masked for others, who still see where, how much and how it ended', async () => {
    const { data, errors } = await ask(clerk, sensitive);
    expect(errors).toBeUndefined();
    const veiled = { given: ['•••'], age: '•••', dead: '•••' };
    expect(data.a).toEqual({
      id: sensitive,
      title: 'Add a note',
      preview: { summary: '•••', costUsd: 3, changes: [{ path: 'Patient.name', before: null, after: veiled }] },
      outcome: {
        externalId: 'Patient/17',
        output: { patient: '•••', beds: '•••' },
        summary: '•••',
        errorCode: 'CONFLICT',
        errorMessage: '•••',
      },
    });
  });

  it('is nobody’s secret where the tool says that it is of no person', async () => {
    expect((await ask(clerk, open)).data.a).toMatchObject({ preview: { summary: `Admits ${secret}.` } });
  });

  it('is masked in lists, as an entity, in the log, in the audit trail and in what is exported of it', async () => {
    const lists = await ground.ask(
      clerk,
      `query ($r: [_Any!]!) {
        actions(first: 10) { edges { node { id preview { summary } } } }
        _entities(representations: $r) { ... on Action { ${shown} } }
        decisionLog(first: 100) { edges { node { kind facts values } } }
        auditTrail(first: 100) { edges { node { values } } }
        ndjson: exportAuditTrail(format: NDJSON) { text count }
        csv: exportAuditTrail(format: CSV) { text }
      }`,
      { r: [{ __typename: 'Action', id: sensitive }] },
    );
    expect(lists.errors).toBeUndefined();
    const { actions, ...rest } = lists.data;
    const summaries = actions.edges.map(({ node }: { node: { preview: { summary: string } } }) => node.preview.summary);
    expect(summaries).toEqual(['•••', `Admits ${secret}.`]);
    expect(JSON.stringify(rest)).not.toContain(secret);
    expect(rest.ndjson.count).toBeGreaterThanOrEqual(4);
    expect(rest.ndjson.text).toContain('"output":{"patient":"•••"}');
    const told = await ground.ask(nurse, '{ exportAuditTrail(format: NDJSON) { text } }');
    expect(told.data.exportAuditTrail.text).toContain(secret);
  });

  it('is an attribute that policies may look at', async () => {
    await ground.publish(
      'forbid (principal, action == Action::"actions:action:read", resource) when { resource.dataClass == "PHI" };',
    );
    const { data } = await ground.ask(nurse, '{ actions(first: 10) { edges { node { id } } } }');
    expect(data.actions.edges).toEqual([{ node: { id: open } }]);
    expect((await ask(nurse, sensitive)).data.a).toBeNull();
    await ground.publish();
  });

  it('is refused where the tenant wants that, an export of it altogether', async () => {
    await ground.within((em) =>
      em.execute(`update kernel.access set settings = settings || '{"sensitiveFields": "ERROR"}'::jsonb`),
    );
    await ground.publish();
    const { data, errors } = await ask(clerk, sensitive);
    expect(data.a).toMatchObject({ id: sensitive, preview: null, outcome: null });
    const refusal = { code: 'FORBIDDEN', permission: 'actions:sensitive:read' };
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining(refusal),
      expect.objectContaining(refusal),
    ]);
    const handed = await ground.ask(clerk, '{ exportAuditTrail(format: CSV) { text } }');
    expect(handed.errors?.[0]?.extensions).toMatchObject(refusal);
  });
});
