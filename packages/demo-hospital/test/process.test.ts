import { appendFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureHospital, findHospital, stopHospital } from '../src/index.ts';
import { ask, serviceRequest, temporaryFolder } from './folder.ts';

describe('the hospital as a process of its own', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let port: number;

  beforeEach(async () => {
    folder = await temporaryFolder();
    port = await freePort();
  });
  afterEach(async () => {
    await stopHospital({ dataDir: folder.path });
    await folder.remove();
  });

  const ensure = () => ensureHospital({ port, dataDir: folder.path });

  it('is started once, found again wherever it listens, and stopped', async () => {
    const first = await ensure();
    expect(first).toMatchObject({ url: `http://127.0.0.1:${port}`, started: true });
    expect(await ensure()).toEqual({ ...first, started: false });
    expect(await ensureHospital({ port: await freePort(), dataDir: folder.path })).toEqual({
      ...first,
      started: false,
    });
    expect(await findHospital({ port })).toMatchObject({ pid: first.pid, dataDir: folder.path });
    expect(await stopHospital({ port })).toBe(true);
    expect(await findHospital({ dataDir: folder.path })).toBeUndefined();
    expect(await stopHospital({ dataDir: folder.path })).toBe(false);
    expect((await readdir(folder.path)).sort()).toEqual(['acme.ndjson', 'globex.ndjson', 'hospital.log']);
  });

  it('is one hospital when two ask for it at the same moment', async () => {
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(one?.pid).toBe(other?.pid);
  });

  it('loses nothing that it acknowledged when it is killed, nor chokes on the line it was writing', async () => {
    const { url, pid } = await ensure();
    const acknowledged: unknown[] = [];
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; ; n++) {
        const body = serviceRequest(`${writer}-${n}`);
        acknowledged.push((await ask(`${url}/acme/fhir/R4/ServiceRequest`, { body })).body.id);
        if (acknowledged.length === 40) process.kill(pid, 'SIGKILL');
      }
    });
    await Promise.allSettled(writers);
    await appendFile(join(folder.path, 'acme.ndjson'), '{"op":"create","resou');

    const again = await ensure();
    expect(again.started).toBe(true);
    const { body } = await ask(`${again.url}/acme/fhir/R4/ServiceRequest?_count=1000`);
    const ids = (body.entry as { resource: { id: string } }[]).map(({ resource }) => resource.id);
    expect(ids).toEqual(expect.arrayContaining(acknowledged));
    expect((await ask(`${again.url}/acme/fhir/R4/Patient`)).body.total).toBe(7);
  });

  it('says that a port is taken, and by whom', async () => {
    const stranger = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    await expect(ensure()).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(port)),
    });
    await new Promise((closed) => stranger.close(closed));

    await ensure();
    const other = await temporaryFolder();
    await expect(ensureHospital({ port, dataDir: other.path })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(folder.path),
    });
    await other.remove();
  });

  it('says why it could not start', async () => {
    await appendFile(join(folder.path, 'acme.ndjson'), 'broken\n{}\n');
    await expect(ensure()).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      message: expect.stringContaining('line 1'),
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : 0;
}
