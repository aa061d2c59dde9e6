import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { LRUCache } from 'lru-cache';
import { askCedar, type CedarLibrary } from './engine.ts';
import { expressionOf, partsOf } from './expression.ts';
import { hiddenAccess, namedAttributes } from './named-attributes.ts';
import { messageOf, offsetOf, type PolicyProblem, problemAt } from './problems.ts';
import { depthOf } from './screen.ts';
import { limitProblem, tooDeep } from './text-limits.ts';

/** One `permit` or `forbid` of a policy's text. */
export interface Statement {
  /** From 1, in the order of the text. */
  readonly number: number;
  readonly text: string;
  /** Offset of its first character in the policy's text. */
  readonly start: number;
  readonly json: PolicyJson;
  /** The permissions that its scope names; empty where it names none, which is a problem. */
  readonly permissions: readonly string[];
  /** The type of object that its scope asks for, if it asks for one. */
  readonly resourceType: string | null;
  readonly attributes: readonly string[];
}

export interface Reading {
  readonly statements: readonly Statement[];
  /** What makes the text unusable, whatever the vocabulary. */
  readonly problems: readonly PolicyProblem[];
}

const mostStatements = 50;
/** JSON may nest 128 deep on the way into the engine, and an operator takes two of it. */
const deepestJson = 110;
const readings = new LRUCache<string, Reading>({
  maxSize: 8_000_000,
  sizeCalculation: (_, text) => text.length + 1_000,
});

/** Reads a policy's text. The same text always reads the same, so the reading is kept. Throws `EngineFault`. */
export function readPolicy(text: string): Reading {
  let reading = readings.get(text);
  if (!reading) {
    const limit = limitProblem(text);
    reading = limit ? { statements: [], problems: [limit] } : askCedar((cedar) => parse(cedar, text));
    readings.set(text, reading);
  }
  return reading;
}

function parse(cedar: CedarLibrary, text: string): Reading {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') {
    const problems = parts.errors.map((each) =>
      problemAt(text, offsetOf(text, each) ?? 0, 'POLICY_SYNTAX', messageOf(each)),
    );
    return { statements: [], problems };
  }
  const refused = partsProblem(text, parts.policies.length, parts.policy_templates);
  if (refused) return { statements: [], problems: [refused] };
  let end = 0;
  const statements = inTextOrder(parts.policies).map((source, index) => {
    const start = startOf(text, source, end);
    end = start + source.length;
    return statementOf(cedar, { number: index + 1, text: source, start });
  });
  return { statements, problems: statements.flatMap((each) => statementProblems(text, each)) };
}

function partsProblem(text: string, policies: number, templates: readonly string[]): PolicyProblem | null {
  const [template] = templates;
  if (template) {
    const start = Math.max(0, text.indexOf(template));
    return problemAt(
      text,
      start,
      'POLICY_INVALID',
      'Slots such as ?principal have no meaning here; name what you mean.',
    );
  }
  if (policies === 0) return problemAt(text, 0, 'POLICY_SYNTAX', 'There is no statement in it.');
  if (policies <= mostStatements) return null;
  return problemAt(text, 0, 'POLICY_TOO_LARGE', `A policy has at most ${mostStatements} statements; divide it.`);
}

/** Cedar answers sorted by the names that it gave them, where `policy10` stands before `policy2`. */
function inTextOrder(parts: readonly string[]): string[] {
  const names = parts.map((_, index) => `policy${index}`).sort();
  return parts.map((_, index) => parts[names.indexOf(`policy${index}`)] ?? '');
}

/** The statement's place after the one before it, with nothing but space and comments between. */
function startOf(text: string, source: string, end: number): number {
  const between = /(?:\s|\/\/[^\n]*)*/y;
  between.lastIndex = end;
  const start = end + (between.exec(text)?.[0].length ?? 0);
  return text.startsWith(source, start) ? start : Math.max(0, text.indexOf(source, end));
}

function statementOf(cedar: CedarLibrary, place: Pick<Statement, 'number' | 'text' | 'start'>): Statement {
  const answer = cedar.policyToJson(place.text);
  if (answer.type === 'failure') throw new TypeError('Cedar could not take apart what it had read.');
  const { json } = answer;
  const entities = json.action.op === 'All' || !('entities' in json.action) ? [] : json.action.entities;
  const entity = json.action.op !== 'All' && 'entity' in json.action ? [json.action.entity] : [];
  return {
    ...place,
    json,
    permissions: [...entity, ...entities].map((each) => ('__entity' in each ? each.__entity.id : each.id)),
    resourceType: resourceTypeOf(json),
    attributes: namedAttributes(json),
  };
}

function resourceTypeOf({ resource }: PolicyJson): string | null {
  if (resource.op === 'All') return null;
  if (resource.op === 'is') return resource.entity_type;
  if (!('entity' in resource)) return null;
  return '__entity' in resource.entity ? resource.entity.__entity.type : resource.entity.type;
}

function statementProblems(text: string, { json, start, permissions }: Statement): PolicyProblem[] {
  if (depthOf(json) > deepestJson) return [tooDeep(text, start, 'nested or chained more than about 50 deep')];
  const problems: PolicyProblem[] = [];
  if (permissions.length === 0) {
    const how = 'Say which permissions it is about: `action == Action::"..."` or `action in [Action::"...", ...]`.';
    problems.push(problemAt(text, start, 'POLICY_WITHOUT_PERMISSION', how));
  }
  const stray = hiddenAccess(json) ?? unsafeNumber(json);
  if (stray) problems.push(problemAt(text, start, 'POLICY_INVALID', stray));
  return problems;
}

function unsafeNumber({ conditions }: PolicyJson): string | null {
  const unsafe = conditions
    .flatMap(({ body }) => [...partsOf(expressionOf(body))])
    .some((part) => part.op === 'value' && typeof part.value === 'number' && !Number.isSafeInteger(part.value));
  return unsafe ? 'Numbers go up to 9007199254740991, either way.' : null;
}
