import { CountersignError } from '@countersign/kernel';
import { Command } from 'commander';

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
  .command('schema [folder]')
  .description('write the schema files from the code')
  .action(async (folder?: string) => (await import('./commands/schema.ts')).schema(folder));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof CountersignError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
