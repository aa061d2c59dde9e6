import { defineConnector, defineTool, type ToolContext } from '@countersign/plugin-sdk';

/** A connector that tries what it must not, and tells in its preview's summary what came of it. */
export const probing = defineConnector({
  name: 'probing',
  version: '1.0.0',
  title: 'Probing',
  description: 'Tries what a connector must not be able to do.',
  configSchema: {
    type: 'object',
    required: ['baseUrl'],
    properties: {
      baseUrl: { type: 'string', format: 'uri', description: 'Where it may go.' },
      asksFor: { type: 'string', description: 'The host that it asks for besides, without its scheme.' },
    },
  },
  egress: ({ baseUrl, asksFor }) => [new URL(String(baseUrl)).origin, ...(asksFor ? [`http://${asksFor}`] : [])],
  tools: [
    defineTool({
      name: 'probe',
      title: 'Probe',
      description: 'Tries one thing.',
      version: '1.0.0',
      risk: 'high',
      reversibility: 'irreversible',
      inputSchema: {
        type: 'object',
        additionalProperties: false,
        required: ['what'],
        properties: {
          what: { type: 'string', description: 'What to try.' },
          target: { type: 'string', default: '', description: 'At what: a URL, a path or a process id.' },
        },
      },
      outputSchema: {
        type: 'object',
        required: ['answer'],
        properties: { answer: { type: 'string', description: 'What came of it.' } },
      },
      async preview({ what, target }, ctx) {
        if (what === 'nonsense') return JSON.parse('{ "summary": 5 }');
        return { summary: await attempt(what, target, ctx), changes: [] };
      },
      async execute({ what, target }, ctx) {
        const answer = await attempt(what, target, ctx);
        if (what === 'wrongOutput') return { status: 'succeeded', externalId: '1', output: JSON.parse('{}') };
        return { status: 'succeeded', externalId: '1', output: { answer } };
      },
      verify: async () => ({ status: 'not_done' }),
    }),
  ],
});

async function attempt(what: string, target: string, ctx: ToolContext): Promise<string> {
  try {
    return `allowed: ${await attempts[what]?.(target, ctx)}`;
  } catch (error) {
    // Errors of the SDK's go on as they are; they are what the host answered with.
    if (error instanceof Error && error.name === 'ToolError') throw error;
    if (what === 'fail') throw error;
    const { code, cause } = error as { code?: string; cause?: { code?: string } }; // as Node's errors are
    return `denied: ${code ?? cause?.code ?? cause ?? error}`;
  }
}

const attempts: Record<string, (target: string, ctx: ToolContext) => unknown> = {
  fetch: async (url) => (await fetch(url)).status,
  connect: async (port) => {
    const net = await import('node:net');
    const socket = net.connect(Number(port), '127.0.0.1');
    await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
  },
  dns: async (name) => (await import('node:dns/promises')).lookup(name),
  read: async (path) => (await import('node:fs')).readFileSync(path, 'utf8').length,
  write: async (path) => (await import('node:fs')).writeFileSync(path, 'x'),
  sqlite: async (path) => {
    // Not written as an import, which would keep the whole file from loading where the module is away.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    new DatabaseSync(path).exec('create table t (a)');
  },
  spawn: async () => (await import('node:child_process')).execFileSync('true').length,
  worker: async () => new (await import('node:worker_threads')).Worker('', { eval: true }),
  kill: (pid) => process.kill(Number(pid), 0),
  debug: (pid) => Reflect.get(process, '_debugProcess')(Number(pid)),
  priority: async (pid) => (await import('node:os')).setPriority(Number(pid), 10),
  send: () => {
    if (!process.send) throw new Error('process.send is gone');
    process.send({ kind: 'log', level: 'error', message: 'forged' });
  },
  flags: async () => (await import('node:v8')).setFlagsFromString('--log'),
  environment: () => Object.keys(process.env).join(),
  get: async (url, ctx) => {
    const response = await ctx.http({ url });
    return `${response.status} ${response.text().slice(0, 200)}`;
  },
  getQuickly: async (url, ctx) => (await ctx.http({ url, timeoutMs: 100 })).status,
  post: async (url, ctx) => (await ctx.http({ method: 'POST', url, body: 'x' })).status,
  postSafely: async (url, ctx) => (await ctx.http({ method: 'POST', url, body: 'x', safe: true })).status,
  setHost: async (url, ctx) => (await ctx.http({ url, headers: { Host: 'elsewhere' } })).status,
  postThenCrash: async (url, ctx) => {
    await ctx.http({ method: 'POST', url, body: 'x' });
    process.exit(3);
  },
  crash: () => process.exit(3),
  exhaust: () => {
    const kept: string[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => `${index}`));
  },
  hang: () => {
    for (;;);
  },
  wait: (_target, ctx) => new Promise((_, fail) => ctx.signal.addEventListener('abort', () => fail(ctx.signal.reason))),
  fail: () => {
    throw new TypeError('a detail that nobody outside should see');
  },
  wrongOutput: () => 'something',
  echo: (text) => text,
};
