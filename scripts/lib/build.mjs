import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, run } from './execute.mjs';
import { root as repository } from './paths.mjs';
import { timed } from './say.mjs';

const stampOf = (root) => join(root, 'node_modules', '.countersign-build');

/** Builds when a source, or what says how it is built, is another than it was at the last build. */
export async function buildIfChanged({ root = repository, force = false } = {}) {
  const before = sourcesHash(root);
  if (!force && !isBuildNeeded(root, before)) return;
  await timed(existsSync(stampOf(root)) ? 'building what has changed' : 'building', async () => {
    const node = nodeBinary(root);
    await run(node, ['node_modules/typescript/bin/tsc', '-b'], root);
    for (const script of bundlers(root)) await run(node, [script], root);
  });
  // The hash from before: what was saved while the build ran is not in it, and is built next time.
  writeFileSync(stampOf(root), before);
}

export function isBuildNeeded(root = repository, hash = sourcesHash(root)) {
  if (workspaces(root).some((folder) => existsSync(join(root, folder, 'src', 'index.ts')) && !hasBuild(root, folder))) {
    return true;
  }
  try {
    return readFileSync(stampOf(root), 'utf8') !== hash;
  } catch {
    return true;
  }
}

/** Path, size and time of every source: reading them all would cost more than a start without changes may. */
export function sourcesHash(root = repository) {
  const hash = createHash('sha256');
  for (const file of sources(root)) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sources(root) {
  const folders = workspaces(root);
  const files = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json', ...bundlers(root)];
  for (const folder of folders) files.push(join(folder, 'package.json'), join(folder, 'tsconfig.json'));
  for (const folder of [...folders.map((name) => join(name, 'src')), join('gateway', 'playground')]) {
    files.push(...filesUnder(root, folder));
  }
  return [...new Set(files)].filter((file) => existsSync(join(root, file))).sort();
}

function filesUnder(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
}

/** Each plugin is bundled to one file, the playground to a page. */
function bundlers(root) {
  const plugins = children(root, 'plugins').map((folder) => join(folder, 'build.mjs'));
  return [...plugins, join('gateway', 'playground', 'build.mjs')].filter((file) => existsSync(join(root, file)));
}

function workspaces(root) {
  return [...['packages', 'subgraphs', 'plugins'].flatMap((folder) => children(root, folder)), 'gateway', 'bench'];
}

function children(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

function hasBuild(root, folder) {
  return existsSync(join(root, folder, 'dist', 'index.js'));
}
