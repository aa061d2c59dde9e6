/**
 * Makes something else of each event, one at a time and in order; what becomes `undefined` is left out. Unlike an async
 * generator it can be ended while it waits for an event, so that nobody goes on waiting for who has left. What it throws
 * is the last thing that is heard of it; `failure` may put it into other words.
 */
export function mapEvents<In, Out>(
  source: AsyncIterable<In>,
  each: (event: In) => Promise<Out | undefined>,
  failure: (error: unknown) => Promise<unknown> = async (error) => error,
): AsyncGenerator<Out, void, void> {
  const events = source[Symbol.asyncIterator]();
  let ended = false;
  const end = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await events.return?.();
  };
  const next = async (): Promise<IteratorResult<Out, void>> => {
    try {
      while (!ended) {
        const taken = await events.next();
        if (taken.done || ended) break;
        const made = await each(taken.value);
        if (made !== undefined && !ended) return { done: false, value: made };
      }
    } catch (error) {
      await end();
      throw await failure(error);
    }
    ended = true;
    return over;
  };
  return asGenerator(next, end);
}

export interface Interruptible<T> {
  readonly events: AsyncGenerator<T, void, void>;
  /** Ends it with an error, at once, also where somebody waits for the next event. */
  interrupt(error: unknown): void;
}

/** A stream that can be ended from outside; `onEnd` runs once, however it ends. */
export function interruptible<T>(source: AsyncIterable<T>, onEnd: () => void = () => {}): Interruptible<T> {
  const events = source[Symbol.asyncIterator]();
  let ended = false;
  let interruption: { readonly error: unknown } | undefined;
  let giveUp: ((error: unknown) => void) | undefined;
  let givenUp = false;
  const finish = (): boolean => {
    if (ended) return false;
    ended = true;
    onEnd();
    return true;
  };
  const end = async (): Promise<void> => {
    if (finish()) await events.return?.();
  };
  const next = async (): Promise<IteratorResult<T, void>> => {
    if (interruption) {
      const { error } = interruption;
      interruption = undefined;
      throw error;
    }
    if (ended) return over;
    try {
      // Not `Promise.race`: whatever outlives the events would keep one reaction for each of them.
      const taken = await new Promise<IteratorResult<T, unknown>>((resolve, reject) => {
        giveUp = reject;
        events.next().then(resolve, reject);
      });
      if (!taken.done) return taken;
    } catch (error) {
      // Whoever has left is not told of what their leaving broke off.
      if (ended && !givenUp) return over;
      await end();
      throw error;
    } finally {
      giveUp = undefined;
    }
    finish();
    return over;
  };
  const interrupt = (error: unknown): void => {
    if (ended) return;
    givenUp = giveUp !== undefined;
    if (giveUp) giveUp(error);
    else interruption = { error };
    void end().catch(() => {});
  };
  return { events: asGenerator(next, end), interrupt };
}

const over = { done: true, value: undefined } as const;

function asGenerator<T>(
  next: () => Promise<IteratorResult<T, void>>,
  end: () => Promise<void>,
): AsyncGenerator<T, void, void> {
  const generator: AsyncGenerator<T, void, void> = {
    next,
    return: async () => {
      await end();
      return over;
    },
    throw: async (error) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: end,
  };
  return generator;
}
