import { isSeal } from './holder.ts'
import type { SignatureReport } from './report.ts'

/** The words that change with what a signature is. */
interface DanishTerms {
  readonly The: string
  readonly the: string
  readonly thisOne: string
  readonly valid: string
  readonly Whose: string
  readonly done: string
  readonly since: string
}

interface EnglishTerms {
  readonly The: string
  readonly the: string
  readonly thing: string
  readonly Whose: string
  readonly done: string
}

export interface Terms {
  readonly da: DanishTerms
  readonly en: EnglishTerms
}

const OF_A_PERSON: Terms = {
  da: {
    ...{ The: 'Underskriften', the: 'underskriften', thisOne: 'denne underskrift', valid: 'gyldig' },
    ...{ Whose: 'Underskriverens', done: 'underskrevet', since: 'siden underskriften' },
  },
  en: { The: 'The signature', the: 'the signature', thing: 'signature', Whose: "The signer's", done: 'signed' },
}

const OF_AN_ORGANISATION: Terms = {
  da: {
    ...{ The: 'Seglet', the: 'seglet', thisOne: 'dette segl', valid: 'gyldigt' },
    ...{ Whose: 'Seglets', done: 'forseglet', since: 'siden forseglingen' },
  },
  en: { The: 'The seal', the: 'the seal', thing: 'seal', Whose: "The seal's", done: 'sealed' },
}

const OF_A_TIMESTAMP: Terms = {
  da: {
    ...{ The: 'Tidsstemplet', the: 'tidsstemplet', thisOne: 'dette tidsstempel', valid: 'gyldigt' },
    ...{ Whose: 'Tidsstemplets', done: 'tidsstemplet', since: 'siden tidsstemplingen' },
  },
  en: {
    The: 'The time-stamp',
    the: 'the time-stamp',
    thing: 'time-stamp',
    Whose: "The time-stamp's",
    done: 'time-stamped',
  },
}

/** A service's seal is never spoken of as a person's signature, nor is a time-stamp. */
export function termsOf(signature: Pick<SignatureReport, 'kind' | 'signer'>): Terms {
  if (signature.kind === 'pdf-timestamp') return OF_A_TIMESTAMP
  return isSeal(signature) ? OF_AN_ORGANISATION : OF_A_PERSON
}
