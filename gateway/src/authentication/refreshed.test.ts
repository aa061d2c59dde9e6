import { beforeEach, describe, expect, it } from '@jest/globals';
import { Refreshed } from './refreshed.ts';

describe('a copy of what a provider publishes', () => {
  let clock: number;
  let loads: number;
  let answer: () => Promise<string>;
  let copy: Refreshed<string>;

  beforeEach(() => {
    clock = 1_000_000;
    loads = 0;
    answer = async () => `answer ${loads}`;
    const load = () => {
      loads++;
      return answer();
    };
    copy = new Refreshed(load, { freshMs: 600, usableMs: 6_000, cooldownMs: 10 }, () => clock);
  });
  const down = async (): Promise<string> => {
    throw new Error('down');
  };

  it('is asked for once by all who come at once, and not again while fresh', async () => {
    expect(await Promise.all([copy.current(), copy.current(), copy.renewed()])).toEqual(Array(3).fill('answer 1'));
    clock += 599;
    expect(await copy.current()).toBe('answer 1');
    clock += 1;
    expect(await copy.current()).toBe('answer 2');
  });

  it('is served on while its owner is down, which is asked once a cool-down', async () => {
    await copy.current();
    answer = down;
    clock += 600;
    for (let call = 0; call < 10; call++) expect(await copy.current()).toBe('answer 1');
    expect(loads).toBe(2);
    clock += 10;
    await copy.current();
    expect(loads).toBe(3);
    clock += 5_390;
    await expect(copy.current()).rejects.toThrow('down');
  });

  it('is renewed at once the first time, then once a cool-down', async () => {
    await copy.current();
    expect(await copy.renewed()).toBe('answer 2');
    for (let call = 0; call < 10; call++) expect(await copy.renewed()).toBe('answer 2');
    clock += 10;
    expect(await copy.renewed()).toBe('answer 3');
  });

  it('says that renewing failed, to everybody within the cool-down', async () => {
    await copy.current();
    answer = down;
    for (let call = 0; call < 5; call++) await expect(copy.renewed()).rejects.toThrow('down');
    expect(loads).toBe(2);
    expect(await copy.current()).toBe('answer 1');
  });
});
