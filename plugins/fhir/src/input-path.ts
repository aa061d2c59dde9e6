/** Elements of a ServiceRequest by where they come from in the tool's input; longer ones first. */
const origins: readonly [element: string, path: readonly string[]][] = [
  ['code.coding.system', ['code', 'system']],
  ['code.coding.code', ['code', 'code']],
  ['code.coding.display', ['code', 'display']],
  ['code.text', ['code', 'display']],
  ['code', ['code']],
  ['subject', ['patient']],
  ['priority', ['priority']],
  ['occurrence', ['occurrence']],
  ['note', ['note']],
];

/** `ServiceRequest.code.coding[0].system` came from `['code', 'system']`; undefined for what the tool itself wrote. */
export function inputPathOf(expression: string): readonly string[] | undefined {
  const element = expression.replace(/^ServiceRequest\./, '').replace(/\[[^\]]*\]/g, '');
  return origins.find(
    ([start]) => element === start || element.startsWith(`${start}.`) || isChoice(element, start),
  )?.[1];
}

/** `occurrenceDateTime` is a form of `occurrence[x]`. */
function isChoice(element: string, start: string): boolean {
  return start === 'occurrence' && element.startsWith(start);
}
