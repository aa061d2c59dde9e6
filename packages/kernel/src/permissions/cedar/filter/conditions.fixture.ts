import fc from 'fast-check';

const oneOf = fc.constantFrom;
const signs = oneOf('<', '<=', '>', '>=', '==', '!=');
const texts = oneOf(
  '""',
  '"a"',
  '"b"',
  '"u-1"',
  '"surgery"',
  '"100%"',
  '"50_5"',
  '"it\'s a ? \\"title\\""',
  '"a\\\\*b"',
);
const setsOfTexts = oneOf('["a"]', '["a", "b"]', '["u-1", "surgery", ""]', 'principal.groups', 'principal.roles');
const patterns = oneOf('"*"', '"a*"', '"*b"', '"%"', '"a_"', '"*%"', '"a\\\\\\**"', '"*?*"', '""', '"50_*"');
const numbers = fc.oneof(fc.integer({ min: -2, max: 5 }).map(String), oneOf('9007199254740991', '2147483648'));
const decimals = oneOf('decimal("10.5")', 'decimal("0.0")', 'decimal("-0.5")', 'decimal("99999.9999")');
const orders = oneOf('lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual');
const textColumns = oneOf('resource.title', 'resource.owner');
const principalText = oneOf('principal.id', 'principal.person', 'principal.kind', 'context.region');

/** Text put together from arbitraries: ``written`${numbers} == ${numbers}` ``. */
const written = (strings: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((values) => strings.map((text, index) => text + (values[index] ?? '')).join(''));

/** What is asked of attributes that every document should have. */
const plain = fc.oneof(
  written`${textColumns} == ${fc.oneof(texts, principalText, textColumns)}`,
  written`${fc.oneof(texts, principalText)} != ${textColumns}`,
  written`${textColumns} like ${patterns}`,
  written`resource.classification ${signs} ${numbers}`,
  written`${numbers} ${signs} resource.classification`,
  written`resource.draft`,
  written`resource.draft == ${oneOf('true', 'false', 'context.granted', '(context.hour > 12)')}`,
  written`resource.tags.contains(${fc.oneof(texts, principalText, textColumns)})`,
  written`resource.tags.${oneOf('containsAll', 'containsAny')}(${setsOfTexts})`,
  written`${setsOfTexts}.${oneOf('containsAll', 'containsAny')}(resource.tags)`,
  written`resource.tags ${oneOf('==', '!=')} ${setsOfTexts}`,
  written`resource.tags.isEmpty()`,
  written`${setsOfTexts}.contains(${textColumns})`,
  written`[1, 2, 2147483648].contains(resource.classification)`,
  written`[principal.id, "u-2"].contains(${textColumns})`,
  written`resource ${oneOf('==', '!=')} Document::"d-3"`,
  written`resource in [Document::"d-1", Document::"d-4"]`,
  written`[Document::"d-5"].contains(resource)`,
  written`resource is Document`,
  written`resource has owner`,
);

/** What is asked of attributes that may be absent, with the question whether they are there. */
const guarded = fc.oneof(
  guard('resource.department', written`resource.department == ${fc.oneof(texts, principalText, textColumns)}`),
  guard('resource.department', written`${setsOfTexts}.contains(resource.department)`),
  guard('resource.department', written`resource.tags.contains(resource.department)`),
  guard('resource.pages', written`resource.pages ${signs} ${fc.oneof(numbers, oneOf('resource.classification'))}`),
  guard('resource.pages', written`[0, 3].contains(resource.pages)`),
  guard('resource.urgent', written`resource.urgent`),
  guard('resource.urgent', written`resource.urgent ${oneOf('==', '!=')} resource.draft`),
  guard('resource.cost', written`resource.cost.${orders}(${decimals})`),
  guard('resource.cost', written`${decimals}.${orders}(resource.cost)`),
  guard('resource.cost', written`resource.cost ${oneOf('==', '!=')} ${decimals}`),
  guard('resource.cost', written`[${decimals}, ${decimals}].contains(resource.cost)`),
  guard('resource.readers', written`resource.readers.${oneOf('containsAll', 'containsAny')}(resource.tags)`),
  guard('resource.readers', written`resource.readers == resource.tags`),
  guard('resource.readers', written`resource.readers.contains(principal.id) || resource.readers.isEmpty()`),
  guard('principal.department', written`${textColumns} == principal.department`),
  guard('principal.department', written`resource.tags.contains(principal.department)`),
  guard('principal.clearance', written`resource.classification ${signs} principal.clearance`),
  guard('principal.limit', guard('resource.cost', written`resource.cost.${orders}(principal.limit)`)),
);

/** What is the same for every document, among it what fails. */
const known = oneOf(
  'principal in Role::"nurse"',
  'principal in [Role::"doctor", Role::"auditor"]',
  'principal is User in Group::"b"',
  'principal.groups.contains("surgery")',
  'context.granted',
  'context.hour > 9 && context.weekday < 6',
  'context.now > datetime("2026-01-01")',
  'context has workflow && context.workflow == "x"',
  'context.hour * 9007199254740991 * 9007199254740991 > 0',
  'principal == User::"u-1"',
);

const leaf = fc.oneof(
  { weight: 5, arbitrary: plain },
  { weight: 5, arbitrary: guarded },
  { weight: 2, arbitrary: known },
);

/** Conditions of Cedar that a filter can stand for, sound by its validator. */
export const conditions: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    written`(${leaf}) && (${tie('condition')})`,
    written`(${tie('condition')}) || (${leaf})`,
    written`(${tie('condition')}) && (${tie('condition')})`,
    written`(${tie('condition')}) || (${tie('condition')})`,
    written`!(${tie('condition')})`,
    written`if (${tie('condition')}) then (${tie('condition')}) else (${tie('condition')})`,
    written`(${tie('condition')}) == (${tie('condition')})`,
  ),
})).condition;

function guard(path: string, question: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const [variable, name] = path.split('.');
  const has = `${variable} has ${name}`;
  return fc.oneof(
    question.map((asked) => `${has} && (${asked})`),
    question.map((asked) => `!(${has} && (${asked}))`),
    question.map((asked) => `if ${has} then (${asked}) else context.granted`),
    question.map((asked) => `${has} && !(${asked})`),
  );
}
