import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The other side of the notes. */
export class Pinboard {
  /** `busy`: nothing is taken. `lost`, `heard`: no clear answer comes, and the note is not pinned up, or is. */
  mode: 'well' | 'busy' | 'lost' | 'heard' = 'well';
  /** How long it takes to say whether a note is there, in milliseconds. */
  slowMs = 0;
  /** How often it was asked. */
  asked = 0;
  /** By their keys, as often as each was pinned up. */
  readonly notes: string[] = [];
  readonly #server = createServer((request, response) => {
    const key = (request.url ?? '').slice(1);
    const writes = request.method === 'POST';
    if (!writes) this.asked += 1;
    const isClear = this.mode === 'well' || this.mode === 'busy';
    if (writes && (this.mode === 'well' || this.mode === 'heard')) this.notes.push(key);
    const known = this.notes.includes(key) ? 200 : 404;
    const status = !isClear ? 503 : writes && this.mode === 'busy' ? 429 : known;
    setTimeout(() => response.writeHead(status).end(), writes ? 0 : this.slowMs);
  });
  url = '';

  static async open(): Promise<Pinboard> {
    const board = new Pinboard();
    await new Promise<void>((ready) => board.#server.listen(0, '127.0.0.1', ready));
    board.url = `http://127.0.0.1:${(board.#server.address() as AddressInfo).port}`; // listening on TCP
    return board;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }
}
