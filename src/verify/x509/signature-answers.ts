/** holds, broken, or not judged: an algorithm or key that we do not verify, or that do not go together. */
export type SignatureAnswer = 'holds' | 'broken' | 'unsupported'

/** More keys than are asked about one object but by somebody who wants the memory filled. */
const MAX_ANSWERS = 64

/** What was found out about the signature on one object, by the SHA-256 of the keys that it was judged by. */
export class SignatureAnswers {
  // Most objects are judged by one key.
  #key = ''
  #answer: SignatureAnswer | null = null
  #further: Map<string, SignatureAnswer> | null = null

  /** Takes the SHA-256 of a public key; gives what it was judged to, null where that is not known. */
  get(key: string): SignatureAnswer | null {
    return this.#key === key ? this.#answer : (this.#further?.get(key) ?? null)
  }

  /** Keeps an answer for a key; not for more keys than a bound. */
  set(key: string, answer: SignatureAnswer): void {
    if (this.#answer === null) {
      this.#key = key
      this.#answer = answer
      return
    }
    this.#further ??= new Map()
    if (this.#further.size < MAX_ANSWERS) this.#further.set(key, answer)
  }
}
