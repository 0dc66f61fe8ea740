import { type EvidenceStatus, REASON_CERTIFICATE_HOLD } from './context.ts'

/** Says whether an answer is one to rely on that calls the certificate good. */
export const callsGood = ({ status, objection }: EvidenceStatus): boolean => status === 'good' && objection === null

const issued = (answer: EvidenceStatus): number => answer.thisUpdate?.getTime() ?? 0

/**
 * Takes answers of sound evidence about one certificate; gives the revocation that stands: one that is for good, of
 * whatever age, else a hold that no newer evidence has lifted: what is weak revokes, and lifts nothing. Null
 * where the certificate is not revoked.
 * @see RFC 5280 §5.3.1, RFC 6960 §2.2
 */
export function standingRevocation(answers: readonly EvidenceStatus[]): EvidenceStatus | null {
  const revoked = answers.filter((answer) => answer.status === 'revoked')
  const lasting = revoked.find((answer) => answer.reason !== REASON_CERTIFICATE_HOLD)
  if (lasting) return lasting
  const newestGood = Math.max(...answers.filter(callsGood).map(issued))
  return revoked.find((answer) => issued(answer) >= newestGood) ?? null
}

/** Gives the newest of some answers; null of none. */
export const newestOf = (answers: readonly EvidenceStatus[]): EvidenceStatus | null =>
  answers.toSorted((a, b) => issued(b) - issued(a))[0] ?? null
