import { readFileSync } from 'node:fs';
import { type Config, loadConfig } from '@countersign/kernel';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { subgraphNames } from './support/distributed.ts';
import { cli } from './support/process.ts';
import { run } from './support/product.ts';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [more: string]: unknown;
}

const ourServices = [...subgraphNames, 'gateway', 'migrate', 'hospital'];

/** No container engine runs in this test: the file is held against the specification and against the product itself. */
describe('docker-compose.yml', () => {
  const text = readFileSync('docker-compose.yml', 'utf8');
  const services: Readonly<Record<string, Service>> = filledIn(parse(text, { merge: true })).services;
  const service = (name: string): Service => {
    const found = services[name];
    if (!found) throw new Error(`There is no service ${name}.`);
    return found;
  };
  const configOf = (name: string): Config =>
    loadConfig(
      Object.fromEntries(Object.entries(service(name).environment ?? {}).map(([key, value]) => [key, String(value)])),
    );

  // The specification's own JSON Schema (compose-spec on GitHub, Apache-2.0), as check-jsonschema 0.39 brings it.
  it('is what the Compose specification allows', () => {
    const schema = JSON.parse(readFileSync('test/support/compose-spec.json', 'utf8'));
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const valid = ajv.validate(schema, filledIn(parse(text, { merge: true })));
    expect({ valid, errors: ajv.errors }).toEqual({ valid: true, errors: null });
  });

  it('has every part of the distributed shape', () => {
    expect(Object.keys(services).sort()).toEqual([...ourServices, 'postgres'].sort());
  });

  describe('commands', () => {
    let known: string;
    beforeAll(async () => {
      known = (await run(process.execPath, [cli, '--help'], { PATH: process.env.PATH ?? '' })).stdout;
    });

    it.each(ourServices.filter((name) => name !== 'hospital'))('%s runs a command that there is', (name) => {
      const [command = '', ...args] = service(name).command ?? [];
      expect(service(name).entrypoint).toBeUndefined();
      expect(known).toMatch(new RegExp(`^ {2}${command} ${args.length > 0 ? '<name>' : ''}`, 'm'));
      expect([command, ...args]).toEqual(name in { gateway: 1, migrate: 1 } ? [name] : ['subgraph', name]);
    });

    it('the hospital is started with options that it takes', () => {
      const { entrypoint = [], command = [] } = service('hospital');
      expect(entrypoint).toEqual(['node', 'packages/demo-hospital/dist/main.js']);
      const source = readFileSync('packages/demo-hospital/src/main.ts', 'utf8');
      for (const option of command.filter((each) => each.startsWith('--'))) {
        expect(source).toMatch(new RegExp(`^ +'?${option.slice(2)}'?: \\{ type:`, 'm'));
      }
    });
  });

  it('sets nothing that the configuration does not know, and values that it takes', () => {
    const config = readFileSync('packages/kernel/src/config.ts', 'utf8');
    for (const name of ourServices) {
      for (const variable of Object.keys(service(name).environment ?? {})) {
        expect(config).toMatch(new RegExp(`^ {2}${variable}: `, 'm'));
      }
      expect(() => configOf(name)).not.toThrow();
    }
  });

  it('gives each process what it needs, and no more', () => {
    for (const name of subgraphNames) {
      const { database, principalKey, gatewayUrl } = configOf(name);
      expect(database.url).toMatch(/^postgres:\/\/countersign:[^@]+@postgres:5432\/countersign$/);
      expect({ owner: database.ownerUrl, gatewayUrl }).toEqual({
        owner: undefined,
        gatewayUrl: 'http://gateway:4000/graphql',
      });
      expect(principalKey).toBeDefined();
    }
    const gateway = configOf('gateway');
    expect(gateway.database).toEqual({});
    expect(gateway.principalKey).toBe(configOf('tenants').principalKey);
    const migrate = configOf('migrate');
    expect(migrate.database.url).toBe(configOf('tenants').database.url);
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = service('postgres').environment ?? {};
    expect(migrate.database.ownerUrl).toBe(
      `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
    );
    for (const name of ourServices.filter((each) => each !== 'inference')) {
      expect(Object.keys(service(name).environment ?? {}).filter((each) => each.endsWith('API_KEY'))).toEqual([]);
    }
  });

  it('names each service where the others look for it', () => {
    const portOf = (name: string) => configOf(name).port;
    expect(subgraphNames.map(portOf)).toEqual([4001, 4002, 4003, 4004, 4005]);
    expect([...configOf('gateway').subgraphUrls]).toEqual(
      subgraphNames.map((name) => [name, `http://${name}:${portOf(name)}/graphql`]),
    );
    const [, hospitalPort] = /--port,(\d+)/.exec(String(service('hospital').command)) ?? [];
    expect(configOf('gateway').hospital).toMatchObject({ url: `http://hospital:${hospitalPort}`, external: true });
    for (const name of [...subgraphNames, 'gateway']) expect(configOf(name).host).toBe('0.0.0.0');
  });

  it('asks each server for its health where it answers', () => {
    for (const name of [...subgraphNames, 'gateway', 'hospital']) {
      const port = name === 'hospital' ? 4080 : configOf(name).port;
      expect(service(name).healthcheck?.test).toEqual([
        'CMD',
        'node',
        'deploy/healthcheck.mjs',
        `http://127.0.0.1:${port}/health`,
      ]);
    }
    expect(service('postgres').healthcheck?.test.slice(0, 2)).toEqual(['CMD', 'pg_isready']);
  });

  it('starts each service after what it cannot do without', () => {
    const conditions = (name: string) =>
      Object.fromEntries(Object.entries(service(name).depends_on ?? {}).map(([on, { condition }]) => [on, condition]));
    expect(conditions('migrate')).toEqual({ postgres: 'service_healthy' });
    for (const name of subgraphNames) expect(conditions(name)).toEqual({ migrate: 'service_completed_successfully' });
    expect(conditions('gateway')).toEqual(
      Object.fromEntries([...subgraphNames, 'hospital'].map((name) => [name, 'service_healthy'])),
    );
  });

  it('lets nobody in but from this machine, and only the subgraphs to the database', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual(['127.0.0.1:4000:4000', '127.0.0.1:4080:4080']);
    const onData = Object.keys(services).filter((name) => service(name).networks.includes('data'));
    expect(onData.sort()).toEqual([...subgraphNames, 'migrate', 'postgres'].sort());
  });

  it('runs every process of ours without privileges, on a file system that it cannot change', () => {
    for (const name of ourServices) {
      expect(service(name)).toMatchObject({
        build: { context: '.', dockerfile: 'deploy/Dockerfile' },
        read_only: true,
        init: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
    expect(readFileSync('deploy/Dockerfile', 'utf8')).toMatch(/^USER node$/m);
  });

  it('holds no secret, and says which are missing', () => {
    for (const [, variable, kind] of text.matchAll(/\$\{(\w*(?:KEY|PASSWORD))(:[?-])/g)) {
      expect([variable, kind]).toEqual([variable, variable?.endsWith('API_KEY') ? ':-' : ':?']);
    }
    expect(text.match(/(?:PASSWORD|KEY): (?!\$\{)\S+/g)).toBeNull();
  });

  it('is told every variable that it asks for by the example', () => {
    const example = readFileSync('deploy/compose.env.example', 'utf8');
    for (const [, variable] of text.matchAll(/\$\{(\w+):\?/g))
      expect(example).toMatch(new RegExp(`^${variable}=$`, 'm'));
    const asked = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, variable]) => variable));
    for (const [, variable] of example.matchAll(/^(?:# )?([A-Z_]+)=/gm)) expect(asked).toContain(variable);
  });
});

/** The file as Compose reads it: defaults in, and something for each variable that has to be set. */
function filledIn<Tree>(tree: Tree): Tree {
  const fill = (_: string, name: string, kind: string, rest: string) =>
    kind === '-' ? rest : `${name.toLowerCase()}-of-more-than-thirty-two-characters`;
  return JSON.parse(JSON.stringify(tree).replaceAll(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, fill));
}
