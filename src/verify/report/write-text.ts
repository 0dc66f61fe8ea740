import { describeVerdict, type Language } from './plain-words.ts'
import type { SignatureReport, VerificationReport } from './report.ts'

/** Gives a report as lines for a terminal, with an end of line behind the last. */
export function writeText(report: VerificationReport, language: Language): string {
  const words = describeVerdict(report, language)
  const lines = [
    `${report.file ?? '-'}: ${report.error ? `error (${report.error.code})` : (report.indication ?? '-')}`,
    `  ${words.headline}`,
    ...report.signatures.flatMap(describeSignature),
    ...report.findings.map((finding) => `  ${finding.severity}: ${finding.message} [${finding.code}]`),
    ...(words.whatToDo ? [`  → ${words.whatToDo}`] : []),
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

function describeSignature(signature: SignatureReport): readonly string[] {
  const verdict = `${signature.indication}${signature.subIndication ? ` (${signature.subIndication})` : ''}`
  const facts = [
    `intact ${signature.intact}`,
    `trusted ${signature.trusted}`,
    `revocation ${signature.revocation}`,
    ...(signature.changesAfter ? [`changes after ${signature.changesAfter}`] : []),
  ]
  return [
    `  ${signature.id} [${signature.kind}${signature.hidden ? ', hidden' : ''}]: ${verdict}`,
    ...(signature.signer ? [`    signer: ${signature.signer.subject}`] : []),
    ...(signature.trustAnchor ? [`    trust anchor: ${signature.trustAnchor.subject}`] : []),
    `    ${facts.join(', ')}`,
    ...signature.findings.map((finding) => `    ${finding.severity}: ${finding.message} [${finding.code}]`),
  ]
}

/** Names come from strangers: what would steer a terminal is shown by its number. */
function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
