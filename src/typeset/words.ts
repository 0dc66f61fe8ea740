import type { Instant, Language } from '../model/time.ts'

/** What stands on stamps and approval pages, per language. */
export interface StampWords {
  readonly approved: string
  readonly caseNumber: string
  readonly decided: string
  readonly decidedBy: string
  readonly verdict: string
  readonly fingerprint: string
  readonly document: string
  readonly check: string
  readonly checkHow: string
  readonly seeLastPage: string
  readonly aboutCopy: (municipality: string) => string
  readonly aboutPage: (municipality: string) => string
}

export const STAMP_WORDS: Readonly<Record<Language, StampWords>> = {
  da: {
    approved: 'GODKENDT',
    caseNumber: 'Sag',
    decided: 'Afgjort',
    decidedBy: 'Afgjort af',
    verdict: 'Kontrol af underskrift og segl',
    fingerprint: 'Originalens fingeraftryk (SHA-256)',
    document: 'Dokument',
    check: 'Er denne kopi ægte?',
    checkHow:
      'Dit PDF-program kender måske ikke seglet. Scan koden, eller åbn adressen, og se om kommunen kender kopien:',
    seeLastPage: 'se sidste side',
    aboutCopy: (municipality) =>
      `Denne side og båndet øverst på første side er tilføjet af ${municipality}. Resten er en kopi af det indsendte dokument; underskrifter og felter er gengivet, som de så ud. Det underskrevne originaldokument ligger uændret i sagen, og fingeraftrykket er dets.`,
    aboutPage: (municipality) =>
      `Det indsendte dokument kan ikke gengives her. ${municipality} har godkendt det, og det ligger uændret i sagen; fingeraftrykket er dets.`,
  },
  en: {
    approved: 'APPROVED',
    caseNumber: 'Case',
    decided: 'Decided',
    decidedBy: 'Decided by',
    verdict: 'Check of signature and seal',
    fingerprint: 'Fingerprint of the original (SHA-256)',
    document: 'Document',
    check: 'Is this copy genuine?',
    checkHow:
      'Your PDF program may not know the seal. Scan the code, or open the address, and see whether the municipality knows the copy:',
    seeLastPage: 'see the last page',
    aboutCopy: (municipality) =>
      `This page and the band at the top of the first page were added by ${municipality}. The rest is a copy of the document that was handed in; signatures and fields are shown as they looked. The signed original lies unchanged in the case, and the fingerprint is that of the original.`,
    aboutPage: (municipality) =>
      `The document that was handed in cannot be shown here. ${municipality} has approved it, and it lies unchanged in the case; the fingerprint is that of the original.`,
  },
}

const LOCALE: Readonly<Record<Language, string>> = { da: 'da-DK', en: 'en-GB' }

/** The day as people write it, in the zone given: "24. november 2026", "24 November 2026". */
export function longDay(at: Instant, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'long', timeZone }).format(new Date(at))
}

/** Day and time as people write them: "24. november 2026 kl. 10.02". */
export function longTime(at: Instant, language: Language, timeZone: string): string {
  const time = new Intl.DateTimeFormat(LOCALE[language], { timeStyle: 'short', timeZone }).format(new Date(at))
  return `${longDay(at, language, timeZone)} ${language === 'da' ? 'kl.' : 'at'} ${time}`
}
