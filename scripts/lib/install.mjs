import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './execute.mjs';
import { root as repository } from './paths.mjs';
import { timed } from './say.mjs';

const stampOf = (root) => join(root, 'node_modules', '.countersign-install');

/** Installs when nothing is installed, or when the lock file is another than it was. */
export async function installIfChanged(root = repository) {
  if (!isInstallNeeded(root)) return;
  const first = !existsSync(join(root, 'node_modules'));
  await timed(first ? 'installing (about a minute, once)' : 'installing what has changed', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], root),
  );
  writeFileSync(stampOf(root), lockHash(root));
}

export function isInstallNeeded(root = repository) {
  try {
    if (readFileSync(stampOf(root), 'utf8') === lockHash(root)) return false;
  } catch {
    // Never installed from here.
  }
  return !isInstalledByHand(root);
}

/** npm keeps a lock file of what it has installed, and writes it last: within a second or two of the other one. */
function isInstalledByHand(root) {
  try {
    const installed = statSync(join(root, 'node_modules', '.package-lock.json')).mtimeMs;
    return installed + 2_000 >= statSync(join(root, 'package-lock.json')).mtimeMs;
  } catch {
    return false;
  }
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}
