import { actions, assembleServices } from '@countersign/actions';
import {
  assembleKernel,
  createLogger,
  Database,
  ensureLoginRole,
  GraphClient,
  loadConfig,
  newId,
  requestContext,
  servicePrincipal,
} from '@countersign/kernel';
import { Client } from 'pg';
import { CleanUp } from '../harness/clean-up.ts';
import { percentile } from '../harness/figures.ts';
import { duration, type Row, times } from '../permissions/report.ts';
import { startServer } from './deployments.ts';
import { growLog } from './grow-log.ts';

/** How much longer an entry may take in the longest log than in the shortest. */
const mostGrowth = 1.5;
/** Entries that are sealed together. */
const batch = 20;

/** What an entry takes, from its transaction to its place in the chain and the tree, as one tenant's log grows. */
export async function measureLog(sizes: readonly number[], appends: number): Promise<Row[]> {
  const cleanUp = new CleanUp();
  try {
    const { appUrl, ownerUrl, superuserUrl } = await startServer(cleanUp);
    const database = await Database.open({ entities: [...actions.entities], url: appUrl });
    cleanUp.add(() => database.close());
    await database.migrate([...actions.migrations], ownerUrl);
    await ensureLoginRole(ownerUrl, appUrl);
    const superuser = new Client({ connectionString: superuserUrl });
    await superuser.connect();
    cleanUp.add(() => superuser.end());
    const log = createLogger('silent');
    const config = loadConfig({ COUNTERSIGN_SECRET_KEY: 'only for what is measured, 32 characters' });
    const kernel = assembleKernel({ config, database, graph: new GraphClient(), log });
    const { services, stop } = assembleServices(kernel, {});
    cleanUp.add(stop);
    const tenant = newId();
    const context = requestContext(servicePrincipal(tenant, 'bench', []), log);
    const append = () =>
      database.withTenant(context.principal, async (em) =>
        services.logWriter.appendGeneral(em, context, 'CONFIGURATION', {
          facts: { connector: 'fhir' },
          values: { config: { baseUrl: 'https://fhir.example' } },
        }),
      );
    const results: { size: number; append: number; seal: number }[] = [];
    for (const size of sizes) {
      await growLog(superuser, tenant, size);
      // What comes first warms up the plans and the pages that each new size has.
      for (let turn = 0; turn < 2 * batch; turn += 1) await append();
      await services.sealer.sealOutstanding();
      const taken: Record<'append' | 'seal', number[]> = { append: [], seal: [] };
      for (let round = 0; round < appends / batch; round += 1) {
        for (let turn = 0; turn < batch; turn += 1) taken.append.push(await timed(append));
        taken.seal.push((await timed(() => services.sealer.sealOutstanding())) / batch);
      }
      results.push({ size, append: median(taken.append), seal: median(taken.seal) });
    }
    const [first] = results;
    return results.map(({ size, append, seal }, index): Row => {
      const ratio = (append + seal) / ((first?.append ?? 0) + (first?.seal ?? 0));
      return {
        what: `append + seal in a log of ${size.toLocaleString('en')}`,
        measured: `${duration(append)} + ${duration(seal)}`,
        ...(index > 0 && {
          beside: `at ${first?.size.toLocaleString('en')}`,
          ratio: times(ratio, 1),
          wanted: `x <= ${mostGrowth}`,
          isMet: ratio <= mostGrowth,
        }),
      };
    });
  } finally {
    await cleanUp.run();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) * 1_000;
}

const median = (taken: number[]): number =>
  percentile(
    taken.sort((a, b) => a - b),
    50,
  );
