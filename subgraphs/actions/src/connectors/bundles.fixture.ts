import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { manifestOf } from '@countersign/plugin-sdk';
import { probing } from './probing.fixture.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Bundle {
  dir: string;
  remove(): Promise<void>;
}

/** The FHIR connector as it is shipped, built from its sources as they are now. */
export async function bundleFhir(): Promise<Bundle> {
  const bundle = await folder();
  await promisify(execFile)(process.execPath, [join(root, 'plugins/fhir/build.mjs'), '--out', bundle.dir]);
  return bundle;
}

/** A connector that tries what it must not. */
export async function bundleProbing(): Promise<Bundle> {
  const bundle = await folder();
  const flags = ['--bundle', '--format=esm', '--platform=node', '--conditions=source', '--loader=ts'];
  const built = spawnSync(
    join(root, 'node_modules/.bin/esbuild'),
    [...flags, `--outfile=${bundle.dir}/connector.mjs`],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      input: `import { serveConnector } from '@countersign/plugin-sdk';
      import { probing } from './probing.fixture.ts';
      serveConnector(probing);`,
      encoding: 'utf8',
    },
  );
  if (built.status !== 0) throw new Error(built.stderr);
  await writeFile(join(bundle.dir, 'manifest.json'), JSON.stringify(manifestOf(probing)));
  return bundle;
}

async function folder(): Promise<Bundle> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-connector-'));
  return { dir, remove: () => rm(dir, { recursive: true }) };
}
