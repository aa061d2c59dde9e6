import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MeasuredProcess } from '../harness/measured-process.ts';

export const shapes = ['one-process', 'distributed'] as const;
export type Shape = (typeof shapes)[number];

/** The product at work in one of its shapes, with its demo seeded. */
export interface Deployment {
  readonly shape: Shape;
  /** Where the graph answers. */
  readonly url: string;
  readonly processes: readonly MeasuredProcess[];
  /** A bearer token of one of the demo's people. */
  token(email: string): Promise<string>;
}

/** The repository. Both `src` and `dist` lie two folders below the package. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const cli = `${repository}packages/cli/bin/countersign.mjs`;

/** Runs a CLI command to its end; answers its last line. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}
