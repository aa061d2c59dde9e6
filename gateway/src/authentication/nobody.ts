/** A tenant and a user that nobody is: what is asked in their name reaches everything and finds no rows. */
export const nobody = '00000000-0000-0000-0000-000000000000';
