import { actions } from './actions/index.ts';
import { type Bench, UsageError } from './bench.ts';
import { federation } from './federation/index.ts';
import { permissions } from './permissions/index.ts';

const benches: readonly Bench[] = [federation, permissions, actions];

const [name, ...args] = process.argv.slice(2);
const bench = benches.find((each) => each.name === name);
if (bench) {
  try {
    await bench.run(args);
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  }
} else {
  if (name) console.error(`There is no bench ${name}.`);
  console.log(
    ['npm run bench -- NAME', ...benches.map((each) => `\n${each.name}\n  ${each.about}\n  ${each.usage}`)].join('\n'),
  );
  process.exitCode = name ? 2 : 0;
}
