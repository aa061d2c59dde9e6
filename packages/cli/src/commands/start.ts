import { join } from 'node:path';
import { ensureHospital, stopHospital } from '@countersign/demo-hospital';
import { type Config, loadConfig } from '@countersign/kernel';
import { seedDemo } from '../demo/seed.ts';
import { houseLogger, startHouse } from '../house/house.ts';

/** `countersign start`: the product in one process, until Ctrl-C or SIGTERM. */
export async function start(): Promise<void> {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const progress = (step: string) => console.log(`  ${seconds().padStart(7)}  ${step}`);
  const config = loadConfig();
  const log = houseLogger(config);
  console.log('Countersign is starting');

  const house = await startHouse({
    config,
    log,
    progress,
    beforeListening: async ({ database, gateway }) => {
      if (!config.demo) return;
      const hospital = await ensureHospital({
        port: config.hospital.port,
        dataDir: hospitalDir(config),
        log: progress,
      });
      await seedDemo({ database, gateway, hospitalUrl: hospital.url, progress });
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
  if (config.demo) await stopHospital({ dataDir: hospitalDir(config) });
}

function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

const hospitalDir = (config: Config): string => join(config.dataDir, 'hospital');
