import { appendFileSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { requestContext, createLogger, type Principal } from '@countersign/kernel';
import { createTestDatabase } from '@countersign/kernel/testing';
import { knowledge } from '../src/index.ts';
import { hashingEmbedder } from '../src/services/embedder.ts';
import { Ingestion } from '../src/services/ingestion.ts';
import { Search } from '../src/services/search.ts';
import { reader } from './house.fixture.ts';
const read = (f: string): any[] => readFileSync(new URL(`../../../../shared/data/retrieval/cranfield/${f}`, import.meta.url), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const out = { push(...l: string[]) { appendFileSync('/tmp/measure.txt', l.join('\n') + '\n'); } };
it('measures', async () => {
  const database = await createTestDatabase([knowledge]);
  const principal: Principal = reader();
  const ing = new Ingestion(database, hashingEmbedder, () => new Date());
  const ctx = requestContext(principal, createLogger('silent'));
  const titleToId = new Map<string, string>();
  let t = performance.now();
  for (const d of read('docs.jsonl').slice(0, Number(process.env.N ?? 1400))) {
    if (!d.text.trim()) continue;
    if (titleToId.size % 200 === 0) out.push(`${titleToId.size} ${performance.now() - t}`);
    const doc = await ing.ingest(ctx, { source: 'c', title: (d.title.trim() || d.text).slice(0, 300), text: d.text, roles: ['operator'] });
    titleToId.set(doc.id, d.id);
  }
  out.push(`ingest ${titleToId.size} in ${performance.now() - t}`);
  const rel = new Map<string, Set<string>>();
  for (const { query, doc, grade } of read('qrels.jsonl')) if (grade > 0) (rel.get(query) ?? rel.set(query, new Set()).get(query)!).add(doc);
  const search = new Search(database, hashingEmbedder);
  const queries = read('queries.jsonl');
  const disc = (r: number) => 1 / Math.log2(r + 2);
  if (database.backend.kind === 'pglite') {
    const ex = database.backend.pglite.exec.bind(database.backend.pglite);
    const stat: [number, string][] = [];
    database.backend.pglite.exec = async (s: string, o: any) => { const b = performance.now(); const r = await ex(s, o); stat.push([performance.now() - b, s.replace(/\s+/g, ' ').slice(0, 90)]); return r; };
    await search.find(principal, queries[3].text, { first: 20, after: undefined });
    for (const [ms, s] of stat) out.push(`${ms.toFixed(1)} ${s}`);
    const plan: any[] = [];
    const V = "(p.document_id in (select d.id from knowledge.document d where (false or d.ingested_by = 'x' or d.roles && array(select jsonb_array_elements_text('[\"operator\"]'::jsonb))))) is true";
    for (const sql of [
      `select p.passage_id as id, sum(('{"flow":1,"wing":1,"layer":2}'::jsonb -> p.term)::float8 * p.frequency / (p.frequency + 1.2::float8 * p.passage_terms)) as score from knowledge.posting p where p.term in ('flow','wing','layer') and ${V} group by p.passage_id order by score desc, id limit 100`,
      `select p.id, knowledge.similarity(p.embedding, '{${Array(384).fill(0.05).join(',')}}'::real[]::knowledge.embedding) s from knowledge.passage p where p.embedder = 'hashing-384-v1' and ${V} order by s desc, p.id limit 100`])
      plan.push(...(await database.withTenant(principal, (em) => em.execute<any[]>('explain analyze ' + sql))));
    out.push(...plan.map((r) => String(r['QUERY PLAN']).replace(/\{.*\}/, '{}').slice(0, 200)));
  }
  for (const cap of ['off', 'on']) {
    process.env.CAP = cap;
    let sum = 0; const times: number[] = [];
    for (const q of queries) {
      t = performance.now();
      const { edges } = await search.find(principal, q.text, { first: 20, after: undefined });
      times.push(performance.now() - t);
      const docs = [...new Set(edges.map((e) => titleToId.get(e.node.documentId)!))].slice(0, 10);
      const r = rel.get(q.id) ?? new Set();
      sum += docs.reduce((a, d, i) => a + (r.has(d) ? disc(i) : 0), 0) / Array.from({ length: Math.min(10, r.size) }, (_, i) => disc(i)).reduce((a, b) => a + b, 0);
    }
    times.sort((a, b) => a - b);
    out.push(`cap ${cap} ndcg ${sum / queries.length} p50 ${times[112]} p95 ${times[214]}`);
  }
  t = performance.now();
  const big = read('docs.jsonl').map((d) => d.text).join('\n\n').slice(0, 1_040_000);
  const timer: number[] = []; let last = performance.now(); const iv = setInterval(() => { timer.push(performance.now() - last); last = performance.now(); }, 1);
  const doc = await ing.ingest(ctx, { source: 'c', title: 'big', text: big, roles: ['operator'] });
  clearInterval(iv);
  out.push(`1MB in ${performance.now() - t} passages ${doc.passageCount} longest stall ${Math.max(...timer)}`);
  if (process.env.N) return;
  const ev = await database.withTenant(principal, (em) => em.execute<any[]>("select payload from kernel.outbox order by id desc limit 1"));
  out.push(JSON.stringify(ev));
  await database.close();
}, 600000);
