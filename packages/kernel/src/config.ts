import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { CountersignError } from './errors.ts';

const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'])
  .transform((value) => value === 'on' || value === 'true' || value === '1');
const port = z.coerce.number().int().min(0).max(65_535);
const atLeastOne = z.coerce.number().int().min(1);
const optionalText = z.string().trim().min(1).optional();
/** PEM on one line, with `\n` for its line breaks, is what many a settings file can hold. */
const signingKey = z
  .string()
  .transform((pem) => pem.replaceAll('\\n', '\n'))
  .refine(isEd25519, 'must be an Ed25519 private key: PEM, PKCS#8')
  .optional();

/** Origins separated by commas: scheme, host and port, and nothing behind them. */
const innerOrigins = z
  .string()
  .default('')
  .transform(
    (text) =>
      new Set(
        text
          .split(',')
          .map((origin) => origin.trim())
          .filter(Boolean),
      ),
  )
  .refine(
    (origins) => [...origins].every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins such as https://hooks.example.org, separated by commas, without a path',
  );

/** Every setting, where it comes from and what it means. `docs/admins.md` lists the same for operators. */
const environment = z.object({
  COUNTERSIGN_PORT: port.default(4000),
  COUNTERSIGN_HOST: z.string().min(1).default('localhost'),
  COUNTERSIGN_DATA_DIR: z.string().min(1).default('./.countersign'),
  COUNTERSIGN_DEMO: flag.optional(),
  COUNTERSIGN_HOSPITAL_PORT: port.optional(),
  COUNTERSIGN_HOSPITAL_URL: z.url().optional(),
  COUNTERSIGN_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  COUNTERSIGN_DATABASE_OWNER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  COUNTERSIGN_SUBGRAPHS: optionalText,
  COUNTERSIGN_GATEWAY_URL: z.url().optional(),
  COUNTERSIGN_PRINCIPAL_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  COUNTERSIGN_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  COUNTERSIGN_TRUST_PROXY: flag.optional(),
  COUNTERSIGN_SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  COUNTERSIGN_LOG_KEY: signingKey,
  COUNTERSIGN_OPERATOR_ISSUER: z.url().optional(),
  COUNTERSIGN_OPERATOR_AUDIENCE: optionalText,
  COUNTERSIGN_ALLOWED_ORIGINS: z.string().default(''),
  COUNTERSIGN_ANONYMOUS_SOCKETS: atLeastOne.default(1000),
  COUNTERSIGN_ANONYMOUS_PER_IP: atLeastOne.default(50),
  COUNTERSIGN_ANONYMOUS_SECONDS: z.coerce.number().min(1).max(60).default(5),
  COUNTERSIGN_WEBHOOK_ORIGINS: innerOrigins,
  COUNTERSIGN_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  COUNTERSIGN_PLUGINS_DIR: optionalText,
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OPENAI_API_KEY: optionalText,
  OPENAI_BASE_URL: z.url().optional(),
  ANTHROPIC_API_KEY: optionalText,
  ANTHROPIC_BASE_URL: z.url().optional(),
});

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder that holds the embedded database, keys and the demo hospital's data. */
  readonly dataDir: string;
  /** Demo tenants, demo issuer and demo hospital. On by default only with the embedded database. */
  readonly demo: boolean;
  /** The demo hospital: `external` when its URL is configured, else started here on the port. */
  readonly hospital: { readonly port: number; readonly url: string; readonly external: boolean };
  /** Absent: PGlite in the data folder. `ownerUrl` is for migrations alone. */
  readonly database: { readonly url?: string; readonly ownerUrl?: string };
  /** Subgraph name -> URL; empty: all subgraphs live in this process. */
  readonly subgraphUrls: ReadonlyMap<string, string>;
  /** Where a subgraph process reaches the graph. */
  readonly gatewayUrl?: string;
  readonly principalKey?: string;
  /** The address that browsers know this server by; absent: people sign in from this machine alone. */
  readonly publicUrl?: string;
  /** Whether a proxy in front says who the caller is (`X-Forwarded-*`). */
  readonly trustProxy: boolean;
  /** What secrets at rest and sign-ins under way are encrypted with; absent: a key file in the data folder. */
  readonly secretKey?: string;
  /** What the decision log's tree heads are signed with, PEM; absent: a key that is made once and kept encrypted. */
  readonly logKey?: string;
  /** Who signs the platform's own operators in; absent: nobody does. */
  readonly operators?: { readonly issuer: string; readonly audience: string };
  readonly allowedOrigins: readonly string[];
  /** WebSockets that have not said yet who they are: how many at once, and for how long each. */
  readonly anonymousSockets: { readonly inAll: number; readonly perAddress: number; readonly withinMs: number };
  /** Origins inside the house that webhooks may go to; everything else that they go to is public. */
  readonly webhookOrigins: ReadonlySet<string>;
  readonly logLevel: string;
  readonly pluginsDir?: string;
  readonly otlpEndpoint?: string;
  readonly openai?: { readonly apiKey: string; readonly baseUrl?: string };
  readonly anthropic?: { readonly apiKey: string; readonly baseUrl?: string };
}

