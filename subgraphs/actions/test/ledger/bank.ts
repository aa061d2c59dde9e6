import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Booked, changesOf, type Reversed } from './ledger.ts';

interface Payment {
  readonly to: string;
  readonly amount: string;
}

/**
 * The other side of the ledger. It refuses what is paid to an account whose name begins with `closed`, judges `slow` ones
 * later, books a cent less to `rounding` ones, and has nothing back from `spent` ones.
 */
export class Bank {
  readonly #batches = new Map<string, { payments: Payment[]; judged: Map<number, boolean>; reversed: Set<number> }>();
  readonly #server = createServer((request, response) => {
    const [, kind = '', key = ''] = (request.url ?? '').split('/');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
      const answer =
        kind === 'reversals' && this.reversesNothing ? null : this.#answer(request.method ?? 'GET', kind, key, body);
      const isTooLate = kind === 'reversals' && this.reversesNothing;
      response
        .writeHead(isTooLate ? 409 : answer ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer));
    });
  });
  url = '';
  /** The time to have anything back is over. */
  reversesNothing = false;

  static async open(): Promise<Bank> {
    const bank = new Bank();
    await new Promise<void>((ready) => bank.#server.listen(0, '127.0.0.1', ready));
    bank.url = `http://127.0.0.1:${(bank.#server.address() as AddressInfo).port}`; // listening on TCP
    return bank;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }

  /** Judges by now what it had put off. */
  judge(key: string, index: number, done: boolean): void {
    this.#batches.get(key)?.judged.set(index, done);
  }

  /** What accounts hold of a batch: those that were paid and not reversed. */
  held(key: string): string[] {
    const batch = this.#batches.get(key);
    if (!batch) return [];
    return batch.payments
      .filter((_payment, index) => this.#statusOf(key, index) === 'done' && !batch.reversed.has(index))
      .map(({ to, amount }) => `${to} ${amount}`);
  }

  #answer(method: string, kind: string, key: string, body: { payments?: Payment[] }): Booked | Reversed | null {
    if (kind === 'batches' && method === 'POST' && !this.#batches.has(key)) {
      this.#batches.set(key, { payments: body.payments ?? [], judged: new Map(), reversed: new Set() });
    }
    const batch = this.#batches.get(key);
    if (!batch) return null;
    if (kind === 'reversals') return this.#reverse(key);
    const items = batch.payments.map((_payment, index) => this.#itemOf(key, index));
    const booked = batch.payments.map(({ to, amount }) => ({
      to,
      amount: to.startsWith('rounding') ? less(amount) : amount,
    }));
    return { items, changes: changesOf(booked), pending: items.some(({ status }) => status === 'pending') };
  }

  #reverse(key: string): Reversed {
    const batch = this.#batches.get(key);
    const items = (batch?.payments ?? []).map(({ to }, index) => {
      const item = `payments/${index}`;
      if (this.#statusOf(key, index) !== 'done') return { item, status: 'done' as const };
      if (to.startsWith('spent')) {
        return { item, status: 'refused' as const, code: 'SPENT', message: `${to} has spent it.` };
      }
      batch?.reversed.add(index);
      return { item, status: 'done' as const };
    });
    return { items };
  }

  #itemOf(key: string, index: number): Booked['items'][number] {
    const status = this.#statusOf(key, index);
    const item = `payments/${index}`;
    if (status !== 'refused') return { item, status, externalId: `${key}/${index}` };
    return { item, status, code: 'AC04', message: 'The account is closed.' };
  }

  #statusOf(key: string, index: number): 'done' | 'refused' | 'pending' {
    const batch = this.#batches.get(key);
    const judged = batch?.judged.get(index);
    if (judged !== undefined) return judged ? 'done' : 'refused';
    const to = batch?.payments[index]?.to ?? '';
    if (to.startsWith('closed')) return 'refused';
    return to.startsWith('slow') ? 'pending' : 'done';
  }
}

const less = (amount: string): string => (Number(amount) - 0.01).toFixed(2);
