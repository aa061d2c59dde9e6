import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Deployment } from '../src/federation/deployment.ts';
import { createMonolith } from '../src/federation/monolith.ts';
import { startOneProcess } from '../src/federation/one-process.ts';
import { federationQuery } from '../src/federation/query.ts';
import { seedAndRead } from '../src/federation/sides.ts';
import { CleanUp } from '../src/harness/clean-up.ts';

const entities = 4;

describe('the federation bench', () => {
  const cleanUp = new CleanUp();
  let product: Deployment;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
    cleanUp.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    product = await startOneProcess(folder, cleanUp);
  }, 120_000);

  afterAll(() => cleanUp.run(), 60_000);

  it('measures a monolith that answers just what the product answers', async () => {
    const { token, rows, variables } = await seedAndRead(product, entities);
    const response = await fetch(product.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: federationQuery, variables }),
    });
    const answer: unknown = await response.json();
    const peerAnswer: unknown = JSON.parse(
      JSON.stringify(await createMonolith(rows)({ query: federationQuery, variables })),
    );
    expect(peerAnswer).toEqual(answer);
    expect(answer).toMatchObject({ data: { actions: { edges: { length: entities } } } });
  }, 120_000);
});
