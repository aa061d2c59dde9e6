import { Command } from 'commander';
import type { VerifyLogOptions } from './commands/verify-log.ts';

const program = new Command('countersign').description('One graph for AI that acts.').version('0.1.0');

// Each command loads what it needs when it runs, so that a token does not wait for the whole house.
program
  .command('start')
  .description('run the product in this process')
  .action(async () => (await import('./commands/start.ts')).start());
program
  .command('token <email>')
  .description('print a short-lived token for one of the demo people')
  .action(async (email: string) => (await import('./commands/token.ts')).token(email));
program
  .command('demo')
  .description('walk the main job against the running product')
  .action(async () => (await import('./commands/demo.ts')).demo());
program
  .command('subgraph <name>')
  .description('serve one subgraph over HTTP')
  .action(async (name: string) => (await import('./commands/serve-subgraph.ts')).serveSubgraph(name));
program
  .command('gateway')
  .description('serve the gateway over subgraphs in other processes')
  .action(async () => (await import('./commands/serve-gateway.ts')).serveGateway());
program
  .command('migrate')
  .description('bring a PostgreSQL database up to date')
  .action(async () => (await import('./commands/migrate.ts')).migrate());
program
  .command('schema [folder]')
  .description('write the schema files from the code')
  .action(async (folder?: string) => (await import('./commands/schema.ts')).schema(folder));
program
  .command('verify-log <file>')
  .description('verify an exported decision log; needs no server')
  .option('--tenant <id>', 'whose log it has to be')
  .option('--key <file...>', 'trusted public keys (PEM)')
  .option('--trust-keys-in-file', 'trust the keys that the file brings along')
  .option('--from <file>', 'where an earlier file ended: its report (JSON)')
  .option('--head <file...>', 'signed tree heads that were kept elsewhere (JSON)')
  .option('--json', 'print the report as JSON')
  .action(async (file: string, options: VerifyLogOptions) =>
    (await import('./commands/verify-log.ts')).verifyLog(file, options),
  );

try {
  await program.parseAsync();
} catch (error) {
  const { CountersignError } = await import('@countersign/kernel/basics');
  console.error(error instanceof CountersignError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
