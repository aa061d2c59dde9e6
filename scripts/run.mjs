#!/usr/bin/env node
import { buildIfChanged } from './lib/build.mjs';
import { execute } from './lib/execute.mjs';
import { installIfChanged } from './lib/install.mjs';
import { say } from './lib/say.mjs';

// What `npm start`, `npm test` and the like run. It works on a fresh clone, where nothing is installed yet, on Node 20
// and newer: so nothing here imports anything but Node itself.

const cli = 'packages/cli/bin/countersign.mjs';
const commands = {
  start: (args) => execute(['--disable-sigusr1', cli, 'start', ...args]),
  test: (args) => execute(['node_modules/jest/bin/jest.js', '--forceExit', ...args]),
  // `npm run test:isolation -- --operations N --seed S`: the same property, for as long as one likes.
  'test:isolation': (args) =>
    execute(['node_modules/jest/bin/jest.js', '--forceExit', 'test/isolation.test.ts'], {
      COUNTERSIGN_ISOLATION_OPERATIONS: optionOf(args, '--operations') ?? '20000',
      COUNTERSIGN_ISOLATION_SEED: optionOf(args, '--seed') ?? String(Date.now()),
    }),
  // `npm run test:crash -- --kills N --seed S`: workers killed for as long as one likes.
  'test:crash': (args) =>
    execute(['node_modules/jest/bin/jest.js', '--forceExit', 'test/crash-fleet.test.ts'], {
      COUNTERSIGN_CRASH_KILLS: optionOf(args, '--kills') ?? '500',
      COUNTERSIGN_CRASH_SEED: optionOf(args, '--seed') ?? String(Date.now()),
    }),
  build: () => 0,
  // The schema from the code, then the typed client from the schema.
  schema: async (args) =>
    (await execute([cli, 'schema', ...args])) ||
    execute(['node_modules/@graphql-codegen/cli/esm/bin.js', '--silent', '--config', 'codegen.yml']),
  bench: (args) => execute(['bench/dist/index.js', ...args]),
};

function optionOf(given, option) {
  const at = given.indexOf(option);
  return at < 0 ? undefined : given[at + 1];
}

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (!command) {
  say(`usage: node scripts/run.mjs ${Object.keys(commands).join(' | ')}`);
  process.exit(2);
}
try {
  await installIfChanged();
  await buildIfChanged({ force: name === 'build' && args.includes('--force') });
  process.exitCode = await command(args);
} catch (error) {
  say(error.message);
  process.exitCode = error.exitCode ?? 1;
}
