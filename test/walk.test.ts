import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blocks } from './support/guides.ts';
import { Product, run } from './support/product.ts';

/** The main job as a user does it, against the started product. */
describe('the product', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.create();
    await product.start();
  }, 120_000);
  afterAll(() => product.remove());

  it('walks the main job with `countersign demo`', async () => {
    const { code, stdout, stderr } = await product.run(['demo']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('refused: MAKER_IS_NOT_CHECKER');
    expect(stdout).toContain('sealed and verified');
    expect(stdout).toContain('The walk is done.');
  });

  it('walks the main job with the commands that the README shows', async () => {
    const script = blocks('README.md', 'bash')
      .map(({ code }) => code)
      .join('')
      .replaceAll('http://localhost:4000', product.url);
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], product.env);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const shown = stdout + stderr; // What `tee` shows on the way goes to stderr.
    expect(shown).toContain('"name":"acme"');
    expect(shown).toContain('"status":"ANSWERED"');
    expect(shown).toContain('"status":"AWAITING_APPROVAL"');
    expect(shown).toContain('"code":"MAKER_IS_NOT_CHECKER"');
    expect(shown).toMatch(/"allowed":false,.*"policies":\[\{"name":"Maker is not checker","builtIn":true/);
    expect(shown).toContain('"status":"APPROVED"');
    expect(shown).toMatch(/"status":"SUCCEEDED","outcome":\{"externalId":"ServiceRequest\/[\w-]+"/);
    expect(shown).toContain('"status":"UNDONE"');
    expect(shown).toContain('"verified":true');
    expect(shown).toMatch(/"costPerSuccessfulActionUsd":0\.0\d*[1-9]/);
    expect(shown).not.toContain('"errors"');
  });
});
