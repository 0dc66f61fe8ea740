import type { Advice } from './advice-words.ts'
import { FINDING_WORDS } from './finding-words.ts'
import { isSeal, shortNameOf } from './holder.ts'
import { type Finding, type SignatureReport, type SubIndication, totalOf, type VerificationReport } from './report.ts'
import { findingWords } from './seal-words.ts'
import { termsOf } from './terms.ts'
import { isUnchanged, validWords } from './valid-words.ts'
import type { Words } from './words.ts'

/** The verdict on a file in one or two sentences, and what to do about it. */
export interface Message {
  readonly headline: Words
  readonly advice: Advice | null
}

const say = (da: string, en: string, advice: Advice | null): Message => ({ headline: { da, en }, advice })

const anew = (signature: SignatureReport): Advice => (isSeal(signature) ? 'seal-anew' : 'sign-anew')

/** Where a finding has words they are the message; the other words where it has none. */
const sayWords = (headline: Words | undefined, advice: Advice, otherwise: Message): Message =>
  headline ? { headline, advice } : otherwise

/** Chooses what is said first of a file. */
export function chooseMessage(report: VerificationReport): Message {
  if (report.error) return unreadable(report.error.code)
  if (report.indication === 'NO-SIGNATURE') return unsigned(report)
  const deciding = decidingSignature(report)
  if (!deciding) {
    if (!report.encrypted)
      return say('Underskriften kan ikke afgøres.', 'The signature could not be decided.', 'person-looks')
    const da = 'Filen er krypteret, og vi kan ikke åbne den.'
    return say(da, 'The file is encrypted, and we cannot open it.', 'send-without-password')
  }
  if (totalOf(deciding.indication) === 'TOTAL-PASSED') return passed(report, deciding)
  return totalOf(deciding.indication) === 'TOTAL-FAILED' ? failed(deciding) : uncertain(deciding)
}

function unreadable(code: string): Message {
  const unknown = say('Filen kan ikke læses.', 'The file cannot be read.', 'save-anew')
  if (code === 'too-large') {
    const da = 'Filen er for stor til at blive kontrolleret.'
    return say(da, 'The file is too large to be checked.', 'person-looks')
  }
  if (code === 'empty-file') return sayWords(FINDING_WORDS[code], 'find-right-file', unknown)
  return code === 'unsupported-input' ? sayWords(FINDING_WORDS[code], 'send-as-pdf', unknown) : unknown
}

/** A file whose time-stamp alone was checked is signed by nobody. */
function unsigned(report: VerificationReport): Message {
  if (!report.parts.some(isSigned)) return say('Filen er ikke underskrevet.', 'The file is not signed.', 'send-signed')
  return say('Filen selv er ikke underskrevet.', 'The file itself is not signed.', null)
}

/** What cannot be judged is not known to be signed. */
const isSigned = (part: VerificationReport): boolean =>
  part.signatures.some((one) => one.kind !== 'pdf-timestamp') || part.parts.some(isSigned)

/** The signature that the file's indication comes from: a person's before a time-stamp's. */
function decidingSignature(report: VerificationReport): SignatureReport | null {
  const deciding = report.signatures.filter((one) => totalOf(one.indication) === report.indication)
  return deciding.find((one) => one.kind !== 'pdf-timestamp') ?? deciding[0] ?? null
}

function passed(report: VerificationReport, deciding: SignatureReport): Message {
  const signatures = report.signatures.filter((one) => one.kind !== 'pdf-timestamp')
  const unchecked = signatures.filter((one) => one.revocation === 'unknown' || one.revocation === 'not-checked')
  const doubtful = report.parts.some(isDoubtful)
  const sentences = [
    validWords(signatures, deciding),
    ...(unchecked.length > 0 ? [FINDING_WORDS['revocation-not-checked'], whyUnknown(unchecked)] : []),
    ...(doubtful ? [DOUBTFUL_PART] : []),
  ].filter((one) => one !== undefined)
  return say(
    sentences.map(({ da }) => da).join(' '),
    sentences.map(({ en }) => en).join(' '),
    doubtful ? 'person-looks' : null,
  )
}

/** Why nothing is known of revocation, where it is one and the same reason for all that nothing is known of. */
function whyUnknown(signatures: readonly SignatureReport[]): Words | undefined {
  const reasons = signatures.flatMap(({ wanted, findings }) => {
    const codes = findings.map(({ code }) => code).filter((code) => UNREACHABLE.includes(code))
    return wanted.length > 0 || codes.length === 0 ? ['another'] : codes
  })
  const [reason, ...others] = new Set(reasons)
  return reason === undefined || others.length > 0 ? undefined : FINDING_WORDS[reason]
}

