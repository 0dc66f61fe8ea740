import { asGatewayError } from '../model/errors.ts'
import type { Language } from '../model/time.ts'
import { type AnchorFacts, type AnchorWarning, judgeAnchor } from './anchor-rules.ts'

/** An anchor, or what may become one, as a person reads it. */
export interface AnchorInWords {
  readonly key: string
  /** ISO 8601, UTC. */
  readonly validFrom: string
  readonly validTo: string
  /** May it become an anchor? */
  readonly fit: boolean
  /** What to know before it is taken in, and for as long as it is there; one sentence or two each. */
  readonly warnings: readonly string[]
}

type Words = Readonly<Record<AnchorWarning, (facts: AnchorFacts) => string>>

const da: Words = {
  expired: ({ validTo }) => `Udløb den ${dayInDanish(validTo)}: gælder for underskrifter, som bevisligt er ældre.`,
  'not-yet-valid': ({ validFrom }) => `Gyldigt først fra ${dayInDanish(validFrom)}: indtil da gælder det for intet.`,
  'rsa-too-small': ({ key }) => `Svag nøgle (${key} bit): under 2048 bit kan andre underskrive i dens navn.`,
  'dsa-key': ({ key }) => `Forældet nøgle (${key}): DSA bruges ikke mere.`,
  'curve-too-small': ({ key }) =>
    `Svag nøgle (${key}): kurven er for lille, under 224 bit, eller ikke en, som godtages.`,
  'key-unknown': ({ key }) => `Nøglen (${key}) kan kontrollen ikke bruge: det vil ikke hjælpe nogen sag.`,
  'weak-digest': () =>
    'Udstederen har underskrevet det med en svag algoritme (SHA-1 eller ældre): et andet certifikat kan have samme underskrift. Stol kun på fingeraftrykket.',
}

const en: Words = {
  expired: ({ validTo }) => `Expired on ${validTo.slice(0, 10)}, counts for signatures proven to be older.`,
  'not-yet-valid': ({ validFrom }) => `Valid only from ${validFrom.slice(0, 10)}: until then it counts for nothing.`,
  'rsa-too-small': ({ key }) => `Weak key (${key} bits): below 2048 bits others can sign in its name.`,
  'dsa-key': ({ key }) => `Outdated key (${key}): DSA is used no more.`,
  'curve-too-small': ({ key }) =>
    `Weak key (${key}): its curve is too small, below 224 bits, or none that is accepted.`,
  'key-unknown': ({ key }) => `Our check cannot use its key (${key}): it will help no case.`,
  'weak-digest': () =>
    'Its issuer signed it by a weak algorithm (SHA-1 or older): another certificate may bear the same signature. Rely on the fingerprint alone.',
}

const dayInDanish = (instant: string): string => instant.slice(0, 10).split('-').reverse().join('.')

const WORDS: Readonly<Record<Language, Words>> = { da, en }

/** Puts a certificate and the rules for anchors in words, at a time; null where it cannot be read (any more). */
export function describeAnchor(der: Uint8Array, language: Language, at: Date): AnchorInWords | null {
  const facts = readable(() => judgeAnchor(der, at))
  if (facts === null) return null
  const { key, validFrom, validTo, refusal } = facts
  const warnings = facts.warnings.map((warning) => WORDS[language][warning](facts))
  return { key, validFrom, validTo, fit: refusal === null, warnings }
}

function readable(read: () => AnchorFacts): AnchorFacts | null {
  try {
    return read()
  } catch (thrown) {
    if (asGatewayError(thrown).code !== 'malformed-der') throw thrown
    return null
  }
}
