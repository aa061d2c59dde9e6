// Ends with 0 when the URL answers with success, else with 1: `node healthcheck.mjs URL`. The image has no curl.
const [url = ''] = process.argv.slice(2);
try {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
