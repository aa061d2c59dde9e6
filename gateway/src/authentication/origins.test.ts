import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ownOrigin, returnAddress } from './origins.ts';

const own = 'https://graph.example';
const allowed = ['https://app.example'];

describe('our own origin', () => {
  it('is the configured one, whatever host was asked for', () => {
    expect(ownOrigin('https://graph.example/base', 'http', 'evil.example')).toBe(own);
  });

  it('is taken from the request on this machine alone', () => {
    expect(ownOrigin(undefined, 'http', 'localhost:4000')).toBe('http://localhost:4000');
    for (const host of ['evil.example', 'localhost.evil.example', 'localhost@evil.example', '', 'a b']) {
      expect(ownOrigin(undefined, 'http', host)).toBeUndefined();
    }
  });
});

describe('the page to return to', () => {
  it.each([
    [undefined, `${own}/`],
    ['/a?b=c#d', `${own}/a?b=c#d`],
    ['reports', `${own}/reports`],
    ['https://app.example/inbox', 'https://app.example/inbox'],
  ])('%j becomes %s', (asked, expected) => {
    expect(returnAddress(asked, own, allowed)).toBe(expected);
  });

  it('is of our own or an allowed origin, whatever is asked for', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '//',
      '@',
      ':',
      'evil.example',
      'app.example',
      'https:',
      'javascript:',
      '\t',
      '\n',
      '.',
      '%2f',
      '?',
      '#',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
        ),
        (asked) => {
          let address: string;
          try {
            address = returnAddress(asked, own, allowed);
          } catch {
            return;
          }
          expect([own, ...allowed]).toContain(new URL(address).origin);
          expect(new URL(address).username).toBe('');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
