const names = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'it', 'jest', 'test'];
const key = Symbol.for('countersign.jest');

/** From here on `@jest/globals` speaks to this suite. */
export function hold(globals) {
  globalThis[key] = globals;
}

/**
 * The text of the module that stands for `@jest/globals`. It is loaded once, also by what suites share, so each of its
 * functions asks for the suite's own when it is called.
 */
export const globalsModule = `
const current = () => globalThis[Symbol.for('${key.description}')];
const live = (name) => new Proxy(() => {}, {
  apply: (_target, _this, args) => current()[name](...args),
  get: (_target, property) => current()[name][property],
});
${names.map((name) => `export const ${name} = live('${name}');`).join('\n')}
`;
