import { parseArgs } from 'node:util';
import { HospitalError } from './errors.ts';
import { DEFAULT_TENANTS, startHospital } from './server.ts';

/** The demo hospital as a process: `node main.js --port 4100 --data-dir ./hospital`. SIGTERM and SIGINT end it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4100' },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string' },
      tenants: { type: 'string', default: DEFAULT_TENANTS.join(',') },
      faults: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port must be a number from 0 to 65535');
  if (!values['data-dir']) throw new Error('--data-dir must name the folder to keep resources in');

  const hospital = await startHospital({
    port,
    host: values.host,
    dataDir: values['data-dir'],
    tenants: values.tenants.split(','),
    faults: values.faults,
  });
  log(`ready at ${hospital.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log(`${signal}: stopping`);
      hospital.close().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
  }
}

function log(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}

function fail(error: unknown): never {
  const code = error instanceof HospitalError ? `${error.code} ` : '';
  log(`failed: ${code}${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

main().catch(fail);