/** Reads the settings. Throws `CONFIG_INVALID` with one line that names every bad value and what would be right. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new CountersignError('CONFIG_INVALID', problems.join('; '));
  }
  const e = parsed.data;
  const hospitalPort = e.COUNTERSIGN_HOSPITAL_PORT ?? (e.COUNTERSIGN_PORT === 0 ? 0 : e.COUNTERSIGN_PORT + 80);
  return {
    port: e.COUNTERSIGN_PORT,
    host: e.COUNTERSIGN_HOST,
    dataDir: resolve(e.COUNTERSIGN_DATA_DIR),
    demo: e.COUNTERSIGN_DEMO ?? e.COUNTERSIGN_DATABASE_URL === undefined,
    hospital: {
      port: hospitalPort,
      url: e.COUNTERSIGN_HOSPITAL_URL ?? `http://localhost:${hospitalPort}`,
      external: e.COUNTERSIGN_HOSPITAL_URL !== undefined,
    },
    database: { url: e.COUNTERSIGN_DATABASE_URL, ownerUrl: e.COUNTERSIGN_DATABASE_OWNER_URL },
    subgraphUrls: parseSubgraphUrls(e.COUNTERSIGN_SUBGRAPHS),
    gatewayUrl: e.COUNTERSIGN_GATEWAY_URL,
    principalKey: e.COUNTERSIGN_PRINCIPAL_KEY,
    publicUrl: e.COUNTERSIGN_PUBLIC_URL,
    trustProxy: e.COUNTERSIGN_TRUST_PROXY ?? false,
    secretKey: e.COUNTERSIGN_SECRET_KEY,
    logKey: e.COUNTERSIGN_LOG_KEY,
    operators: operatorsOf(e.COUNTERSIGN_OPERATOR_ISSUER, e.COUNTERSIGN_OPERATOR_AUDIENCE),
    allowedOrigins: e.COUNTERSIGN_ALLOWED_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
    anonymousSockets: {
      inAll: e.COUNTERSIGN_ANONYMOUS_SOCKETS,
      perAddress: e.COUNTERSIGN_ANONYMOUS_PER_IP,
      withinMs: e.COUNTERSIGN_ANONYMOUS_SECONDS * 1_000,
    },
    webhookOrigins: e.COUNTERSIGN_WEBHOOK_ORIGINS,
    logLevel: e.COUNTERSIGN_LOG_LEVEL,
    pluginsDir: e.COUNTERSIGN_PLUGINS_DIR,
    otlpEndpoint: e.OTEL_EXPORTER_OTLP_ENDPOINT,
    openai: e.OPENAI_API_KEY ? { apiKey: e.OPENAI_API_KEY, baseUrl: e.OPENAI_BASE_URL } : undefined,
    anthropic: e.ANTHROPIC_API_KEY ? { apiKey: e.ANTHROPIC_API_KEY, baseUrl: e.ANTHROPIC_BASE_URL } : undefined,
  };
}

function isEd25519(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

/** An issuer signs tokens for many; without an audience each of them would be let in. */
function operatorsOf(issuer: string | undefined, audience: string | undefined): Config['operators'] {
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer !== undefined && audience !== undefined) return { issuer, audience };
  throw new CountersignError(
    'CONFIG_INVALID',
    'COUNTERSIGN_OPERATOR_ISSUER and COUNTERSIGN_OPERATOR_AUDIENCE belong together: give both or neither.',
  );
}

/** `tenants=http://host:4001,knowledge=http://host:4002` -> a map. */
function parseSubgraphUrls(text: string | undefined): ReadonlyMap<string, string> {
  if (!text) return new Map();
  return new Map(
    text.split(',').map((pair) => {
      const [name, url] = pair.trim().split(/=(.*)/s);
      if (!name || !url || !URL.canParse(url)) {
        throw new CountersignError(
          'CONFIG_INVALID',
          `COUNTERSIGN_SUBGRAPHS: "${pair}" must be NAME=URL, for example tenants=http://localhost:4001`,
        );
      }
      return [name, url] as const;
    }),
  );
}
