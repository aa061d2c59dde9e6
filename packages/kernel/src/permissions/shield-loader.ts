import { createRequire } from 'node:module';
import util from 'node:util';
import type * as Middleware from 'graphql-middleware';
import type * as Shield from 'graphql-shield';

/**
 * graphql-shield 7 calls `util.isUndefined`, which Node removed in 23, and its ES build does not load there. Its CommonJS
 * build does once the function is back. graphql-middleware has to come the same way, or shield's generator is not
 * recognised. This is the one file that knows.
 */
const legacyUtil: { isUndefined?: (value: unknown) => boolean } = createRequire(import.meta.url)('node:util') ?? util;
legacyUtil.isUndefined ??= (value) => value === undefined;

const require = createRequire(import.meta.url);
export const shieldLibrary: typeof Shield = require('graphql-shield');
export const middlewareLibrary: typeof Middleware = require('graphql-middleware');
