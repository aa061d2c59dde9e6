import { actions } from '@countersign/actions';
import { billing } from '@countersign/billing';
import { inference } from '@countersign/inference';
import {
  assembleKernel,
  covers,
  createLogger,
  Database,
  GraphClient,
  loadConfig,
  SubgraphRuntime,
} from '@countersign/kernel';
import { knowledge } from '@countersign/knowledge';
import { builtInRoles, tenants } from '@countersign/tenants';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

describe('the roles that every tenant begins with', () => {
  let database: Database;
  let declared: string[];

  beforeAll(async () => {
    database = await Database.open({ entities: [] });
    const log = createLogger('silent');
    const kernel = assembleKernel({ config: loadConfig({}), database, graph: new GraphClient(), log });
    const all = [tenants, knowledge, inference, actions, billing];
    // At work they declare what their tools need, too.
    const catalogues = all.map((definition) => new SubgraphRuntime(definition, kernel).permissions.catalogue);
    declared = catalogues.flat().map(({ name }) => name);
  });
  afterAll(() => database.close());

  it('hold permissions alone that a subgraph or a tool declares', () => {
    const orphans = builtInRoles.flatMap(({ name, permissions }) =>
      permissions
        .filter((pattern) => !declared.some((permission) => covers(pattern, permission)))
        .map((pattern) => inWords(name, pattern)),
    );
    expect(orphans).toEqual([]);
  });

  it('leave no permission of the product without somebody who holds it', () => {
    const [admin] = builtInRoles.filter(({ name }) => name === 'admin');
    const unheld = declared.filter((permission) => !admin?.permissions.some((pattern) => covers(pattern, permission)));
    expect(unheld).toEqual([]);
  });
});

const inWords = (role: string, pattern: string): string =>
  `The built-in role "${role}" holds ${pattern}, and no subgraph declares a permission that it covers: it grants ` +
  "nothing. Was the permission renamed or dropped in its subgraph's permissions.ts? Then say so in " +
  'subgraphs/tenants/src/services/built-in-roles.ts, and give tenants that are there already a migration.';
