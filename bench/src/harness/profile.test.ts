import type { Profiler } from 'node:inspector';
import { describe, expect, it } from '@jest/globals';
import { functionShares, mergeShares, packageOf, packageShares } from './profile.ts';

interface Frame {
  readonly id: number;
  readonly name?: string;
  readonly url?: string;
  readonly scriptId?: string;
  readonly children?: number[];
}

const profileOf = (frames: readonly Frame[], samples: number[]): Profiler.Profile => ({
  nodes: frames.map(({ id, name = 'f', url = '', scriptId = '1', children }) => ({
    id,
    children,
    callFrame: { functionName: name, url, scriptId, lineNumber: 0, columnNumber: 0 },
  })),
  startTime: 0,
  endTime: samples.length * 1000,
  samples,
  timeDeltas: samples.map(() => 1000),
});

const gateway = 'file:///app/node_modules/@apollo/gateway/dist/index.js';
const graphql = 'file:///app/node_modules/graphql/execution/execute.js';

describe('a CPU profile by package', () => {
  it('leaves out the time in which nothing ran', () => {
    const profile = profileOf(
      [
        { id: 1, name: '(root)' },
        { id: 2, name: '(idle)' },
        { id: 3, url: gateway },
        { id: 4, name: '(program)' },
      ],
      [2, 2, 2, 3, 3, 3, 4],
    );
    expect(packageShares(profile)).toEqual([
      { owner: '@apollo/gateway', amount: 0.75 },
      { owner: 'native code and system calls', amount: 0.25 },
    ]);
  });

  it('says for whom graphql worked', () => {
    const frames = [
      { id: 1, url: gateway, children: [2] },
      { id: 2, url: graphql, children: [3] },
      { id: 3, url: graphql },
    ];
    expect(packageShares(profileOf(frames, [3]))).toEqual([{ owner: 'graphql, for @apollo/gateway', amount: 1 }]);
  });

  it('charges built-in functions to their caller, and generated code without one to graphql-jit', () => {
    const frames = [
      { id: 1, url: gateway, children: [2] },
      { id: 2, name: 'stringify', scriptId: '0' },
      { id: 3, name: 'anonymous', scriptId: '99' },
    ];
    expect(packageShares(profileOf(frames, [2, 2, 2, 3]))).toEqual([
      { owner: '@apollo/gateway', amount: 0.75 },
      { owner: 'graphql-jit', amount: 0.25 },
    ]);
  });

  it('counts samples and not the time between them, which holds the waiting for a core', () => {
    const profile = profileOf(
      [
        { id: 1, url: gateway },
        { id: 2, url: graphql },
      ],
      [1, 2],
    );
    expect(packageShares({ ...profile, timeDeltas: [1000, 900_000] }).map(({ amount }) => amount)).toEqual([0.5, 0.5]);
  });

  it('knows packages by where their scripts lie', () => {
    expect(packageOf('file:///app/node_modules/a/node_modules/@b/c/dist/x.js')).toBe('@b/c');
    expect(packageOf('file:///app/subgraphs/actions/dist/services/x.js')).toBe('@countersign/actions');
    expect(packageOf('node:internal/streams/readable')).toBe('Node.js itself');
    expect(packageOf('wasm://wasm/0267bb86')).toBe('PGlite (PostgreSQL in WASM)');
    expect(packageOf('')).toBeUndefined();
  });
});

describe('a CPU profile by function', () => {
  it('counts a function without what it calls', () => {
    const frames = [
      { id: 1, name: 'shape', url: gateway, children: [2] },
      { id: 2, name: 'execute', url: graphql },
    ];
    expect(functionShares(profileOf(frames, [1, 2, 2, 2]))).toEqual([
      { owner: 'execute (graphql)', amount: 0.75 },
      { owner: 'shape (@apollo/gateway)', amount: 0.25 },
    ]);
  });
});

describe('shares of several processes', () => {
  it('add up by owner, the largest first', () => {
    const merged = mergeShares([
      { owner: 'a', amount: 1 },
      { owner: 'b', amount: 2 },
      { owner: 'a', amount: 3 },
    ]);
    expect(merged).toEqual([
      { owner: 'a', amount: 4 },
      { owner: 'b', amount: 2 },
    ]);
  });
});
