import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { actions } from '@countersign/actions';
import { billing } from '@countersign/billing';
import { inference } from '@countersign/inference';
import { errorCatalogue, loadConfig, Metrics } from '@countersign/kernel';
import { knowledge } from '@countersign/knowledge';
import { toolErrors } from '@countersign/plugin-sdk';
import { tenants } from '@countersign/tenants';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import ts from 'typescript';
import { builtInRoles } from '../subgraphs/tenants/src/services/built-in-roles.ts';
import { asRow, blocks, constant, headings, sources, table } from './support/guides.ts';
import { Product, root, run } from './support/product.ts';

const guides = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

describe('the tables of the guides', () => {
  it('name every error code, its status and its meaning', () => {
    const known = Object.entries(errorCatalogue).map(([code, { status, meaning }]) => [code, String(status), meaning]);
    expect(table('docs/frontend.md', 'error codes')).toEqual(known);
  });

  it('name every code of user errors, and none that is not there', () => {
    const listed = table('docs/frontend.md', 'codes of user errors').flatMap(([codes = '']) => codes.split(', '));
    const code = sources('subgraphs').join('\n');
    const thrown = [...code.matchAll(/(?:problem|checkName)\(\s*'([A-Z_]+)'/g)].map(([, each]) => each);
    expect(listed).toEqual(expect.arrayContaining([...new Set(thrown)]));
    for (const each of listed) expect(code).toContain(`'${each}'`);
  });

  it('show operations that the graph has', () => {
    const schema = buildSchema(readFileSync('schema/graph.graphql', 'utf8'));
    const operations = guides.flatMap((guide) => blocks(guide, 'graphql').map(({ code }) => code));
    expect(operations.length).toBeGreaterThan(0);
    for (const text of operations) expect(validate(schema, parse(text))).toEqual([]);
  });

  it('name the limits as they are', () => {
    const limits = [
      ['the body of a request', constant('gateway/src/http/server.ts', 'bodyLimit') / 1024 ** 2, 'MiB'],
      ['tokens in a document', constant('gateway/src/limits/shape.ts', 'maxTokens')],
      ['depth', constant('gateway/src/limits/shape.ts', 'maxDepth'), 'levels'],
      ['aliases in a document', constant('gateway/src/limits/shape.ts', 'maxAliases')],
      ['cost of an operation', constant('gateway/src/limits/cost.ts', 'maxCost')],
      ['items on a page', constant('packages/kernel/src/graph/relay.ts', 'first >')],
      ["a search's query", constant('subgraphs/knowledge/src/services/search.ts', 'longestQuery'), 'characters'],
      ['a question', constant('subgraphs/inference/src/services/question.ts', 'longestQuestion'), 'characters'],
      [
        "a document's text",
        constant('subgraphs/knowledge/src/services/new-document.ts', 'textBytes'),
        'bytes of UTF-8',
      ],
    ];
    expect(table('docs/frontend.md', 'limits').map(([what, limit]) => [what, limit])).toEqual(limits.map(asRow));
  });

  it('name the bounds of the sandbox as they are', () => {
    const connectors = 'subgraphs/actions/src/connectors';
    const bounds = [
      ['JavaScript heap', constant(`${connectors}/connector-host.ts`, 'memoryMb'), 'MiB'],
      [
        'one call, as the product makes it',
        constant('subgraphs/actions/src/services/assemble-services.ts', 'callTimeoutMs'),
        'ms',
      ],
      ['one HTTP request with its redirects', constant(`${connectors}/http-broker.ts`, 'timeoutMs: longest'), 'ms'],
      ["a request's or response's body", constant(`${connectors}/http-broker.ts`, 'maxBytes'), 'bytes'],
      ['HTTP requests in one call', constant(`${connectors}/connector-child.ts`, 'MAX_REQUESTS')],
      ['an answer of a tool', constant(`${connectors}/child-messages.ts`, 'MAX_RESULT'), 'characters of JSON'],
      ['starting up', constant(`${connectors}/greeting.ts`, 'START_TIMEOUT_MS'), 'ms'],
    ];
    expect(table('docs/partners.md', 'bounds of the sandbox')).toEqual(bounds.map(asRow));
  });

  it('name every code that a tool may fail with', () => {
    const known = Object.entries(toolErrors).map(([code, { retryable, effect, meaning }]) => [
      code,
      retryable ? 'yes' : 'no',
      effect,
      meaning.replaceAll('`', ''),
    ]);
    expect(table('docs/partners.md', 'codes of tools')).toEqual(known);
  });

  it('name every setting, and the defaults of those that have one', () => {
    const schema =
      readFileSync('packages/kernel/src/config.ts', 'utf8').split('z.object({')[1]?.split('\n});')[0] ?? '';
    const settings = [...schema.matchAll(/^ {2}([A-Z_]+): (.*),$/gm)].map(([, name, type = '']) => ({
      name,
      fallback: /\.default\('?([^')]+)'?\)/.exec(type)?.[1],
    }));
    expect(settings.length).toBeGreaterThan(10);
    const rows = table('docs/admins.md', 'settings');
    expect(rows.map(([name]) => name)).toEqual(settings.map(({ name }) => name));
    for (const [index, { fallback }] of settings.entries()) if (fallback) expect(rows[index]?.[1]).toBe(fallback);
    const { port, hospital } = loadConfig({});
    expect(rows.find(([name]) => name === 'COUNTERSIGN_HOSPITAL_PORT')?.[1]).toBe(`the port + ${hospital.port - port}`);
  });

  it('name the built-in roles and what they hold', () => {
    const roles = builtInRoles.map(({ name, description, permissions }) => [name, description, permissions.join(', ')]);
    expect(table('docs/admins.md', 'built-in roles')).toEqual(roles);
  });

  it('name every permission but those of tools', () => {
    const catalogue = [tenants, knowledge, inference, actions, billing].flatMap(
      ({ permissions }) => permissions.catalogue,
    );
    const rows = catalogue.map(({ name, description }) => [name, description]);
    expect(table('docs/admins.md', 'permissions')).toEqual(rows);
  });

  it('name the metrics', async () => {
    const all = await new Metrics().registry.getMetricsAsJSON();
    const ours = all.filter(({ name }) => name.startsWith('countersign_')).map(({ name, help }) => [name, help]);
    expect(table('docs/admins.md', 'metrics').map(([name, , meaning]) => [name, meaning])).toEqual(ours);
  });

  it.each(guides)('%s links to what is there, and its commands are well formed', async (guide) => {
    const text = readFileSync(guide, 'utf8');
    for (const [, target = ''] of text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target.includes('://')) continue;
      const [path, anchor] = target.split('#');
      const file = path ? join(dirname(guide), path) : guide;
      expect({ target, exists: existsSync(file) }).toEqual({ target, exists: true });
      if (anchor) expect(headings(file)).toContain(anchor);
    }
    for (const { code } of blocks(guide, 'bash')) {
      const { stderr } = await run('bash', ['--norc', '-n', '-c', code], { PATH: process.env.PATH ?? '' });
      expect(stderr).toBe('');
    }
  });
});

