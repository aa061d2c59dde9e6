import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, newId } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs } from '@countersign/kernel/testing';
import { provisionTenant, tenants } from '@countersign/tenants';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { DemoIssuer, Gateway, type HttpServer, localLink, serveHttp } from '../src/index.ts';

describe('a socket that has not said yet whose it is', () => {
  const acme = newId();
  const issuer = new DemoIssuer(mkdtempSync(join(tmpdir(), 'countersign-sockets-')));
  const open: WebSocket[] = [];
  let house: TestSubgraphs;
  const served: { gateway: Gateway; server: HttpServer }[] = [];
  let behindProxy: HttpServer;
  let alone: HttpServer;
  let hurried: HttpServer;
  let token: string;

  beforeAll(async () => {
    house = await startTestSubgraphs([tenants]);
    const users = [{ email: 'operator@acme.test', name: 'Olga Operator', role: 'operator' }];
    await provisionTenant(house.database, { id: acme, name: 'acme', region: 'eu', users });
    token = (await issuer.sign('operator@acme.test', acme)).token;
    const limits = { COUNTERSIGN_ANONYMOUS_SOCKETS: '3', COUNTERSIGN_ANONYMOUS_PER_IP: '2' };
    const patient = { ...limits, COUNTERSIGN_ANONYMOUS_SECONDS: '60' };
    behindProxy = await serve({ ...patient, COUNTERSIGN_TRUST_PROXY: 'on' });
    alone = await serve(patient);
    hurried = await serve({ ...limits, COUNTERSIGN_ANONYMOUS_SECONDS: '1' });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) {
      socket.terminate();
      if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
    }
  });
  afterAll(async () => {
    for (const { gateway, server } of served) {
      await server.close();
      await gateway.close();
    }
    await house.close();
  });

  const serve = async (settings: Record<string, string>): Promise<HttpServer> => {
    const config = loadConfig({ COUNTERSIGN_PORT: '0', ...settings });
    const links = [...house.runtimes.values()].map(localLink);
    const gateway = await Gateway.create({ config, log: house.kernel.log, links, verifier: issuer });
    const server = await serveHttp(gateway);
    served.push({ gateway, server });
    return server;
  };
  /** The socket, or the status that its handshake was refused with. */
  const knock = async (server: HttpServer, address: string): Promise<WebSocket | number> => {
    const headers = { 'x-forwarded-for': address };
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    socket.on('error', () => {});
    const refused = once(socket, 'unexpected-response').then((told) => {
      const response: IncomingMessage = told[1];
      expect(response.headers['retry-after']).toBe('5');
      return response.statusCode ?? 0;
    });
    const answer = await Promise.race([once(socket, 'open').then(() => socket), refused]);
    if (typeof answer !== 'number') open.push(socket);
    return answer;
  };
  const letIn = async (server: HttpServer, address: string): Promise<WebSocket> => {
    const socket = await knock(server, address);
    if (typeof socket === 'number') throw new Error(`The handshake was answered ${socket}.`);
    return socket;
  };
  /** The place of one that leaves is free once the server has heard of it. */
  const untilLetIn = async (server: HttpServer, address: string): Promise<WebSocket> => {
    for (let left = 100; left > 0; left -= 1) {
      const socket = await knock(server, address);
      if (typeof socket !== 'number') return socket;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('No place became free.');
  };

  it('is refused with 429 where there are too many of its address, or in all', async () => {
    await letIn(behindProxy, '192.0.2.1');
    const leaving = await letIn(behindProxy, '192.0.2.1');
    expect(await knock(behindProxy, '192.0.2.1')).toBe(429);
    await letIn(behindProxy, '192.0.2.2');
    expect(await knock(behindProxy, '192.0.2.3')).toBe(429);
    leaving.close();
    await untilLetIn(behindProxy, '192.0.2.3');
  });

  it('is not counted any more once it has', async () => {
    for (let left = 4; left > 0; left -= 1) {
      const socket = await letIn(behindProxy, '192.0.2.9');
      const answered = once(socket, 'message');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
      expect(JSON.parse(String((await answered)[0]))).toEqual({ type: 'connection_ack' });
    }
    const [left] = open;
    left?.close();
    // One that was known gives back nothing when it goes.
    for (const _ of [1, 2]) await letIn(behindProxy, '192.0.2.9');
    expect(await knock(behindProxy, '192.0.2.9')).toBe(429);
  });

  it('holds its place when it says so wrongly, until it is gone', async () => {
    const socket = await letIn(behindProxy, '192.0.2.7');
    await letIn(behindProxy, '192.0.2.7');
    const closed = once(socket, 'close');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer nonsense' } }));
    expect((await closed)[0]).toBe(4401);
    await untilLetIn(behindProxy, '192.0.2.7');
  });

  it('is of the address that it comes from, whatever it says, where no proxy is trusted', async () => {
    await letIn(alone, '192.0.2.1');
    await letIn(alone, '192.0.2.2');
    expect(await knock(alone, '192.0.2.3')).toBe(429);
  });

  it('is closed with 4408 when it takes too long, which leaves room for others', async () => {
    const sockets = [await letIn(hurried, '192.0.2.1'), await letIn(hurried, '192.0.2.1')];
    const closed = await Promise.all(sockets.map((socket) => once(socket, 'close')));
    expect(closed.map(([code]) => code)).toEqual([4408, 4408]);
    await untilLetIn(hurried, '192.0.2.1');
  });
});
