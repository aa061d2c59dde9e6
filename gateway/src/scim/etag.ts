import { ScimError } from './scim-error.ts';

/** RFC 7644 3.14: weak, as attributes may be left out of an answer. */
export const etagOf = (version: number): string => `W/"${version}"`;

/** Throws 412 unless the version is one that `If-Match` names. No header, and `*`, name every version. */
export function assertMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || names(ifMatch, version)) return;
  throw new ScimError(412, `The resource has changed: it is at ${etagOf(version)} now. Read it again.`);
}

/** Whether `If-None-Match` says that the caller has this version already. */
export const isKnown = (ifNoneMatch: string | undefined, version: number): boolean =>
  ifNoneMatch !== undefined && names(ifNoneMatch, version);

function names(header: string, version: number): boolean {
  return header.split(',').some((each) => {
    const tag = each.trim();
    return tag === '*' || tag.replace(/^W\//, '') === `"${version}"`;
  });
}
