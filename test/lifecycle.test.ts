import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Product, run } from './support/product.ts';

/** How the product begins and ends, and what it says when it cannot begin. */
describe('the process', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.create();
    await product.start();
  }, 120_000);
  afterAll(() => product.remove());

  const start = (env: Record<string, string>) =>
    run(process.execPath, ['packages/cli/bin/countersign.mjs', 'start'], { ...product.env, ...env });

  it('says at the end of its start where to go', () => {
    expect(product.output).toContain(`${product.url}/graphql`);
    expect(product.output).toContain('npx countersign token operator@acme.test');
  });

  it('refuses a data folder that another process uses, naming it', async () => {
    const { code, stderr } = await start({ COUNTERSIGN_PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^DATA_DIR_IN_USE: .* in use by process \d+ \(http:\/\/localhost:\d+\)\..*\n$/);
  });

  it('refuses a data folder that cannot be written', async () => {
    const file = join(product.dataDir, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await start({ COUNTERSIGN_DATA_DIR: join(file, 'below') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^DATA_DIR_UNWRITABLE: .*COUNTERSIGN_DATA_DIR.*\n$/);
  });

  it('refuses a setting that cannot be used, in one line', async () => {
    const { code, stderr } = await start({ COUNTERSIGN_PORT: 'http' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CONFIG_INVALID: COUNTERSIGN_PORT: .*\n$/);
  });

  it('gives tokens to the people of the demo alone', async () => {
    const { code, stderr } = await product.run(['token', 'stranger@acme.test']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^NOT_FOUND: The demo has no stranger@acme\.test\./);
    const { code: outside, stderr: why } = await run(
      process.execPath,
      ['packages/cli/bin/countersign.mjs', 'token', 'operator@acme.test'],
      {
        ...product.env,
        COUNTERSIGN_DEMO: 'off',
      },
    );
    expect(outside).toBe(1);
    expect(why).toMatch(/^FORBIDDEN: The demo issuer is off/);
  });

  it('ends cleanly on SIGTERM and has lost nothing when it starts again; a taken port is said in plain words', async () => {
    const operator = await product.token('operator@acme.test');
    const titles = '{ documents(first: 100) { edges { node { title } } } }';
    const before = await product.graphql(operator, titles);
    expect(before.errors).toBeUndefined();
    expect(await product.end('SIGTERM')).toBe(0);

    const squatter: Server = createServer();
    await new Promise<void>((resolve) => squatter.listen(product.port, 'localhost', resolve));
    const refused = await start({});
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/PORT_TAKEN: Port \d+ is taken/);
    await new Promise((resolve) => squatter.close(resolve));

    await product.start();
    expect(await product.graphql(operator, titles)).toEqual(before);
    expect(await product.end('SIGINT')).toBe(0);
  }, 120_000);
});
