/** A map of what was set last, up to a number of keys: it forgets the one that was set the longest time ago. */
export class RecentMap<Value> {
  readonly #most: number;
  readonly #map = new Map<string, Value>();
  /**
   * Always at the oldest key, as those before it are gone. A new iterator would first have to go by all the places that
   * keys were deleted from.
   */
  readonly #oldest = this.#map.keys();
  #forgetful = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether anything was forgotten. */
  get forgetful(): boolean {
    return this.#forgetful;
  }

  get(key: string): Value | undefined {
    return this.#map.get(key);
  }

  set(key: string, value: Value): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#most) return;
    const { value: oldest } = this.#oldest.next();
    if (oldest !== undefined) this.#map.delete(oldest);
    this.#forgetful = true;
  }
}