const UNREACHABLE = ['revocation-not-offered', 'revocation-not-on-web']

const isDoubtful = (part: VerificationReport): boolean =>
  part.indication === 'TOTAL-FAILED' || part.indication === 'INDETERMINATE' || part.parts.some(isDoubtful)

const DOUBTFUL_PART: Words = {
  da: 'Men en fil indeni bestod ikke kontrollen.',
  en: 'But a file inside did not pass the check.',
}

function failed(signature: SignatureReport): Message {
  const { da, en } = termsOf(signature)
  const { changesAfter, subIndication, findings } = signature
  if (signature.kind === 'pdf-timestamp') {
    const said = 'Filens tidsstempel passer ikke til filen: den er ændret eller beskadiget.'
    return say(said, "The file's time-stamp does not fit the file: it was changed or damaged.", 'send-again')
  }
  if (changesAfter === 'forbidden') {
    const said = `Filens indhold er ændret, efter at den blev ${da.done}.`
    return say(said, `The content of the file was changed after it was ${en.done}.`, 'send-again')
  }
  if (subIndication === 'HASH_FAILURE') {
    const said = `Filen er ikke den, der blev ${da.done}: den er ændret eller beskadiget.`
    return say(said, `The file is not the one that was ${en.done}: it was changed or damaged.`, 'send-again')
  }
  if (findings.some((one) => one.code === 'signature-damaged')) {
    const said = `Filen er beskadiget, og ${da.the} kan ikke læses.`
    return say(said, `The file is damaged, and ${en.the} cannot be read.`, 'send-again')
  }
  const invalid = say(`${da.The} er ikke ${da.valid}.`, `${en.The} is not valid.`, 'send-again')
  const wrongTime = findings.find(({ code }) => code === 'signature-too-late' || code === 'signature-too-early')
  return wrongTime ? sayWords(findingWords(wrongTime.code, signature), anew(signature), invalid) : invalid
}

function uncertain(signature: SignatureReport): Message {
  const reason = withUncounted(reasonOf(signature), signature)
  if (!isUnchanged(signature)) return reason
  const { da, en } = termsOf(signature)
  const { headline, advice } = reason
  return say(
    `Filen er ikke ændret ${da.since}. ${headline.da}`,
    `The file was not changed since it was ${en.done}. ${headline.en}`,
    advice,
  )
}

/** What a time-stamp could have healed. */
const FOR_WANT_OF_PROOF: ReadonlySet<SubIndication | null> = new Set<SubIndication>([
  ...(['OUT_OF_BOUNDS_NO_POE', 'OUT_OF_BOUNDS_NOT_REVOKED', 'REVOKED_NO_POE', 'REVOKED_CA_NO_POE', 'NO_POE'] as const),
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
])

const UNCOUNTED = ['timestamp-untrusted', 'timestamp-expired', 'timestamp-broken', 'timestamp-not-proven']

/** Where nothing proves a time, and a time-stamp is there that does not count, it is said why it does not. */
function withUncounted(reason: Message, signature: SignatureReport): Message {
  if (!FOR_WANT_OF_PROOF.has(signature.subIndication)) return reason
  const stamp = signature.findings.find(({ code, severity }) => severity !== 'info' && UNCOUNTED.includes(code))
  const why = stamp ? FINDING_WORDS[stamp.code] : undefined
  if (!stamp || !why) return reason
  const { headline, advice } = reason
  // The municipality can look into who stamped it, which asks nobody to sign again.
  const better = stamp.code === 'timestamp-untrusted' ? 'ask-trust' : advice
  return say(`${headline.da} ${why.da}`, `${headline.en} ${why.en}`, better)
}

type ByReason = Readonly<Partial<Record<SubIndication, Message>>>

function byReason(signature: SignatureReport): ByReason {
  const { da, en } = termsOf(signature)
  const outOfBounds = say(
    `${da.Whose} certifikat gælder ikke nu, og intet beviser, at der blev ${da.done}, mens det gjaldt.`,
    `${en.Whose} certificate is not valid now, and nothing proves that it was when ${en.the} was made.`,
    anew(signature),
  )
  const undecided = undecidedBy(signature)
  return {
    TRY_LATER: revocationUnknown(signature),
    REVOKED_NO_POE: say(`${da.Whose} certifikat er spærret.`, `${en.Whose} certificate is revoked.`, anew(signature)),
    REVOKED_CA_NO_POE: say(
      'Certifikatets udsteder er spærret.',
      "The certificate's issuer is revoked.",
      anew(signature),
    ),
    OUT_OF_BOUNDS_NO_POE: outOfBounds,
    OUT_OF_BOUNDS_NOT_REVOKED: outOfBounds,
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE: say(
      `${da.The} bruger en metode, som er for svag i dag.`,
      `${en.The} uses a method that is too weak today.`,
      anew(signature),
    ),
    CHAIN_CONSTRAINTS_FAILURE: say(
      `Certifikatet må ikke bruges til ${da.thisOne}.`,
      `The certificate may not be used for this ${en.thing}.`,
      anew(signature),
    ),
    TIMESTAMP_ORDER_FAILURE: sayWords(findingWords('timestamp-order', signature), 'person-looks', undecided),
    NO_POE: say(
      `Intet beviser, hvornår der blev ${da.done}.`,
      `Nothing proves when the file was ${en.done}.`,
      anew(signature),
    ),
    SIGNED_DATA_NOT_FOUND: sayWords(findingWords('signed-data-not-found', signature), 'send-content', undecided),
    NO_CERTIFICATE_CHAIN_FOUND: unknownIssuer(signature),
  }
}