describe('the examples of the guides', () => {
  const folder = join(root, 'test/dist/docs');
  const node = (path: string, ...args: string[]) =>
    run('bash', ['--norc', '-c', `cd "${folder}/${path}" && node ${args.join(' ')}`], env());
  let product: Product;
  let desk: ChildProcess;
  let extra: Record<string, string> = {};
  const env = () => ({ ...product.env, ...extra });

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    for (const guide of ['frontend', 'live', 'partners', 'admins']) {
      write(`${guide}/package.json`, '{ "type": "module" }');
      for (const { file, code } of blocks(`docs/${guide}.md`)) if (file) write(`${guide}/${file}`, code);
    }
    product = await Product.create();
    // The product has the connector of the guide beside our own.
    expect(await node('partners', 'build.mjs')).toMatchObject({ code: 0, stderr: '' });
    for (const file of ['connector.mjs', 'manifest.json']) {
      cpSync(`plugins/fhir/dist/${file}`, join(folder, 'plugins/fhir/dist', file));
      cpSync(join(folder, 'partners/dist', file), join(folder, 'plugins/helpdesk/dist', file));
    }
    await product.start({ COUNTERSIGN_PLUGINS_DIR: join(folder, 'plugins') });
    const operator = await product.token('operator@acme.test');
    extra = { COUNTERSIGN_URL: `${product.url}/graphql`, COUNTERSIGN_TOKEN: operator };
  }, 120_000);
  afterAll(async () => {
    desk?.kill();
    await product?.remove();
    rmSync(dirname(folder), { recursive: true, force: true });
  });

  it('compile', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile('tsconfig.base.json', ts.sys.readFile).config,
      ts.sys,
      root,
    );
    const checking = { ...options, composite: false, incremental: false, declaration: false, noEmit: true };
    const paths = files.map((file) => join(folder, file));
    const problems = ts.getPreEmitDiagnostics(ts.createProgram(paths, checking));
    expect(files.length).toBeGreaterThan(5);
    expect(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => root,
        getNewLine: () => '\n',
      }),
    ).toBe('');
  });

  it('ask the graph as a frontend does', async () => {
    const asked = await script('docs/frontend.md');
    expect(asked.match(/"email":"operator@acme.test"/g)).toHaveLength(3);
    expect(asked.match(/PERSISTED_QUERY_NOT_FOUND/g)).toHaveLength(1);
    const order = await node('frontend', 'order.ts');
    expect(order.stderr).toBe('');
    expect(order.stdout).toMatch(/^AWAITING_APPROVAL Order .*\ninput\.patient NOT_FOUND .*\n$/);
    const pages = await node('frontend', 'every-page.ts');
    expect(pages.stderr).toBe('');
    expect(pages.stdout.trim().split('\n').length).toBeGreaterThan(2);
  });

  it("are answered with the codes that GraphQL's own layer adds", async () => {
    for (const [code, , body] of table('docs/frontend.md', "codes of GraphQL's own")) {
      expect((await post(body)).errors?.[0]?.extensions.code).toBe(code);
    }
  });

  it('cost what the guide says', async () => {
    const query = '{ documents(first: 2500) { edges { node { id } } } }';
    const [error] = (await post(JSON.stringify({ query }))).errors ?? [];
    expect(error?.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', cost: 1 + 2500 * 2 });
  });

  it("keep the contract of connectors, and run in the product as a partner's connector does", async () => {
    const tested = await node('partners', 'test/contract.ts');
    expect(tested.stderr).toBe('');
    expect(tested.stdout.match(/^holds: /gm)?.length).toBeGreaterThan(10);
    write('partners/serve.ts', "console.log((await (await import('./test/help-desk.ts')).startHelpDesk()).url);");
    desk = spawn(process.execPath, [join(folder, 'partners/serve.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((ready) => desk.stdout?.once('data', (line) => ready(String(line).trim())));
    const installed = await script('docs/partners.md', { HELPDESK_URL: url });
    expect(installed).toContain('"installation":{"connector":"helpdesk","version":"1.0.0"},"userErrors":[]');
    expect(installed).toMatch(/"status":"AWAITING_APPROVAL","tool":"helpdesk.openTicket".*"userErrors":\[\]/);
  });

  it('administer a tenant, and check the chain of its log from outside', async () => {
    const administered = await script('docs/admins.md');
    expect(administered).toContain('"monthlyUsd":250');
    expect(administered).toContain('"kind":"CONFIGURATION"');
    expect(administered).not.toContain('"errors"');
    const permitted = await script('docs/permissions.md');
    expect(permitted).not.toContain('"errors"');
    expect(permitted).not.toMatch(/"userErrors":\[\{/);
    expect(permitted).toContain('"decidedBy":"NOTHING"');
    expect(permitted).toContain('"kind":"ACCESS_CHANGE"');
    const signedIn = await script('docs/sign-in.md');
    expect(signedIn).not.toContain('"errors"');
    expect(signedIn).not.toMatch(/"userErrors":\[\{/);
    expect(signedIn).toContain('"userName":"viewer@acme.test"');
    extra = { ...extra, COUNTERSIGN_TOKEN: await product.token('auditor@acme.test') };
    const checked = await node('admins', 'check-chain.ts');
    expect(checked.stderr).toBe('');
    expect(checked.stdout).toMatch(/^The chain holds up to entry [1-9]\d*: [0-9a-f]{64}\n$/);
  }, 180_000);

  it('back the embedded database up, and restore it', async () => {
    const log = '{ decisionLog(first: 100) { edges { node { id } } } }';
    const before = await post(JSON.stringify({ query: log }));
    expect(await product.end('SIGTERM')).toBe(0);
    const place = mkdtempSync(join(tmpdir(), 'countersign-backup-'));
    const commands = blocks('docs/admins.md', 'bash').filter(({ info }) => info === 'bash stopped');
    const script = [`cd '${place}'`, ...commands.map(({ code }) => code)].join('\n');
    expect(await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], env())).toMatchObject({
      code: 0,
      stderr: '',
    });
    await product.start({ COUNTERSIGN_DATA_DIR: join(place, 'restored') });
    const after = await post(JSON.stringify({ query: log }));
    expect(after.data?.decisionLog.edges.map(({ node }) => node.id)).toEqual(
      expect.arrayContaining(before.data?.decisionLog.edges.map(({ node }) => node.id) ?? ['none']),
    );
    expect(await product.end('SIGTERM')).toBe(0);
    rmSync(place, { recursive: true });
  });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  /** Runs a guide's `bash run` blocks, one after the other, and answers what they print. */
  async function script(guide: string, more: Record<string, string> = {}): Promise<string> {
    const commands = blocks(guide, 'bash').filter(({ info }) => info === 'bash run');
    const text = [quickNpx, ...commands.map(({ code }) => code)]
      .join('\n')
      .replaceAll('http://localhost:4000', product.url);
    const { code, stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', text], {
      ...env(),
      ...more,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  async function post(body: string | undefined): Promise<Answer> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${extra.COUNTERSIGN_TOKEN}` };
    const response = await fetch(`${product.url}/graphql`, { method: 'POST', headers, body });
    return (await response.json()) as Answer; // What is asked here has this shape.
  }
});

/** What npx would run, without npm's own start, which the guides would wait for some sixty times. */
const quickNpx = `npx() { node '${join(root, 'packages/cli/bin/countersign.mjs')}' "\${@:2}"; }`;

interface Answer {
  readonly data?: { readonly decisionLog: { readonly edges: readonly { readonly node: { readonly id: string } }[] } };
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly cost?: number } }[];
}
