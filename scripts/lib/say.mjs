/** Says one line, on standard error: standard output belongs to the command that is run. */
export function say(line) {
  process.stderr.write(`Countersign: ${line}\n`);
}

/** Says what is being done, does it, and says how long it took. */
export async function timed(line, work) {
  say(`${line} ...`);
  const begun = performance.now();
  await work();
  say(`${line.split(' (', 1)[0]} took ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
