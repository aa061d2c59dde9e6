// Everyone in this file is invented. The data is dedicated to the public domain: CC0 1.0, see ../LICENSE-DATA.md.
import type { Organization, Patient, Practitioner, Resource } from '@medplum/fhirtypes';

/**
 * The people and the house that a demo tenant's hospital begins with, each with a fixed id that can be read.
 * Tenants other than `acme` and `globex` begin empty.
 */
export function peopleOf(tenant: string): (Resource & { id: string })[] {
  const hospital = hospitals.get(tenant);
  if (!hospital) return [];
  const { organization, practitioner, patients } = hospital;
  return [organization, practitioner, ...patients];
}

interface Hospital {
  readonly organization: Organization & { id: string };
  readonly practitioner: Practitioner & { id: string };
  readonly patients: readonly (Patient & { id: string })[];
}

type Gender = NonNullable<Patient['gender']>;
/** id, given names, family name, gender, birth date, street, city, postal code, district or state, language */
type Row = readonly [string, readonly string[], string, Gender, string, string, string, string, string, string];

const hospitals: ReadonlyMap<string, Hospital> = new Map([
  [
    'acme',
    hospital({
      id: 'acme-sankt-erik',
      name: 'Sankt Erik Teaching Hospital',
      city: 'Stockholm',
      country: 'SE',
      domain: 'acme.example',
      doctor: ['ingrid-dahl', 'Ingrid', 'Dahl', 'female'],
      rows: [
        [
          'maria-lindqvist',
          ['Maria', 'Elin'],
          'Lindqvist',
          'female',
          '1984-03-12',
          'Almvägen 14',
          'Uppsala',
          '752 40',
          'Uppsala',
          'sv',
        ],
        [
          'johan-berg',
          ['Johan'],
          'Berg',
          'male',
          '1957-11-02',
          'Kvarngatan 3',
          'Stockholm',
          '118 47',
          'Stockholm',
          'sv',
        ],
        ['amina-hassan', ['Amina'], 'Hassan', 'female', '1992-07-25', 'Björkgränd 8', 'Malmö', '214 32', 'Skåne', 'sv'],
        [
          'lukas-novak',
          ['Lukas'],
          'Novák',
          'male',
          '2011-01-19',
          'Solrosvägen 27',
          'Uppsala',
          '754 31',
          'Uppsala',
          'cs',
        ],
        [
          'sofia-marino',
          ['Sofia', 'Anna'],
          'Marino',
          'female',
          '1969-09-30',
          'Hamngatan 51',
          'Göteborg',
          '411 14',
          'Västra Götaland',
          'it',
        ],
        [
          'erik-sundstrom',
          ['Erik', 'Olof'],
          'Sundström',
          'male',
          '1938-05-06',
          'Tallbacken 2',
          'Gävle',
          '802 55',
          'Gävleborg',
          'sv',
        ],
        [
          'noor-van-dijk',
          ['Noor'],
          'van Dijk',
          'other',
          '2000-12-14',
          'Lindallén 9',
          'Stockholm',
          '113 29',
          'Stockholm',
          'nl',
        ],
      ],
    }),
  ],
  [
    'globex',
    hospital({
      id: 'globex-lakeside',
      name: 'Lakeside General Hospital',
      city: 'Duluth',
      country: 'US',
      domain: 'globex.example',
      doctor: ['marcus-hale', 'Marcus', 'Hale', 'male'],
      rows: [
        [
          'james-okafor',
          ['James', 'Chidi'],
          'Okafor',
          'male',
          '1976-02-18',
          '418 Harbor Street',
          'Duluth',
          '55802',
          'MN',
          'en',
        ],
        [
          'linda-kowalski',
          ['Linda'],
          'Kowalski',
          'female',
          '1949-08-09',
          '77 Pine Ridge Road',
          'Superior',
          '54880',
          'WI',
          'en',
        ],
        [
          'carlos-mendez',
          ['Carlos'],
          'Méndez',
          'male',
          '1988-10-27',
          '1205 Maple Avenue',
          'Duluth',
          '55811',
          'MN',
          'es',
        ],
        ['grace-liu', ['Grace'], 'Liu', 'female', '1995-04-03', '9 Lakeview Court', 'Hermantown', '55811', 'MN', 'en'],
        [
          'noah-whitehorse',
          ['Noah'],
          'Whitehorse',
          'male',
          '2015-06-21',
          '36 Birch Lane',
          'Cloquet',
          '55720',
          'MN',
          'en',
        ],
        [
          'ruth-abrams',
          ['Ruth', 'Miriam'],
          'Abrams',
          'female',
          '1931-12-01',
          '250 Elm Place',
          'Duluth',
          '55804',
          'MN',
          'en',
        ],
      ],
    }),
  ],
]);

function hospital(from: {
  id: string;
  name: string;
  city: string;
  country: string;
  domain: string;
  doctor: readonly [id: string, given: string, family: string, gender: Gender];
  rows: readonly Row[];
}): Hospital {
  const [doctorId, given, family, gender] = from.doctor;
  const base = `https://${from.domain}/fhir/identifier`;
  return {
    organization: {
      resourceType: 'Organization',
      id: from.id,
      active: true,
      identifier: [{ system: `${base}/organization`, value: from.id }],
      name: from.name,
      address: [{ city: from.city, country: from.country }],
    },
    practitioner: {
      resourceType: 'Practitioner',
      id: doctorId,
      active: true,
      identifier: [{ system: `${base}/practitioner`, value: doctorId }],
      name: [{ use: 'official', family, given: [given], prefix: ['Dr.'] }],
      gender,
      telecom: [{ system: 'email', value: `${doctorId}@${from.domain}`, use: 'work' }],
    },
    patients: from.rows.map((row, index) => ({
      ...patient(row, from.country),
      identifier: [{ use: 'official', system: `${base}/mrn`, value: String(100_001 + index) }],
      generalPractitioner: [{ reference: `Practitioner/${doctorId}`, display: `Dr. ${given} ${family}` }],
      managingOrganization: { reference: `Organization/${from.id}`, display: from.name },
    })),
  };
}

function patient(row: Row, country: string): Patient & { id: string } {
  const [id, given, family, gender, birthDate, line, city, postalCode, state, language] = row;
  return {
    resourceType: 'Patient',
    id,
    active: true,
    name: [{ use: 'official', family, given: [...given] }],
    gender,
    birthDate,
    telecom: [{ system: 'email', value: `${id}@patients.example`, use: 'home' }],
    address: [{ use: 'home', line: [line], city, postalCode, state, country }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: language }] }, preferred: true }],
  };
}
