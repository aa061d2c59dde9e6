import { createTwoFilesPatch, FILE_HEADERS_ONLY, formatPatch } from 'diff';

interface Text {
  readonly name: string;
  readonly source: string;
}

/** Above so many changed lines the shortest difference takes longer to find than anybody would wait. */
const mostChanges = 400;

/** From one text to the other as a unified diff, three lines around each change. Always one that applies. */
export function sourceDiff(before: Text, after: Text): string {
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY, maxEditLength: mostChanges };
  const patch = createTwoFilesPatch(
    before.name,
    after.name,
    before.source,
    after.source,
    undefined,
    undefined,
    options,
  );
  return patch ?? replaced(before, after);
}

/** All of it taken out, and all of it put in. */
function replaced(before: Text, after: Text): string {
  const [out, into] = [linesOf(before.source, '-'), linesOf(after.source, '+')];
  const hunk = {
    oldStart: 1,
    oldLines: out.count,
    newStart: 1,
    newLines: into.count,
    lines: [...out.lines, ...into.lines],
  };
  const names = { oldFileName: before.name, newFileName: after.name, oldHeader: undefined, newHeader: undefined };
  return formatPatch({ ...names, hunks: [hunk] }, FILE_HEADERS_ONLY);
}

function linesOf(source: string, sign: '-' | '+'): { count: number; lines: string[] } {
  const lines = source.split('\n');
  const unended = lines.pop() ?? '';
  const signed = lines.map((line) => sign + line);
  if (unended === '') return { count: signed.length, lines: signed };
  return { count: signed.length + 1, lines: [...signed, sign + unended, '\\ No newline at end of file'] };
}
