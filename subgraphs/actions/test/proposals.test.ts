import { newId } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, idOf, order } from './house.ts';

describe('proposals', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 4_000 });
  });
  afterAll(() => house.close());

  describe('under an idempotency key', () => {
    it('are answered with the same action for the same input', async () => {
      const first = await house.propose({ idempotencyKey: 'again' });
      const second = await house.propose({ idempotencyKey: 'again' });
      expect(idOf(second)).toBe(idOf(first));
    });

    it('are refused for another input', async () => {
      await house.propose({ idempotencyKey: 'other' });
      const { action, userErrors } = await house.propose(
        { idempotencyKey: 'other' },
        { ...order, note: 'Something else.' },
      );
      expect(action).toBeNull();
      expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', path: ['options', 'idempotencyKey'] }]);
    });

    it('become one action, also at the same moment', async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => house.propose({ idempotencyKey: 'at once' })));
      expect(new Set(answers.map(idOf)).size).toBe(1);
      const conflicting = await Promise.all(
        ['a', 'b'].map((note) => house.propose({ idempotencyKey: 'two at once' }, { ...order, note })),
      );
      expect(conflicting.flatMap(codesOf)).toEqual(['IDEMPOTENCY_CONFLICT']);
    });

    it('do not use the key up when they are refused', async () => {
      const refused = await house.propose({ idempotencyKey: 'mended' }, { ...order, patient: 'Patient/nobody' });
      expect(refused.action).toBeNull();
      expect(idOf(await house.propose({ idempotencyKey: 'mended' }))).toEqual(expect.any(String));
    });

    it('are of their own in each tenant', async () => {
      await house.configure({ baseUrl: `${house.hospital.url}/acme/fhir/R4` }, house.stranger);
      const own = idOf(await house.propose({ idempotencyKey: 'shared' }));
      const other = idOf(await house.propose({ idempotencyKey: 'shared' }, order, house.stranger));
      expect(other).not.toBe(own);
    });

    it('need a key of 1 to 255 characters', async () => {
      for (const idempotencyKey of ['', 'k'.repeat(256)]) {
        const { userErrors } = await house.propose({ idempotencyKey });
        expect(userErrors).toMatchObject([{ code: 'INVALID_OPTIONS', path: ['options', 'idempotencyKey'] }]);
      }
    });
  });

  describe('are refused before anything happens', () => {
    it('for an unknown patient', async () => {
      const { userErrors } = await house.propose(null, { ...order, patient: 'Patient/nobody' });
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'patient'] }]);
      expect(userErrors[0]?.message).toContain('Patient/nobody');
    });

    it('for input that the tool does not take, with where and what would be right', async () => {
      const { userErrors } = await house.propose(null, { ...order, patient: 'maria' });
      expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'patient'] }]);
      const { userErrors: code } = await house.propose(null, { ...order, code: { system: '', code: '36643-5' } });
      expect(code[0]?.path).toEqual(['input', 'code', 'system']);
    });

    it('for text that no log can keep', async () => {
      const { userErrors } = await house.propose(null, { ...order, note: 'a\u0000b' });
      expect(userErrors).toMatchObject([{ code: 'INVALID_TEXT', path: ['input'] }]);
    });

    it('for a code without a system, by the type of the input', async () => {
      const query = `mutation { fhirCreateServiceRequest(input: { patient: "Patient/maria-lindqvist", code: { code: "1" } }) { action { id } } }`;
      expect(await house.refusal(house.operator, query)).toBe('BAD_REQUEST');
    });

    it('when the other side is down, failing, or slow', async () => {
      for (const mode of ['down', 'error500', 'slow'] as const) {
        await house.fault(mode, { delayMs: 5_000 });
        expect(codesOf(await house.propose())).toEqual(['OTHER_SIDE_UNAVAILABLE']);
      }
      await house.fault('none');
    });

    it('without the permission for the tool', async () => {
      const query =
        'mutation ($input: FhirCreateServiceRequestInput!) { fhirCreateServiceRequest(input: $input) { action { id } } }';
      expect(await house.refusal(house.approver, query, { input: order })).toBe('FORBIDDEN');
    });

    it('in a tenant that has not configured the connector', async () => {
      expect(codesOf(await house.propose(null, order, testPrincipal()))).toEqual(['CONNECTOR_NOT_CONFIGURED']);
    });
  });

  describe('rest on evidence', () => {
    it('that the caller may read', async () => {
      const evidence = [{ answerId: house.answerId, markers: [1] }];
      const answer = await house.propose({ evidence }, order, house.admin);
      expect(answer.userErrors).toMatchObject([
        { code: 'EVIDENCE_NOT_FOUND', path: ['options', 'evidence', '0', 'answerId'] },
      ]);
    });

    it('that there is', async () => {
      for (const answerId of [newId(), 'nonsense']) {
        expect(codesOf(await house.propose({ evidence: [{ answerId, markers: [1] }] }))).toEqual([
          'EVIDENCE_NOT_FOUND',
        ]);
      }
    });

    it('of citations that the answer has', async () => {
      const { userErrors } = await house.propose({ evidence: [{ answerId: house.answerId, markers: [1, 7] }] });
      expect(userErrors).toMatchObject([
        { code: 'EVIDENCE_MARKER_UNKNOWN', path: ['options', 'evidence', '0', 'markers', '1'] },
      ]);
    });
  });

  describe('wait for a decision', () => {
    it("by someone of the same tenant: another tenant's approver does not find them", async () => {
      const id = idOf(await house.propose());
      const approve = 'mutation ($id: ID!) { approveAction(input: { actionId: $id }) { action { id } } }';
      expect(await house.refusal(house.stranger, approve, { id })).toBe('NOT_FOUND');
      expect(await house.refusal(house.approver, approve, { id: newId() })).toBe('NOT_FOUND');
      expect(await house.action(id, house.stranger)).toBeNull();
    });

    it('that is made once', async () => {
      const id = await house.approved();
      const { userErrors } = await house.approve(id);
      expect(userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION', path: ['input', 'actionId'] }]);
      expect(userErrors[0]?.message).toContain('APPROVED');
    });

    it('that two people make at the same moment once', async () => {
      const id = idOf(await house.propose());
      const answers = await Promise.all([house.approve(id), house.reject(id, house.admin)]);
      expect(answers.flatMap(codesOf)).toEqual(['ILLEGAL_TRANSITION']);
    });

    it('that can be no, which is final', async () => {
      const id = idOf(await house.propose());
      expect((await house.reject(id)).action?.status).toBe('REJECTED');
      expect((await house.approve(id)).userErrors[0]?.message).toContain('REJECTED');
      expect(codesOf(await house.execute(id))).toEqual(['ILLEGAL_TRANSITION']);
    });

    it('or are taken back by their maker', async () => {
      const id = idOf(await house.propose());
      expect((await house.reject(id, house.operator)).action?.status).toBe('REJECTED');
    });

    it('on exactly the plan that was looked at', async () => {
      const id = idOf(await house.propose());
      const query =
        'mutation ($id: ID!) { approveAction(input: { actionId: $id, planHash: "0000" }) { userErrors { code } } }';
      const answer = await house.ask(house.approver, query, { id });
      expect(answer).toEqual({ approveAction: { userErrors: [{ code: 'PLAN_CHANGED' }] } });
    });
  });

  describe('a connector', () => {
    it('is shown with its tools and its configuration', async () => {
      const query = '{ connectors { name tools { name risk reversibility } installation { connector config } } }';
      expect(await house.ask(house.admin, query)).toEqual({
        connectors: [
          {
            name: 'fhir',
            tools: [{ name: 'fhir.createServiceRequest', risk: 'MEDIUM', reversibility: 'REVERSIBLE' }],
            installation: { connector: 'fhir', config: { baseUrl: `${house.hospital.url}/acme/fhir/R4` } },
          },
        ],
      });
    });

    it('is configured with what its schema takes, and with addresses of the web alone', async () => {
      for (const config of [{}, { baseUrl: 'ftp://hospital.test/fhir' }, { baseUrl: 'https://h.test', more: 1 }]) {
        const { configureConnector } = await house.configure(config);
        expect(configureConnector.userErrors[0]).toMatchObject({ code: 'CONFIG_INVALID' });
        expect(configureConnector.userErrors[0]?.path?.slice(0, 2)).toEqual(['input', 'config']);
      }
    });
  });
});
