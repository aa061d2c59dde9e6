/**
 * Bundles the connector into one self-contained file, as it runs in its child process, with its manifest beside it.
 *
 *   node plugins/fhir/build.mjs [--out FOLDER]      default: plugins/fhir/dist
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const flag = process.argv.indexOf('--out');
const outDir = flag < 0 ? join(here, 'dist') : resolve(process.argv[flag + 1] ?? '.');

/** What only the contract tests and the host need does not belong into the child. */
const leaveOutValidator = {
  name: 'leave-out-validator',
  setup({ onResolve, resolve: find }) {
    onResolve({ filter: /^ajv/ }, async ({ path, pluginData, ...options }) =>
      pluginData === 'seen'
        ? undefined
        : { ...(await find(path, { ...options, pluginData: 'seen' })), sideEffects: false },
    );
  },
};

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['source'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [leaveOutValidator],
};

await mkdir(outDir, { recursive: true });
const unfinished = (name) => join(outDir, `.${process.pid}.${name}`);
await build({
  ...common,
  entryPoints: [join(here, 'src/main.ts')],
  minifySyntax: true,
  outfile: unfinished('connector.mjs'),
});
await build({
  ...common,
  stdin: {
    contents: `import { manifestOf } from '@countersign/plugin-sdk';
      import { fhir } from './src/index.ts';
      export const manifest = manifestOf(fhir);`,
    resolveDir: here,
  },
  outfile: unfinished('manifest.mjs'),
});
// A dependency looks at it while it loads, and Node 20 has none. Nothing here opens one.
globalThis.WebSocket ??= class {};
const { manifest } = await import(pathToFileURL(unfinished('manifest.mjs')).href);
await rm(unfinished('manifest.mjs'));
await writeFile(unfinished('manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
// Renamed at the end, so that nobody ever loads half a file.
for (const name of ['connector.mjs', 'manifest.json']) await rename(unfinished(name), join(outDir, name));
console.log(`${manifest.name}@${manifest.version} is bundled in ${outDir}`);
