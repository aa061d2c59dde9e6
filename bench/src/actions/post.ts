import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Sends JSON on a connection that is kept; answers what came back. Throws unless it is a 2xx. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(text));
    const all = { 'content-type': 'application/json', 'content-length': length, ...headers };
    const sent = request(url, { method: 'POST', agent, headers: all }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        const answer = Buffer.concat(parts).toString();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(JSON.parse(answer));
        else reject(new Error(`${url} answered ${status}: ${answer.slice(0, 500)}`));
      });
    });
    sent.once('error', reject);
    sent.end(text);
  });
}
