import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** A clone in small: the real scripts, and in the place of npm, tsc and the command ones that tell what was asked. */
let clone: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'clone-'));
  await cp(join(import.meta.dirname, '..', 'scripts'), join(clone, 'scripts'), { recursive: true });
  await write('package-lock.json', '{}');
  await write('gateway/src/index.ts', '');
  await write('plugins/fhir/build.mjs', told('bundled fhir'));
  await write('gateway/playground/build.mjs', told('bundled playground'));
  await write(
    'template/typescript/bin/tsc',
    `${told('compiled')}; mkdirSync('gateway/dist', { recursive: true });
    writeFileSync('gateway/dist/index.js', '')`,
  );
  await write('template/@graphql-codegen/cli/esm/bin.js', told('generated the client'));
  await write(
    'packages/cli/bin/countersign.mjs',
    `${told('ran $args')}; console.log('output');
    if (process.argv.includes('--wait')) { process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up') }
    else process.exit(Number(process.argv.at(-1)) || 0)`,
  );
  await write(
    'fake/npm',
    `#!/bin/sh\necho "npm $*" >> '${clone}/told'\ncp -r '${clone}/template' '${clone}/node_modules'
    mkdir -p '${clone}/node_modules/.bin'; ln -sf '${process.execPath}' '${clone}/node_modules/.bin/node'\n`,
  );
  await chmod(join(clone, 'fake/npm'), 0o755);
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(clone, { recursive: true });
});

describe('npm start', () => {
  it('installs and builds on a fresh clone, then runs, and the next time only runs', async () => {
    const first = await run('start', '--data-dir', 'here');
    expect(first.code).toBe(0);
    expect(first.output).toBe('output\n');
    expect(first.said).toMatch(/^Countersign: installing \(about a minute, once\) \.\.\.\n/);
    expect(first.said).toMatch(/installing took [\d.]+ s\n.*building \.\.\.\n.*building took [\d.]+ s\n$/s);
    expect(await steps()).toEqual([
      'npm ci --no-audit --no-fund --loglevel=error',
      'compiled',
      'bundled fhir',
      'bundled playground',
      'ran start --data-dir here',
    ]);
    expect((await run('start')).said).toBe('');
    expect(await steps()).toEqual(['ran start']);
  });

  it('installs again when the lock file is another, and builds again when a source is', async () => {
    await run('start');
    await write('package-lock.json', '{ "changed": true }');
    await run('start');
    expect((await steps()).filter((step) => step.startsWith('npm'))).toHaveLength(2);
    await appendFile(join(clone, 'gateway/src/index.ts'), 'export {};');
    await run('start');
    expect(await steps()).toEqual(['compiled', 'bundled fhir', 'bundled playground', 'ran start']);
    await write('gateway/src/some.test.ts', 'a test is not built');
    await run('start');
    expect(await steps()).toEqual(['ran start']);
  });

  it('does not install again what was installed by hand', async () => {
    await run('start');
    await rm(join(clone, 'node_modules/.countersign-install'));
    await write('node_modules/.package-lock.json', '{}');
    await run('start');
    const old = new Date('2020-01-01');
    await utimes(join(clone, 'node_modules/.package-lock.json'), old, old);
    expect((await steps()).filter((step) => step.startsWith('npm'))).toHaveLength(1);
    await run('start');
    expect((await steps())[0]).toMatch(/^npm ci/);
  });

  it('does not take a failed build for a build', async () => {
    await write('template/typescript/bin/tsc', 'process.exit(2)');
    const { code, said } = await run('start');
    expect(code).toBe(2);
    expect(said).toMatch(/tsc -b failed \(exit code 2\)/);
    expect(await steps()).not.toContain('ran start');
    await run('start');
    expect(await steps()).toEqual([]);
  });

  it('ends with the exit code of what it ran', async () => {
    expect((await run('start', '7')).code).toBe(7);
    expect((await run('schema')).code).toBe(0);
    expect((await steps()).slice(-2)).toEqual(['ran schema', 'generated the client']);
    expect((await run('dance')).code).toBe(2);
  });

  it('passes a signal on and waits for a clean end', async () => {
    await run('schema');
    const ended = run('start', '--wait');
    await new Promise<void>((up) => child?.stdout?.on('data', (text) => String(text).includes('up') && up()));
    child?.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});

async function run(...args: string[]): Promise<{ code: number | null; output: string; said: string }> {
  const env = { PATH: `${join(clone, 'fake')}${delimiter}${process.env.PATH}` };
  const started = spawn(process.execPath, ['scripts/run.mjs', ...args], { cwd: clone, env });
  child = started;
  let output = '';
  let said = '';
  started.stdout.on('data', (text) => {
    output += text;
  });
  started.stderr.on('data', (text) => {
    said += text;
  });
  const code = await new Promise<number | null>((done) => started.once('close', done));
  return { code, output, said };
}

/** What was done since this was last asked. */
async function steps(): Promise<string[]> {
  const text = await readFile(join(clone, 'told'), 'utf8').catch(() => '');
  await rm(join(clone, 'told'), { force: true });
  return text.split('\n').filter(Boolean);
}

function told(step: string): string {
  return `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
    appendFileSync('${clone}/told', '${step}'.replace('$args', process.argv.slice(2).join(' ')) + '\\n')`;
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(clone, path)), { recursive: true });
  await writeFile(join(clone, path), content);
}
