import type { Words } from './words.ts'

/** What findings about proofs of time say to a citizen. */
export const PROOF_WORDS: Readonly<Record<string, Words>> = {
  'past-validation': {
    da: 'Underskriften er bedømt på det tidspunkt, den bevisligt fandtes.',
    en: 'The signature was judged at the time by which it is proven to have existed.',
  },
  'signature-too-late': {
    da: 'Underskriften blev lavet, efter at certifikatet var spærret eller udløbet.',
    en: 'The signature was made after its certificate was revoked or had run out.',
  },
  'signature-too-early': {
    da: 'Underskriften fandtes bevisligt, før certifikatet begyndte at gælde.',
    en: 'The signature is proven to have been there before its certificate began to hold.',
  },
  'claimed-time-in-future': {
    da: 'Underskriften angiver et tidspunkt, der ligger efter det, den er bedømt ved.',
    en: 'The signature states a time that is later than the one it is judged at.',
  },
  'claimed-time-after-proof': {
    da: 'Underskriften angiver et senere tidspunkt end det, den bevisligt fandtes.',
    en: 'The signature states a later time than the one by which it is proven to have existed.',
  },
  'claimed-time-before-certificate': {
    da: 'Underskriften angiver et tidspunkt, før certifikatet begyndte at gælde.',
    en: 'The signature states a time before its certificate began to hold.',
  },
  'evidence-not-proven': {
    da: 'Intet beviser, at oplysningerne om certifikatet fandtes, mens udstederens nøgle var i brug.',
    en: "Nothing proves that what is known of the certificate existed while its issuer's key was in use.",
  },
  'certificate-revoked-later': {
    da: 'Certifikatet blev spærret senere; da underskriften blev lavet, gjaldt det.',
    en: 'The certificate was revoked later; it was valid when the signature was made.',
  },
  'change-validation-data': {
    da: 'Oplysninger, der kunne bevise underskriften, er fjernet fra filen.',
    en: 'Data that could prove the signature was removed from the file.',
  },
  'change-signature-shown': {
    da: 'Endnu en underskrift er siden sat synligt ind på en side.',
    en: 'Another signature was put visibly on a page since.',
  },
  'counter-signature': {
    da: 'En anden har skrevet under på selve underskriften.',
    en: 'Somebody else signed the signature itself.',
  },
  'counter-signature-broken': {
    da: 'En underskrift på selve underskriften holder ikke.',
    en: 'A signature on the signature itself does not hold.',
  },
  'timestamp-not-proven': {
    da: 'Et tidsstempel kan ikke afgøres, så det beviser intet tidspunkt.',
    en: 'A time-stamp could not be decided, so that it proves no time.',
  },
  'timestamp-imprint-mismatch': {
    da: 'Tidsstemplet hører til noget andet.',
    en: 'The time-stamp belongs to something else.',
  },
  'timestamp-in-future': {
    da: 'Tidsstemplet nævner et tidspunkt, der ikke er kommet endnu.',
    en: 'The time-stamp names a time that has not come yet.',
  },
  'timestamp-outside-certificate': {
    da: 'Tidsstemplet nævner et tidspunkt, hvor dets certifikat ikke gjaldt.',
    en: 'The time-stamp names a time at which its certificate was not valid.',
  },
}
