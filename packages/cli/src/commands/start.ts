import { loadConfig } from '@countersign/kernel';
import { endHospital, hospitalFor } from '../demo/demo.ts';
import { seedDocumentsAndConnectors, seedTenants } from '../demo/seed.ts';
import { houseLogger, startHouse } from '../house/house.ts';
import { untilToldToEnd } from './until-told.ts';

/** `countersign start`: the product in one process, until Ctrl-C or SIGTERM. */
export async function start(): Promise<void> {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const progress = (step: string) => console.log(`  ${seconds().padStart(7)}  ${step}`);
  const config = loadConfig();
  console.log('Countersign is starting');
  const house = await startHouse({
    config,
    log: houseLogger(config),
    progress,
    beforeListening: async ({ database, gateway }) => {
      if (!config.demo) return;
      const hospitalUrl = await hospitalFor(config, progress);
      await seedTenants(database, progress);
      await seedDocumentsAndConnectors(gateway, hospitalUrl);
    },
  });
  console.log(`
Ready in ${seconds()}.

  Graph        ${house.url}/graphql
  Playground   ${house.url}/
  Health       ${house.url}/health
  Data         ${config.dataDir}
${config.demo ? '\nA token:     npx countersign token operator@acme.test\nThe walk:    npx countersign demo\n' : ''}
Ctrl-C ends it.`);
  await untilToldToEnd();
  console.log('\nCountersign is ending; requests under way are finished first');
  await house.close();
  if (config.demo) await endHospital(config);
}
