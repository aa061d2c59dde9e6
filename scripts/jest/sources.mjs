import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync, version } from '@swc/core';
import { root } from '../lib/paths.mjs';
import { globalsModule } from './globals.mjs';

/** Of each TypeScript file that was loaded, by the name that it has in stack traces: the file with its source map. */
export const sourceMaps = new Map();

const cacheDir = join(root, 'node_modules', '.cache', 'countersign', 'sources');
const globalsUrl = 'countersign:jest-globals';
const options = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
  swcrc: false,
};

mkdirSync(cacheDir, { recursive: true });

// Sources instead of builds, and TypeScript through SWC: Node strips types, but knows no decorators.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return { url: globalsUrl, format: 'module', shortCircuit: true };
    return next(specifier, { ...context, conditions: ['source', ...context.conditions] });
  },
  load(url, context, next) {
    if (url === globalsUrl) return { format: 'module', source: globalsModule, shortCircuit: true };
    const { protocol, pathname } = new URL(url);
    if (protocol !== 'file:' || !pathname.endsWith('.ts')) return next(url, context);
    return { format: 'module', source: compiled(url), shortCircuit: true };
  },
});

/** JavaScript of a TypeScript file, kept under a name that its content gives. */
function compiled(url) {
  const path = fileURLToPath(url);
  const source = readFileSync(path, 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([version, options, path, source]))
    .digest('hex');
  const file = join(cacheDir, `${key.slice(0, 32)}.js`);
  sourceMaps.set(url, `${file}.map`);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { code, map } = transformSync(source, { ...options, filename: path, sourceFileName: path });
  keep(`${file}.map`, map);
  keep(file, code);
  return code;
}

/** Workers write the same files at once: each is whole from the moment that it has its name. */
function keep(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
