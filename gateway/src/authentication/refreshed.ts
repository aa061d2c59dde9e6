export interface RefreshRule {
  /** Milliseconds for which the copy is served without asking. */
  readonly freshMs: number;
  /** Milliseconds for which it is still served when its owner does not answer. */
  readonly usableMs: number;
  /** Milliseconds between two calls that a failure or somebody's unknown key brings about. */
  readonly cooldownMs: number;
}

/** A copy of something that a provider publishes: kept while fresh, kept longer while the provider is down. */
export class Refreshed<T> {
  readonly #load: () => Promise<T>;
  readonly #rule: RefreshRule;
  readonly #now: () => number;
  #copy: { readonly value: T; readonly at: number } | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<T> | undefined;

  constructor(load: () => Promise<T>, rule: RefreshRule, now: () => number = Date.now) {
    this.#load = load;
    this.#rule = rule;
    this.#now = now;
  }

  /** Throws what loading threw, when there is no copy that is still usable. */
  async current(): Promise<T> {
    const copy = this.#copy;
    if (copy && this.#age(copy.at) < this.#rule.freshMs) return copy.value;
    try {
      return await this.#reload();
    } catch (error) {
      if (copy && this.#age(copy.at) < this.#rule.usableMs) return copy.value;
      throw error;
    }
  }

  /**
   * Asks again although the copy is fresh, because something is missing from it; at most once a cool-down, whoever
   * asks, so that made-up keys cannot be turned into a flood. Throws what asking threw.
   */
  renewed(): Promise<T> {
    if (this.#underWay) return this.#underWay;
    if (!this.#failedLately() && this.#age(this.#renewedAt) < this.#rule.cooldownMs) return this.current();
    this.#renewedAt = this.#now();
    return this.#reload();
  }

  #reload(): Promise<T> {
    if (this.#underWay) return this.#underWay;
    if (this.#failure && this.#failedLately()) return Promise.reject(this.#failure.error);
    const underWay = this.#load()
      .then(
        (value) => {
          this.#copy = { value, at: this.#now() };
          this.#failure = undefined;
          return value;
        },
        (error: unknown) => {
          this.#failure = { error, at: this.#now() };
          throw error;
        },
      )
      .finally(() => {
        this.#underWay = undefined;
      });
    this.#underWay = underWay;
    return underWay;
  }

  #failedLately(): boolean {
    return this.#failure !== undefined && this.#age(this.#failure.at) < this.#rule.cooldownMs;
  }

  #age(at: number): number {
    return this.#now() - at;
  }
}
