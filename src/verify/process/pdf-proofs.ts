import { createHash } from 'node:crypto'
import { documentSecurityStoreOf, type PdfDocument, type PdfSignature } from '../pdf/index.ts'
import type { Proof } from './basic.ts'
import { carriedIn } from './carried-in.ts'
import { openContents } from './pdf-contents.ts'
import { earliest } from './signature-time-stamps.ts'
import type { Evidence } from './verify-options.ts'

/** A document time-stamp that passed: everything up to `end`, but for its own Contents, existed at `time`. */
interface DocumentProof {
  readonly signature: PdfSignature
  readonly end: number
  readonly time: Date
}

/**
 * By when the parts of a PDF are proven to have existed, by its document time-stamps and by when the file was received.
 * Filled from the newest time-stamp to the oldest, as each vouches for those before it.
 * @see EN 319 102-1 clause 5.6.2.3 (POE extraction)
 */
export class PdfProofs {
  readonly #document: PdfDocument
  readonly #signatures: readonly PdfSignature[]
  readonly #evidence: Evidence
  readonly #proofs: DocumentProof[] = []
  #times: ReadonlyMap<string, Date> | null = null

  constructor(document: PdfDocument, signatures: readonly PdfSignature[], evidence: Evidence) {
    this.#document = document
    this.#signatures = signatures
    this.#evidence = evidence
  }

  /** Takes a document time-stamp that passed, and its time. */
  add(signature: PdfSignature, time: Date): void {
    this.#proofs.push({ signature, end: signature.range.end, time })
    this.#times = null
  }

  /** Gives by when a signature, and what the file carries for judging it, are proven to have existed. */
  of(signature: PdfSignature): Proof {
    const covering = this.#proofs.filter((one) => covers(one, signature)).map((one) => one.time)
    return {
      at: earliest(this.#evidence.poe ?? this.#evidence.validationTime, ...covering),
      poeOf: (sha256) => this.#allTimes().get(sha256) ?? null,
    }
  }

  /** Worked out when first asked for: only what is judged for a past time needs it. */
  #allTimes(): ReadonlyMap<string, Date> {
    if (this.#times) return this.#times
    const times = new Map<string, Date>()
    const add = (sha256: string, time: Date): void => {
      times.set(sha256, earliest(time, times.get(sha256) ?? time))
    }
    for (const [sha256, time] of this.#evidence.evidencePoe) add(sha256, time)
    const newest = this.#document.revisions.length - 1
    const { poe } = this.#evidence
    if (poe) {
      for (const sha256 of this.#inStore(newest)) add(sha256, poe)
      for (const one of this.#signatures) for (const sha256 of this.#inContents(one)) add(sha256, poe)
    }
    for (const proof of this.#proofs) {
      const index = this.#document.revisions.findIndex((one) => Math.abs(one.end - proof.end) <= 4)
      if (index >= 0) for (const sha256 of this.#inStore(index)) add(sha256, proof.time)
      for (const one of this.#signatures) {
        if (covers(proof, one)) for (const sha256 of this.#inContents(one)) add(sha256, proof.time)
      }
    }
    this.#times = times
    return times
  }

  #inContents(signature: PdfSignature): readonly string[] {
    const opened = openContents(signature, this.#evidence)
    return 'signedData' in opened ? carriedIn(opened.signedData, this.#evidence) : []
  }

  #inStore(index: number): readonly string[] {
    const { certificates, crls, ocsps } = documentSecurityStoreOf(this.#document, index)
    return [...certificates, ...crls, ...ocsps].map(sha256Of)
  }
}

/** A time-stamp covers what ends before it does, and never itself. */
const covers = (proof: DocumentProof, signature: PdfSignature): boolean =>
  signature !== proof.signature && signature.range.end > 0 && signature.range.end < proof.end

/** By the bytes that the store holds: each time-stamp over them asks anew. */
const digests = new WeakMap<Uint8Array, string>()

function sha256Of(bytes: Uint8Array): string {
  const digest = digests.get(bytes) ?? createHash('sha256').update(bytes).digest('hex')
  digests.set(bytes, digest)
  return digest
}
