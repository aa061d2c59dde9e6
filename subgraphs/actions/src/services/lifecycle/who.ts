/** Somebody who acts: a user, or a machine that a user answers for. */
export interface Who {
  readonly id: string;
  /** The user behind them; null for a part of the product itself. */
  readonly person: string | null;
}

/** Whether the two are one person, under whatever names they come. */
export const sameWho = (one: Who, other: Who): boolean =>
  one.id === other.id || (one.person !== null && one.person === other.person);
