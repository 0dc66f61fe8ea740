import { FINDING_WORDS } from './finding-words.ts'
import type { SignatureReport, SubIndication, VerificationReport } from './report.ts'
import type { Words } from './words.ts'

export type Language = 'da' | 'en'

/** A verdict as a citizen reads it: plain text, to be escaped by whoever shows it. */
export interface VerdictInWords {
  readonly headline: string
  readonly details: readonly string[]
  /** What the reader can do; null where there is nothing to do. */
  readonly whatToDo: string | null
}

interface Message {
  readonly headline: Words
  readonly whatToDo: Words | null
}

const sign = (da: string, en: string): Words => ({ da, en })

const SEND_AGAIN = sign(
  'Send den oprindelige fil igen, som underskriveren gav dig den, uden at åbne og gemme den i et andet program.',
  'Send the original file again, as the signer gave it to you, without opening and saving it in another program.',
)
const ASK_TRUST = sign(
  'Kommunen kan undersøge udstederen og sætte den på listen. Du behøver ikke sende filen igen.',
  'The municipality can look into the issuer and put it on the list. You need not send the file again.',
)
const ASK_EVIDENCE = sign(
  'Vi henter ikke selv spærrelister. Bed underskriveren om en fil, der selv rummer oplysningen (kaldes ofte LTV).',
  'We do not fetch revocation lists ourselves. Ask the signer for a file that holds the answer itself (often called LTV).',
)
const SIGN_ANEW = sign(
  'Bed underskriveren om at underskrive igen med et gyldigt certifikat.',
  'Ask the signer to sign again with a valid certificate.',
)
const PERSON_LOOKS = sign('En medarbejder ser på filen.', 'A person looks at the file.')

/**
 * Puts a report in words that a citizen understands. Takes the report and the language; gives a headline, the details
 * signature by signature, and what to do.
 */
export function describeVerdict(report: VerificationReport, language: Language): VerdictInWords {
  const { headline, whatToDo } = chooseMessage(report)
  const details = report.signatures.flatMap((one) => describeSignature(one, language))
  const own = report.findings.flatMap((finding) => inWords(finding.code, finding.severity, language))
  return {
    headline: headline[language],
    details: [...new Set([...details, ...own])],
    whatToDo: whatToDo?.[language] ?? null,
  }
}

function chooseMessage(report: VerificationReport): Message {
  if (report.error) return unreadable(report.error.code)
  const deciding = decidingSignature(report)
  if (report.indication === 'NO-SIGNATURE') {
    return {
      headline: sign('Filen er ikke underskrevet.', 'The file is not signed.'),
      whatToDo: sign(
        'Skal den være underskrevet, så send den underskrevne fil.',
        'If it should be signed, send the signed file.',
      ),
    }
  }
  if (!deciding) {
    if (!report.encrypted) return UNDECIDED
    return {
      headline: sign('Filen er krypteret, og vi kan ikke åbne den.', 'The file is encrypted, and we cannot open it.'),
      whatToDo: sign('Send filen uden adgangskode.', 'Send the file without a password.'),
    }
  }
  if (deciding.indication === 'TOTAL-PASSED') return passedMessage(report, deciding)
  return deciding.indication === 'TOTAL-FAILED' ? failedMessage(deciding) : uncertainMessage(deciding)
}

function unreadable(code: string): Message {
  const headline = sign('Filen kan ikke læses.', 'The file cannot be read.')
  if (code === 'too-large') {
    return {
      headline: sign('Filen er for stor til at blive kontrolleret.', 'The file is too large to be checked.'),
      whatToDo: PERSON_LOOKS,
    }
  }
  if (code === 'empty-file') {
    return {
      headline: FINDING_WORDS['empty-file'] ?? headline,
      whatToDo: sign('Find den rigtige fil, og send den igen.', 'Find the right file, and send it again.'),
    }
  }
  if (code === 'unsupported-input') {
    return {
      headline: FINDING_WORDS['unsupported-input'] ?? headline,
      whatToDo: sign('Send filen som PDF.', 'Send the file as PDF.'),
    }
  }
  return { headline, whatToDo: sign('Gem filen på ny, og send den igen.', 'Save the file anew, and send it again.') }
}

const UNDECIDED: Message = {
  headline: sign('Underskriften kan ikke afgøres.', 'The signature could not be decided.'),
  whatToDo: PERSON_LOOKS,
}

/** The signature that the file's indication comes from: a person's before a time-stamp's. */
function decidingSignature(report: VerificationReport): SignatureReport | null {
  const deciding = report.signatures.filter((one) => one.indication === report.indication)
  return deciding.find((one) => one.kind !== 'pdf-timestamp') ?? deciding[0] ?? null
}

