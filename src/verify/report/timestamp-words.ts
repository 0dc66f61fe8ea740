import type { Words } from './words.ts'

/** What findings about time-stamps, and about what was judged at an earlier time, say to a citizen. */
export const TIMESTAMP_WORDS: Readonly<Record<string, Words>> = {
  'timestamp-good': { da: 'Tidsstemplet er i orden.', en: 'The time-stamp is in order.' },
  'timestamp-broken': {
    da: 'Tidsstemplet passer ikke til det, som det skulle stemple.',
    en: 'The time-stamp does not fit what it should stamp.',
  },
  'timestamp-untrusted': {
    da: 'Tidsstemplets udsteder står ikke på kommunens liste, så tidspunktet er ikke bevist.',
    en: "The time-stamp's issuer is not on the municipality's list, so the time is not proven.",
  },
  'timestamp-expired': {
    da: 'Tidsstemplets certifikat gælder ikke længere, så det beviser ikke tidspunktet.',
    en: "The time-stamp's certificate is no longer valid, so it does not prove the time.",
  },
  'timestamp-order': {
    da: 'Filens tidsstempler modsiger hinanden.',
    en: 'The time-stamps of the file contradict each other.',
  },
  'signature-not-proven-before-revocation': {
    da: 'Certifikatet er spærret, og intet beviser, at der blev underskrevet før.',
    en: 'The certificate is revoked, and nothing proves that the signature was made before.',
  },
  'signature-not-proven-before-expiry': {
    da: 'Certifikatet er udløbet, og intet beviser, at der blev underskrevet, mens det gjaldt.',
    en: 'The certificate has expired, and nothing proves that the signature was made while it was valid.',
  },
}