function revocationUnknown(signature: SignatureReport): Message {
  const why = whyUnknown([signature])
  return say(
    ['Om certifikatet er spærret, kunne ikke kontrolleres.', ...(why ? [why.da] : [])].join(' '),
    ['Whether the certificate is revoked could not be checked.', ...(why ? [why.en] : [])].join(' '),
    'ask-evidence',
  )
}

/** What the municipality itself decided about its anchors, with the sub-indication that it leads to. */
const OF_THE_ANCHOR: Readonly<Record<string, SubIndication>> = {
  'anchor-not-trusted-then': 'OUT_OF_BOUNDS_NO_POE',
  'anchor-constraint-violated': 'CHAIN_CONSTRAINTS_FAILURE',
}

function reasonOf(signature: SignatureReport): Message {
  const undecided = undecidedBy(signature)
  // What stands below speaks of certificates; a key's owner answers for it alone, and its findings say what is wrong.
  if (signature.kind === 'openpgp') return undecided
  if (signature.changesAfter === 'unknown')
    return sayWords(findingWords('changes-not-judged', signature), 'person-looks', undecided)
  const onHold = signature.findings.some((finding) => finding.code === 'certificate-on-hold')
  if (signature.subIndication === 'TRY_LATER' && onHold)
    return sayWords(findingWords('certificate-on-hold', signature), anew(signature), undecided)
  const ofAnchor = signature.findings.find(({ code }) => code in OF_THE_ANCHOR)
  if (ofAnchor && OF_THE_ANCHOR[ofAnchor.code] === signature.subIndication)
    return sayWords(findingWords(ofAnchor.code, signature), 'ask-trust', undecided)
  return (signature.subIndication ? byReason(signature)[signature.subIndication] : undefined) ?? undecided
}

/** That nothing is decided, with the first fault that has words. */
function undecidedBy(signature: SignatureReport): Message {
  const { da, en } = termsOf(signature)
  const fault = signature.findings.find((one) => one.severity === 'error' && one.code in FINDING_WORDS)
  const why = fault ? findingWords(fault.code, signature) : undefined
  return say(
    [`${da.The} kan ikke afgøres.`, ...(why ? [why.da] : [])].join(' '),
    [`${en.The} could not be decided.`, ...(why ? [why.en] : [])].join(' '),
    'person-looks',
  )
}

function unknownIssuer(signature: SignatureReport): Message {
  const { da, en } = termsOf(signature)
  const sameNamed = signature.findings.find(({ code }) => code === 'issuer-key-differs')
  if (sameNamed) return otherKey(signature, sameNamed)
  const last = signature.path.at(-1)?.subject
  const issuer = last === signature.signer?.subject ? signature.signer?.issuer : last
  const name = shortNameOf(issuer ?? signature.signer?.issuer ?? '')
  return say(
    `${da.Whose} CA${name ? `, ${name},` : ''} står ikke på kommunens liste.`,
    `${en.Whose} CA${name ? `, ${name},` : ''} is not on the municipality's list.`,
    'ask-trust',
  )
}

/** A CA that has a new key looks just like somebody who took its name: nobody is accused, and nobody is believed. */
function otherKey(signature: SignatureReport, { message }: Finding): Message {
  const { da, en } = termsOf(signature)
  const names = [signature.signer?.issuer ?? '', ...signature.path.map(({ subject }) => subject)]
  const name = shortNameOf(names.find((one) => message.includes(`"${one}"`)) ?? '')
  return say(
    `${da.Whose} CA kalder sig${name ? ` ${name}` : ''} som en på kommunens liste, men har en anden nøgle.`,
    `${en.Whose} CA calls itself${name ? ` ${name}` : ''} like one on the municipality's list, but has another key.`,
    'check-fingerprint',
  )
}
