import { describeVerdict, type Language } from './plain-words.ts'
import { describeQualified } from './qualified-words.ts'
import type { SignatureReport, VerificationReport } from './report.ts'

/** Faults of what was asked for and not of a document: no verdict in words stands for them. */
const ASKED_WRONGLY: ReadonlySet<string> = new Set(['invalid-request', 'unreadable-input'])

/**
 * Gives a report as lines for a terminal, the id that its input was given in front, and an end of line behind the last.
 * What the municipality's letters tell a citizen to do is left out: whoever runs a command is nobody's citizen, and
 * nobody takes it from there.
 */
export function writeText(report: VerificationReport, language: Language): string {
  const { error, id, file } = report
  const name = id === null ? (file ?? '-') : `${id}: ${file ?? '-'}`
  const lines = [
    `${name}: ${error ? `error (${error.code})` : (report.indication ?? '-')}`,
    ...(error && ASKED_WRONGLY.has(error.code) ? [] : [`  ${describeVerdict(report, language).headline}`]),
    ...(error ? [`  error: ${error.message}`] : []),
    ...report.signatures.flatMap(describeSignature),
    ...report.findings.map((finding) => `  ${finding.severity}: ${finding.message} [${finding.code}]`),
    ...report.parts
      .flatMap((part) =>
        writeText({ ...part, file: part.name }, language)
          .trimEnd()
          .split('\n'),
      )
      .map((line) => `  ${line}`),
  ]
  return `${lines.map(visible).join('\n')}\n`
}

const INTACT = {
  true: 'what was signed is unchanged',
  false: 'what was signed was changed, or the signature is broken',
  null: 'whether the signature holds was not judged',
} as const

const trustedOf = ({ kind, trusted }: SignatureReport): string => {
  const by = kind === 'openpgp' ? 'the key' : 'the certificate'
  if (trusted === null) return `whether ${by} is trusted was not judged`
  return trusted ? `${by} is trusted` : `${by} is not trusted`
}

const REVOCATION: Readonly<Record<SignatureReport['revocation'], string>> = {
  good: 'not revoked',
  revoked: 'revoked',
  unknown: 'nothing usable says whether it is revoked',
  'not-checked': 'whether it is revoked was not checked',
  exempt: 'whether it is revoked need not be asked',
}

/** Why nobody was asked whether the signer's certificate is revoked, where that is so. */
function revocationOf({ revocation, findings, signer, trustAnchor }: SignatureReport): string {
  if (revocation !== 'exempt' && revocation !== 'good') return REVOCATION[revocation]
  if (findings.some(({ code }) => code === 'certificate-short-term')) return 'valid too shortly to be revoked'
  const isOwnAnchor = revocation === 'exempt' && signer !== null && signer.sha256 === trustAnchor?.sha256
  return isOwnAnchor ? 'its own trust anchor, which nobody revokes' : REVOCATION[revocation]
}

const CHANGES: Readonly<Record<NonNullable<SignatureReport['changesAfter']>, string>> = {
  none: 'nothing was added since',
  permitted: 'only what is permitted was added since',
  forbidden: 'what is forbidden was changed since',
  unknown: 'something was added since that could not be judged',
}

function describeSignature(signature: SignatureReport): readonly string[] {
  const verdict = `${signature.indication}${signature.subIndication ? ` (${signature.subIndication})` : ''}`
  const { intact, changesAfter, fingerprint } = signature
  const qualified = describeQualified(signature, 'en')
  const facts = [
    INTACT[`${intact}`],
    ...(changesAfter ? [CHANGES[changesAfter]] : []),
    trustedOf(signature),
    revocationOf(signature),
  ]
  return [
    `  ${signature.id} [${signature.kind}${signature.hidden ? ', hidden' : ''}]: ${verdict}`,
    ...(signature.signer ? [`    signer: ${signature.signer.subject}`] : []),
    ...signature.userIds.map((userId) => `    signer: ${userId}`),
    ...(fingerprint === null ? [] : [`    key: ${fingerprint}`]),
    ...(signature.trustAnchor ? [`    trust anchor: ${signature.trustAnchor.subject}`] : []),
    `    ${facts.join('; ')}`,
    ...(qualified === null ? [] : [`    ${qualified}`]),
    ...signature.findings.map((finding) => `    ${finding.severity}: ${finding.message} [${finding.code}]`),
  ]
}

/** Names come from strangers: what would steer a terminal is shown by its number. */
function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
