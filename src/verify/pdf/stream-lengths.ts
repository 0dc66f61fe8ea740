import type { PdfRef } from './values.ts'

/**
 * Streams whose Length stands in another object (ISO 32000-2 clause 7.3.8.2): such a stream is longer or shorter in a
 * revision in which that object is another, though it stands where it stood.
 */
export class StreamLengths {
  readonly #byPlace = new Map<string, PdfRef>()
  readonly #byLengthObject = new Map<number, Set<number>>()
  /** Whose length is reached by more than one reference: they hang on who knows what. */
  readonly #always = new Set<number>()

  /** Takes where a stream stands, its number, and where its length does; `indirect`: through a further reference. */
  note(place: string, number: number, length: PdfRef, indirect: boolean): void {
    this.#byPlace.set(place, length)
    if (indirect) this.#always.add(number)
    const streams = this.#byLengthObject.get(length.number)
    if (streams) streams.add(number)
    else this.#byLengthObject.set(length.number, new Set([number]))
  }

  /** Gives the Length of the stream at a place; undefined where it stands there directly, or was not read yet. */
  of(place: string): PdfRef | undefined {
    return this.#byPlace.get(place)
  }

  /** Gives the numbers of the streams whose length may change with one of these objects. */
  hangingOn(numbers: readonly number[]): readonly number[] {
    if (this.#byLengthObject.size === 0) return []
    return [...this.#always, ...numbers.flatMap((number) => [...(this.#byLengthObject.get(number) ?? [])])]
  }
}
