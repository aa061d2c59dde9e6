/** Whoever holds it sees addresses, and what else is told of people to few. */
export const seesPersonalData = 'tenants:sensitive:read';
