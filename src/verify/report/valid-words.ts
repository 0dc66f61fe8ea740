import { isSeal, nameOf, unclearHolderOf } from './holder.ts'
import type { SignatureReport } from './report.ts'
import { findingWords } from './seal-words.ts'
import type { Language, Words } from './words.ts'

/** Says that the signatures are valid, and no more about the content than the report holds. */
export function validWords(signatures: readonly SignatureReport[], deciding: SignatureReport): Words {
  const addition = signatures.flatMap((one) => findingWords(additionOf(one), one) ?? [])[0]
  const added = addition ?? (signatures.some((one) => one.changesAfter === 'permitted') ? ADDED : null)
  const unchanged = !added && signatures.every(isUnchanged)
  const valid = signatures.length > 1 ? allValid(signatures, unchanged) : oneValid(deciding, unchanged)
  const unclear = signatures.some((one) => unclearHolderOf(one) !== null)
  const whose = signatures.every(isSeal) ? [NO_PERSON] : unclear ? [UNCLEAR] : []
  const sentences = [valid, ...(added ? [added] : []), ...whose]
  return { da: sentences.map(({ da }) => da).join(' '), en: sentences.map(({ en }) => en).join(' ') }
}

/** The whole file is as it was signed. A mail's header is signed by nobody, so of mails this is never said. */
export const isUnchanged = (signature: SignatureReport): boolean =>
  signature.intact === true && signature.changesAfter === 'none' && signature.coverage !== 'partial'

const ADDED: Words = {
  da: 'Siden er der kun tilføjet, hvad der er tilladt.',
  en: 'Only what is allowed was added since.',
}

const NO_PERSON: Words = {
  da: 'Ingen person har skrevet under på selve filen.',
  en: 'No person signed the file itself.',
}

const UNCLEAR: Words = {
  da: 'Certifikatet siger ikke, om det er en persons eller en organisations.',
  en: 'The certificate does not say whether it is that of a person or of an organisation.',
}

/** What was added by right after the signature and is shown with it. */
const additionOf = (signature: SignatureReport): string =>
  ADDITIONS.find((code) => signature.findings.some((one) => one.code === code)) ?? ''

/** The gravest first. */
const ADDITIONS = ['change-form-overwritten', 'change-form-filled', 'change-annotation', 'change-signature-shown']

function allValid(signatures: readonly SignatureReport[], unchanged: boolean): Words {
  const [da, en, signedDa, signedEn] = signatures.every(isSeal)
    ? ['Alle segl', 'All seals', 'der blev forseglet', 'what was sealed']
    : signatures.some(isSeal)
      ? ['Alle underskrifter og segl', 'All signatures and seals', 'de dækker', 'what they cover']
      : ['Alle underskrifter', 'All signatures', 'der blev skrevet under på', 'what was signed']
  return unchanged
    ? {
        da: `${da} er gyldige, og indholdet er ikke ændret siden.`,
        en: `${en} are valid, and the content was not changed since.`,
      }
    : { da: `${da} er gyldige for det, ${signedDa}.`, en: `${en} are valid for ${signedEn}.` }
}

function oneValid(signature: SignatureReport, unchanged: boolean): Words {
  const [da, en] = [nameOfSigner(signature, 'da'), nameOfSigner(signature, 'en')]
  if (isSeal(signature)) {
    return unchanged
      ? {
          da: `Seglet er gyldigt. Indholdet er ikke ændret, siden ${da} forseglede filen.`,
          en: `The seal is valid. The content was not changed since ${en} sealed the file.`,
        }
      : { da: `Seglet er gyldigt for det, ${da} forseglede.`, en: `The seal is valid for what ${en} sealed.` }
  }
  const organisation = unclearHolderOf(signature)
  if (organisation !== null) return byCertificate(`“${da}” (${organisation})`, `“${en}” (${organisation})`, unchanged)
  return unchanged
    ? {
        da: `Underskriften er gyldig. Indholdet er ikke ændret, siden ${da} underskrev.`,
        en: `The signature is valid. The content was not changed since ${en} signed.`,
      }
    : {
        da: `Underskriften er gyldig for det, ${da} skrev under på.`,
        en: `The signature is valid for what ${en} signed.`,
      }
}

const byCertificate = (da: string, en: string, unchanged: boolean): Words =>
  unchanged
    ? {
        da: `Underskriften er gyldig. Indholdet er ikke ændret, siden den blev lavet med certifikatet ${da}.`,
        en: `The signature is valid. The content was not changed since it was made with the certificate ${en}.`,
      }
    : {
        da: `Underskriften er gyldig for det, der blev underskrevet med certifikatet ${da}.`,
        en: `The signature is valid for what was signed with the certificate ${en}.`,
      }

/** A name stands for a person only where somebody that the municipality trusts vouches for it. */
export function nameOfSigner(signature: SignatureReport, language: Language): string {
  const name = nameOf(signature)
  if (name === undefined) {
    if (isSeal(signature)) return language === 'da' ? 'tjenesten' : 'the service'
    return language === 'da' ? 'underskriveren' : 'the signer'
  }
  if (signature.trusted === true) return name
  return language === 'da' ? `en, der angiver at være ${name},` : `one who claims to be ${name}`
}
