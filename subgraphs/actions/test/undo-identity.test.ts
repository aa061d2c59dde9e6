import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadCatalogue } from '../src/services/tool-catalogue.ts';
import { fieldName, typeStem } from '../src/tools/names.ts';
import { fromSchema, type Instead } from './from-schema.ts';
import { type Answer, House, idOf } from './house.ts';

const runs = Number(process.env.COUNTERSIGN_UNDO_RUNS ?? 10);

/** The other side of a connector: how it looks, and what of an input has to be there. */
interface OtherSide {
  state(house: House): Promise<object>;
  readonly instead: Instead;
}

interface Resource {
  resourceType: string;
  id: string;
  status?: string;
}

const otherSides: Readonly<Record<string, OtherSide>> = {
  fhir: {
    // An order that is marked as entered in error is, in FHIR's words, one that never was (R4 request-status). It stays
    // to be seen that it was there; whatever else there is stays as it was, to its versions.
    state: async ({ hospital }) => {
      const types = ['Organization', 'Practitioner', 'Patient', 'ServiceRequest'];
      const bundles = types.map(async (type): Promise<Resource[]> => {
        const response = await fetch(`${hospital.url}/acme/fhir/R4/${type}?_count=1000`);
        const bundle: { entry?: { resource: Resource }[] } = JSON.parse(await response.text());
        return (bundle.entry ?? []).map(({ resource }) => resource);
      });
      const there = (await Promise.all(bundles)).flat().filter(({ status }) => status !== 'entered-in-error');
      return Object.fromEntries(there.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
    },
    instead: {
      patient: fc.constantFrom('Patient/maria-lindqvist', 'Patient/johan-berg', 'Patient/amina-hassan'),
    },
  },
};

const reversible = [...loadCatalogue().connectors.values()].flatMap(({ manifest }) =>
  manifest.tools
    .filter(({ reversibility }) => reversibility === 'REVERSIBLE')
    .map((tool) => ({ name: `${manifest.name}.${tool.name}`, inputSchema: tool.inputSchema })),
);

describe('undo after do', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 10_000, leaseMs: 30_000 });
  }, 120_000);
  afterAll(() => house?.close());

  it.each(reversible)(
    'leaves the other side as it was: $name, whatever its input',
    async ({ name, inputSchema }) => {
      const [connector = '', tool = ''] = name.split('.');
      const otherSide = otherSides[connector];
      if (!otherSide) throw new Error(`Say here what the other side of ${connector} looks like.`);
      const query = `mutation ($input: ${typeStem(connector, tool)}Input!) {
        proposed: ${fieldName(connector, tool)}(input: $input) { action { id status } userErrors { code message path } } }`;
      let refusals = 0;
      await fc.assert(
        fc.asyncProperty(fromSchema(inputSchema, otherSide.instead), async (input) => {
          const before = await otherSide.state(house);
          const { proposed } = await house.ask<{ proposed: Answer }>(house.operator, query, { input });
          if (!proposed.action) refusals += 1;
          fc.pre(proposed.action !== null);
          const id = idOf(proposed);
          await house.approve(id);
          // Nothing has been done by now.
          expect(await otherSide.state(house)).toEqual(before);
          expect((await house.execute(id)).action?.status).toBe('SUCCEEDED');
          expect(await otherSide.state(house)).not.toEqual(before);
          expect((await house.undo(id)).action?.status).toBe('UNDONE');
          expect(await otherSide.state(house)).toEqual(before);
        }),
        { numRuns: runs, seed: 20_261_125, endOnFailure: true },
      );
      // What the tool refuses shows nothing of undoing.
      expect(refusals).toBeLessThan(runs);
    },
    60_000 + runs * 10_000,
  );

  it('is shown of something', () => {
    expect(reversible.length).toBeGreaterThan(0);
  });
});
