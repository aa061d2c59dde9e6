import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf } from '@countersign/plugin-sdk';
import { ledger } from './ledger.ts';

const root = join(import.meta.dirname, '../../../..');

/** A folder of plugins with the connectors of the product and the ledger. */
export function buildLedger(folder: string): string {
  const plugins = join(folder, 'plugins');
  const dist = join(plugins, 'ledger/dist');
  mkdirSync(dist, { recursive: true });
  // A copy: what a connector may read ends at its folder, and a link leads out of it.
  cpSync(join(root, 'plugins/fhir/dist'), join(plugins, 'fhir/dist'), { recursive: true });
  const flags = ['--bundle', '--format=esm', '--platform=node', '--conditions=source', '--loader=ts'];
  const input = `import { serveConnector } from '@countersign/plugin-sdk';
    import { ledger } from './ledger.ts';
    serveConnector(ledger);`;
  const built = spawnSync(join(root, 'node_modules/.bin/esbuild'), [...flags, `--outfile=${dist}/connector.mjs`], {
    cwd: import.meta.dirname,
    input,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifestOf(ledger)));
  return plugins;
}
