import { UserProblem } from '@countersign/kernel';
import type { z } from 'zod';
import { type Gate, gateShape } from './gate.ts';
import { fiveYears, nextOpening } from './windows.ts';

/**
 * A gate as a tenant sets it, checked. `now` decides whether its windows still open.
 *
 * @param path where it stands in the caller's input
 * @throws UserProblem with a GATE_INVALID for everything that is wrong with it
 */
export function parseGate(value: unknown, now: Date, path: readonly string[] = ['input', 'gate']): Gate {
  const parsed = gateShape.safeParse(value);
  const issues = parsed.success ? windowsThatStayShut(parsed.data, now) : parsed.error.issues;
  if (parsed.success && issues.length === 0) return parsed.data;
  throw new UserProblem(
    ...issues.map((issue) => ({
      code: 'GATE_INVALID',
      message: issue.message,
      path: [...path, ...issue.path.map(String)],
      params: null,
    })),
  );
}

type Issue = Pick<z.core.$ZodIssue, 'message' | 'path'>;

function windowsThatStayShut(gate: Gate, now: Date): Issue[] {
  return (gate.windows ?? []).flatMap((window, index) => {
    const alone = { windows: [{ gate, windows: [window] }], freezes: [] };
    if (nextOpening(alone, now) !== null) return [];
    const until = new Date(now.getTime() + fiveYears).toISOString();
    const message = `It does not open before ${until}: give a rule and a start that come to pass by then.`;
    return [{ message, path: ['windows', index, 'rule'] }];
  });
}
