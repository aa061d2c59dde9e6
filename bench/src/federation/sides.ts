import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CleanUp } from '../harness/clean-up.ts';
import { freePorts } from '../harness/free-ports.ts';
import type { Target } from '../harness/load.ts';
import { MeasuredProcess } from '../harness/measured-process.ts';
import type { Deployment } from './deployment.ts';
import { graphAt } from './graph.ts';
import type { Side } from './measure.ts';
import { federationQuery } from './query.ts';
import { type Rows, readRows } from './rows.ts';
import { seed } from './seed.ts';

/** Both sides, ready to be measured: each holds the same rows and gives the same answer, whose size in bytes is known. */
export interface Sides {
  readonly product: Side;
  readonly monolith: Side;
  readonly bytes: number;
}

/** Seeds the product, copies its rows into a monolith, and makes sure that both answer the operation alike. */
export async function prepareSides(
  deployment: Deployment,
  folder: string,
  entities: number,
  cleanUp: CleanUp,
): Promise<Sides> {
  const { token, rows, variables } = await seedAndRead(deployment, entities);
  const monolith = await startMonolith(folder, rows, cleanUp);
  const body = JSON.stringify({ operationName: 'Federation', query: federationQuery, variables });
  const product = { url: deployment.url, headers: { authorization: `Bearer ${token}` }, body };
  const peer = { url: monolith.url, headers: {}, body };
  const [answer, peerAnswer] = [await ask(product), await ask(peer)];
  assert.deepEqual(JSON.parse(peerAnswer), JSON.parse(answer), 'The monolith answers something else than the product.');
  return {
    product: { target: expecting(product, answer), processes: deployment.processes },
    monolith: { target: expecting(peer, peerAnswer), processes: [monolith.process] },
    bytes: Buffer.byteLength(answer),
  };
}

/** Seeds the product as its demo's people do, and reads what came of it. */
export async function seedAndRead(
  deployment: Deployment,
  entities: number,
): Promise<{ token: string; rows: Rows; variables: { first: number; answer: string } }> {
  const token = await deployment.token('operator@acme.test');
  const graphOf = async (role: string) => graphAt(deployment.url, await deployment.token(`${role}@acme.test`));
  const operator = graphAt(deployment.url, token);
  const [admin, approver] = [await graphOf('admin'), await graphOf('approver')];
  const { answerId } = await seed({ operator, admin, approver }, entities);
  const rows = await readRows(operator, [admin, approver], { entities, answerId });
  return { token, rows, variables: { first: entities, answer: answerId } };
}

async function startMonolith(
  folder: string,
  rows: Rows,
  cleanUp: CleanUp,
): Promise<{ url: string; process: MeasuredProcess }> {
  const file = join(folder, 'rows.json');
  writeFileSync(file, JSON.stringify(rows));
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/graphql`;
  const script = fileURLToPath(new URL('./serve-monolith.js', import.meta.url));
  const process = await MeasuredProcess.start({
    name: 'graphql-jit monolith',
    args: [script, String(port), file],
    env: {},
    healthUrl: url,
  });
  cleanUp.add(() => process.stop());
  return { url, process };
}

type Request = Omit<Target, 'isRight'>;

async function ask({ url, headers, body }: Request): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  if (!response.ok || 'errors' in JSON.parse(text)) throw new Error(`${url} answers ${response.status}: ${text}`);
  return text;
}

/** Under load an answer is known by its length: it is the same each time, and an error is shorter. */
const expecting = (request: Request, answer: string): Target => ({
  ...request,
  isRight: (text) => text.length === answer.length,
});
