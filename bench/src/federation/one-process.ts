import { join } from 'node:path';
import type { CleanUp } from '../harness/clean-up.ts';
import { freePorts } from '../harness/free-ports.ts';
import { MeasuredProcess } from '../harness/measured-process.ts';
import { cli, type Deployment, runCli } from './deployment.ts';
import { startHospital } from './hospital.ts';

/** `countersign start`, as a user runs it: everything in one process, on PGlite in a folder of its own. */
export async function startOneProcess(folder: string, cleanUp: CleanUp): Promise<Deployment> {
  const hospitalUrl = await startHospital(folder, cleanUp);
  const [port] = await freePorts(1);
  const env = {
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_HOSPITAL_URL: hospitalUrl,
    COUNTERSIGN_DATA_DIR: join(folder, 'data'),
    COUNTERSIGN_LOG_LEVEL: 'error',
  };
  const healthUrl = `http://127.0.0.1:${port}/health`;
  const product = await MeasuredProcess.start({ name: 'countersign', args: [cli, 'start'], env, healthUrl });
  cleanUp.add(() => product.stop());
  return {
    shape: 'one-process',
    url: `http://127.0.0.1:${port}/graphql`,
    processes: [product],
    token: (email) => runCli(['token', email], env),
  };
}
