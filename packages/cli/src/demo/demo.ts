import { join } from 'node:path';
import { ensureHospital, stopHospital } from '@countersign/demo-hospital';
import { type Demo, DemoIssuer } from '@countersign/gateway';
import type { Config } from '@countersign/kernel';
import { demoUsers } from './people.ts';

/** The demo's issuer and people, for a gateway. */
export const demoOf = (config: Config): Demo => ({ issuer: new DemoIssuer(config.dataDir), users: demoUsers });

/**
 * Where the demo hospital answers: the one that is configured elsewhere, the one that already runs on this data folder,
 * or one that is started now and lives on when this process is killed.
 */
export async function hospitalFor(config: Config, progress: (step: string) => void): Promise<string> {
  if (config.hospital.external) return config.hospital.url;
  const { url } = await ensureHospital({ port: config.hospital.port, dataDir: folderOf(config), log: progress });
  return url;
}

/** Ends the demo hospital when it was not configured elsewhere. Its data stays. */
export async function endHospital(config: Config): Promise<void> {
  if (!config.hospital.external) await stopHospital({ dataDir: folderOf(config) });
}

const folderOf = (config: Config): string => join(config.dataDir, 'hospital');
