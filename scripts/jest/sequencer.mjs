import { join, sep } from 'node:path';
import TestSequencer from '@jest/test-sequencer';
import { root } from '../lib/paths.mjs';

const long = ['test', 'bench'].map((folder) => join(root, folder) + sep);

/** Suites that start the whole product go first: begun last, one of them would be waited for by all other cores. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const isLong = ({ path }) => long.some((folder) => path.startsWith(folder));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