const nameOf = ({ signer }: SignatureReport): string | undefined => signer?.names[0] ?? signer?.subject

/** A name stands for a person only where somebody that the municipality trusts vouches for it. */
function nameOfSigner(signature: SignatureReport, language: Language): string {
  const name = nameOf(signature)
  if (name === undefined) return language === 'da' ? 'underskriveren' : 'the signer'
  if (signature.trusted === true) return name
  return language === 'da' ? `en, der angiver at være ${name},` : `one who claims to be ${name}`
}

function passedMessage(report: VerificationReport, deciding: SignatureReport): Message {
  const signatures = report.signatures.filter((one) => one.kind !== 'pdf-timestamp')
  const valid = validWords(signatures, deciding)
  const unchecked = signatures.some((one) => one.revocation === 'unknown' || one.revocation === 'not-checked')
  const caveat = unchecked ? FINDING_WORDS['revocation-not-checked'] : undefined
  const headline = caveat ? sign(`${valid.da} ${caveat.da}`, `${valid.en} ${caveat.en}`) : valid
  return { headline, whatToDo: null }
}

/** That the signatures are valid, and no more about the content than the report holds. */
function validWords(signatures: readonly SignatureReport[], deciding: SignatureReport): Words {
  const several = signatures.length > 1
  const [da, en] = [nameOfSigner(deciding, 'da'), nameOfSigner(deciding, 'en')]
  const addition = signatures.flatMap((one) => FINDING_WORDS[additionOf(one)] ?? [])[0]
  const added = addition ?? (signatures.some((one) => one.changesAfter === 'permitted') ? ADDED : null)
  if (added) {
    return several
      ? sign(
          `Alle underskrifter er gyldige for det, der blev skrevet under på. ${added.da}`,
          `All signatures are valid for what was signed. ${added.en}`,
        )
      : sign(
          `Underskriften er gyldig for det, ${da} skrev under på. ${added.da}`,
          `The signature is valid for what ${en} signed. ${added.en}`,
        )
  }
  if (!signatures.every(isUnchanged)) {
    return several
      ? sign(
          'Alle underskrifter er gyldige for det, der blev skrevet under på.',
          'All signatures are valid for what was signed.',
        )
      : sign(`Underskriften er gyldig for det, ${da} skrev under på.`, `The signature is valid for what ${en} signed.`)
  }
  return several
    ? sign(
        'Alle underskrifter er gyldige, og indholdet er ikke ændret siden.',
        'All signatures are valid, and the content was not changed since.',
      )
    : sign(
        `Underskriften er gyldig. Indholdet er ikke ændret, siden ${da} underskrev.`,
        `The signature is valid. The content was not changed since ${en} signed.`,
      )
}

const ADDED = sign(
  'Siden er der kun tilføjet, hvad en underskrift tillader.',
  'Only what a signature allows was added since.',
)

/** The whole file is as it was signed. A mail's header is signed by nobody, so of mails this is never said. */
const isUnchanged = (signature: SignatureReport): boolean =>
  signature.intact === true && signature.changesAfter === 'none' && signature.coverage !== 'partial'

/** What was added by right after the signature and is shown with it. */
const additionOf = (signature: SignatureReport): string =>
  signature.findings.find((one) => one.code === 'change-form-filled' || one.code === 'change-annotation')?.code ?? ''

function failedMessage(signature: SignatureReport): Message {
  if (signature.changesAfter === 'forbidden') {
    const da = 'Filens indhold er ændret, efter at den blev underskrevet.'
    return { headline: sign(da, 'The content of the file was changed after it was signed.'), whatToDo: SEND_AGAIN }
  }
  if (signature.subIndication === 'HASH_FAILURE') {
    const da = 'Filen er ikke den, der blev underskrevet: den er ændret eller beskadiget.'
    return {
      headline: sign(da, 'The file is not the one that was signed: it was changed or damaged.'),
      whatToDo: SEND_AGAIN,
    }
  }
  if (signature.findings.some((one) => one.code === 'signature-damaged')) {
    const da = 'Filen er beskadiget, og underskriften kan ikke læses.'
    return { headline: sign(da, 'The file is damaged, and the signature cannot be read.'), whatToDo: SEND_AGAIN }
  }
  return { headline: sign('Underskriften er ikke gyldig.', 'The signature is not valid.'), whatToDo: SEND_AGAIN }
}

const NOT_CHANGED = sign('Filen er ikke ændret siden underskriften.', 'The file was not changed since it was signed.')

