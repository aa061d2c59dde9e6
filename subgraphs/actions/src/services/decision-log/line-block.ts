import { type EntryPlaces, placeNames, placesIn } from './quick-entry.ts';

/** Lines one behind the other: their bytes, and where each ends. */
export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
}

/** The same block with what was found in it, flat, so that it goes from thread to thread as it is. */
export interface Looked extends Block {
  /** Of each line the places in the order of their names; -1 at the first for a line that is to be looked at closely. */
  readonly places: Int32Array<ArrayBuffer>;
  /** By the lines' index, for those with values that are not there any more. */
  readonly absent: ReadonlyMap<number, readonly string[]>;
}

export function lookAt({ bytes, ends }: Block): Looked {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const places = new Int32Array(ends.length * placeNames.length);
  const absent = new Map<number, readonly string[]>();
  for (let index = 0; index < ends.length; index += 1) {
    const found = placesIn(all.subarray(ends[index - 1] ?? 0, ends[index]));
    const at = index * placeNames.length;
    for (const [place, name] of placeNames.entries()) places[at + place] = found?.[name] ?? -1;
    if (found && found.absent.length > 0) absent.set(index, found.absent);
  }
  return { bytes, ends, places, absent };
}

export function placesOf(places: Int32Array, index: number, absent: Looked['absent']): EntryPlaces | null {
  const at = index * placeNames.length;
  if ((places[at] ?? -1) < 0) return null;
  const of = (place: number): number => places[at + place] ?? -1;
  return {
    actionId: of(0),
    contentDigest: of(1),
    hash: of(2),
    id: of(3),
    previousHash: of(4),
    previousOfAction: of(5),
    salts: of(6),
    seq: of(7),
    surface: of(8),
    tenantId: of(9),
    absent: absent.get(index) ?? none,
  };
}

const none: readonly string[] = [];
