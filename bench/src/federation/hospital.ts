import { join } from 'node:path';
import type { CleanUp } from '../harness/clean-up.ts';
import { freePorts } from '../harness/free-ports.ts';
import { MeasuredProcess } from '../harness/measured-process.ts';
import { repository } from './deployment.ts';

/** A demo hospital of the bench's own: it ends with the bench, also when the product has to be killed. Answers its URL. */
export async function startHospital(folder: string, cleanUp: CleanUp): Promise<string> {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const script = `${repository}packages/demo-hospital/dist/main.js`;
  const hospital = await MeasuredProcess.start({
    name: 'hospital',
    args: [script, '--port', String(port), '--data-dir', join(folder, 'hospital')],
    env: {},
    healthUrl: `${url}/health`,
  });
  cleanUp.add(() => hospital.stop());
  return url;
}