function uncertainMessage(signature: SignatureReport): Message {
  const reason = reasonOf(signature)
  if (!isUnchanged(signature)) return reason
  const { headline } = reason
  return { ...reason, headline: sign(`${NOT_CHANGED.da} ${headline.da}`, `${NOT_CHANGED.en} ${headline.en}`) }
}

const BY_REASON: Readonly<Partial<Record<SubIndication, Message>>> = {
  TRY_LATER: {
    headline: sign(
      'Om certifikatet er spærret, kunne ikke kontrolleres.',
      'Whether the certificate is revoked could not be checked.',
    ),
    whatToDo: ASK_EVIDENCE,
  },
  REVOKED_NO_POE: {
    headline: sign('Underskriverens certifikat er spærret.', "The signer's certificate is revoked."),
    whatToDo: SIGN_ANEW,
  },
  REVOKED_CA_NO_POE: {
    headline: sign('Certifikatets udsteder er spærret.', "The certificate's issuer is revoked."),
    whatToDo: SIGN_ANEW,
  },
  OUT_OF_BOUNDS_NO_POE: outOfBounds(),
  OUT_OF_BOUNDS_NOT_REVOKED: outOfBounds(),
  CRYPTO_CONSTRAINTS_FAILURE_NO_POE: {
    headline: sign(
      'Underskriften bruger en metode, som er for svag i dag.',
      'The signature uses a method that is too weak today.',
    ),
    whatToDo: SIGN_ANEW,
  },
  CHAIN_CONSTRAINTS_FAILURE: {
    headline: sign(
      'Certifikatet må ikke bruges til denne underskrift.',
      'The certificate may not be used for this signature.',
    ),
    whatToDo: SIGN_ANEW,
  },
}

function outOfBounds(): Message {
  const da = 'Underskriverens certifikat gælder ikke nu, og intet beviser, at der blev underskrevet, mens det gjaldt.'
  const en = "The signer's certificate is not valid now, and nothing proves that it was when the signature was made."
  return { headline: sign(da, en), whatToDo: SIGN_ANEW }
}

function reasonOf(signature: SignatureReport): Message {
  if (signature.changesAfter === 'unknown') {
    const words = FINDING_WORDS['changes-not-judged']
    if (words) return { headline: words, whatToDo: PERSON_LOOKS }
  }
  if (signature.subIndication === 'NO_CERTIFICATE_CHAIN_FOUND') return unknownIssuer(signature)
  const onHold = signature.findings.some((finding) => finding.code === 'certificate-on-hold')
  const hold = FINDING_WORDS['certificate-on-hold']
  if (signature.subIndication === 'TRY_LATER' && onHold && hold) return { headline: hold, whatToDo: SIGN_ANEW }
  const known = signature.subIndication ? BY_REASON[signature.subIndication] : undefined
  return known ?? UNDECIDED
}

function unknownIssuer(signature: SignatureReport): Message {
  const issuer =
    signature.path.at(-1)?.subject === signature.signer?.subject
      ? signature.signer?.issuer
      : signature.path.at(-1)?.subject
  const name = commonNameOf(issuer ?? signature.signer?.issuer ?? '')
  const da = `Underskriverens CA${name ? `, ${name},` : ''} står ikke på kommunens liste.`
  const en = `The signer's CA${name ? `, ${name},` : ''} is not on the municipality's list.`
  return { headline: sign(da, en), whatToDo: ASK_TRUST }
}

/** Takes a name as RFC 4514 writes it; gives its common name, or all of it. */
function commonNameOf(subject: string): string {
  const match = /(?:^|,)CN=((?:\\.|[^,\\+])+)/.exec(subject)
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? subject
}

function describeSignature(signature: SignatureReport, language: Language): readonly string[] {
  const who = signature.signer ? `${speakerOf(signature, language)}: ` : `${signature.id}: `
  const lines = signature.findings.flatMap((finding) => inWords(finding.code, finding.severity, language))
  const holds = signature.indication === 'TOTAL-PASSED' && signature.intact === true
  const others = signature.findings.some((one) => one.severity !== 'info' && one.code !== 'revocation-not-checked')
  const intact = holds && !others ? [language === 'da' ? 'underskriften holder.' : 'the signature holds.'] : []
  return [...intact, ...lines].map((line) => `${who}${line}`)
}

/** The name that stands before what is said about a signature. */
function speakerOf(signature: SignatureReport, language: Language): string {
  const name = nameOf(signature) ?? signature.id
  if (signature.trusted === true) return name
  return language === 'da' ? `Angiver at være ${name}` : `Claims to be ${name}`
}

function inWords(code: string, severity: string, language: Language): readonly string[] {
  if (severity === 'info') return []
  const words = FINDING_WORDS[code]
  return words ? [words[language]] : []
}
