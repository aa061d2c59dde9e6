import autocannon from 'autocannon';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The request, as it is sent. */
  readonly body: string;
  /** Says whether an answer is the right one; looks at each of them, so it has to be quick. */
  readonly isRight: (answer: string) => boolean;
}

/** What one stretch of load gave. */
export interface Load {
  readonly seconds: number;
  /** Of each answered request, in milliseconds. */
  readonly latencies: readonly number[];
}

/** How long one answer may take, in seconds. */
const patienceSeconds = 60;

/**
 * Sends the same request over and over for some seconds; what is still under way then is not counted, so a round has to
 * be long beside an answer. Throws when any answer fails or is not the right one.
 */
export async function load(
  { url, headers, body, isRight }: Target,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Load> {
  const latencies: number[] = [];
  const run = autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    connections,
    duration: seconds,
    timeout: patienceSeconds,
    verifyBody: isRight,
  });
  run.on('response', (_client: unknown, _status: number, _bytes: number, milliseconds: number) => {
    latencies.push(milliseconds);
  });
  const { duration, errors, timeouts, non2xx, mismatches } = await run;
  if (errors + timeouts + non2xx + mismatches > 0) {
    throw new Error(
      `Under load ${url} gave ${errors} errors, ${timeouts} timeouts, ${non2xx} refusals, ${mismatches} other answers.`,
    );
  }
  return { seconds: duration, latencies };
}
