import type { Party } from '../model/case.ts'
import { newId } from '../model/ids.ts'
import type { Submission } from '../model/submission.ts'
import type { MayAnswer, SenderProof } from './ports.ts'

/** Domains are compared without case (RFC 5321 §2.3.11), what stands before the @ belongs to the mailbox's owner. */
export function lowerDomain(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 0 ? address : `${address.slice(0, at)}${address.slice(at).toLowerCase()}`
}

/**
 * Takes a submission and what is proven of its sender; gives the party to be added to the case. A mail with no From
 * address, or with several, is never answered as one person's.
 */
export function senderParty(
  submission: Submission,
  caseId: string,
  proof: SenderProof,
  answer: ReturnType<MayAnswer>,
  nowMs: number,
): Party {
  const from = submission.headers?.from ?? []
  const one = from.length === 1 ? from[0] : undefined
  const email = one?.address ? lowerDomain(one.address) : null
  const mayAnswer = answer.mayAnswer && email !== null
  return {
    id: newId(nowMs),
    caseId,
    role: 'sender',
    name: one?.name || null,
    email,
    emailProof: email === null ? null : proof.emailProof,
    mayAnswer,
    mayNotAnswerReason: mayAnswer ? null : (answer.reason ?? 'no-address'),
    wroteEncrypted: submission.headers?.encrypted ?? false,
    openpgpKey: proof.openpgpKey,
    openpgpFingerprint: proof.openpgpFingerprint,
    openpgpSource: proof.openpgpSource,
    chosenChannel: proof.chosenChannel,
    replyToMessageId: submission.headers?.messageId ?? null,
  }
}
