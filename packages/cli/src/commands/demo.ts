import { CountersignError, loadConfig, readHolder } from '@countersign/kernel/basics';
import { walk } from '../demo/walk.ts';

/** `countersign demo`: walks the main job against the running product and prints each step, its answer and its time. */
export async function demo(): Promise<void> {
  const config = loadConfig();
  const url = readHolder(config.dataDir)?.url ?? `http://localhost:${config.port}`;
  const healthy = await fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  );
  if (!healthy)
    throw new CountersignError('UPSTREAM_UNAVAILABLE', `Nothing answers at ${url}. Start the product first: npm start`);
  let number = 0;
  await walk({
    url: `${url}/graphql`,
    dataDir: config.dataDir,
    report: ({ title, answer, milliseconds }) => {
      number += 1;
      console.log(`\n${String(number).padStart(2)}. ${title}  (${milliseconds.toFixed(0)} ms)`);
      for (const line of answer.split('\n')) console.log(`    ${line}`);
    },
  });
  console.log('\nThe walk is done.');
}
