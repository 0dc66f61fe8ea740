import type { CaseType, Settings } from '../model/settings.ts'
import type { Instant } from '../model/time.ts'
import type { Dossier } from './dossier.ts'

/** What a package says about who made it. */
export interface TenantFacts {
  readonly municipality: Pick<Settings['municipality'], 'name' | 'cvr'>
  readonly caseType: Pick<CaseType, 'id' | 'title' | 'kle'>
}

/** A file with its place in the package and its name as it was given. */
export interface PlacedFile {
  readonly path: string
  readonly sha256: string
  readonly size: number
  readonly mediaType: string
  readonly originalName: string | null
  readonly documentId: string | null
  readonly derivedFrom: string | null
}

/**
 * Gives case.json: the protected descriptive metadata, the only place in a package where people are named.
 * Field names are stable; a reader finds each file by its path, and each verdict with the trust list that gave it.
 */
export function describeCase(
  dossier: Dossier,
  files: readonly PlacedFile[],
  {
    objid,
    version,
    packedAt,
    tenant,
  }: {
    readonly objid: string
    readonly version: number
    readonly packedAt: Instant
    readonly tenant: TenantFacts
  },
): Readonly<Record<string, unknown>> {
  const row = dossier.case
  return {
    schemaVersion: 1,
    objid,
    version,
    packedAt,
    municipality: tenant.municipality,
    case: {
      id: row.id,
      number: row.number,
      title: row.title,
      caseType: tenant.caseType.id,
      kle: { subject: tenant.caseType.kle },
      language: row.language,
      channel: row.channel,
      receivedAt: row.receivedAt,
      checkedAt: row.checkedAt,
      dueOn: row.dueOn,
      indication: row.indication,
      decision: row.decision,
      decidedAt: row.decidedAt,
      decidedBy: row.decidedBy,
      decisionReason: row.decisionReason,
      answeredAt: row.answeredAt,
    },
    parties: dossier.parties.map((party) => ({
      role: party.role,
      name: party.name,
      identifier: party.email === null ? null : { type: 'email', value: party.email, proof: party.emailProof },
      openpgpFingerprint: party.openpgpFingerprint,
      chosenChannel: party.chosenChannel,
    })),
    submissions: dossier.submissions.map((submission) => ({
      id: submission.id,
      direction: 'incoming',
      channel: submission.channel,
      receivedAt: submission.receivedAt,
      sentAt: submission.headers?.date ?? null,
      messageId: submission.headers?.messageId ?? null,
      envelope: submission.envelope,
      problem: submission.problem,
    })),
    files,
    timeStamps: dossier.preservations.map((one) => ({
      seq: one.seq,
      at: one.at,
      authority: one.authority,
      holdsUntil: one.holdsUntil,
      algorithms: one.algorithms,
      listSha256: one.manifestSha256,
      tokenSha256: one.tokenSha256,
    })),
    verdicts: dossier.documents.flatMap(({ document, verification }) =>
      verification
        ? [
            {
              documentId: document.id,
              sha256: document.sha256,
              indication: verification.indication,
              subIndication: verification.subIndication,
              validationTime: verification.validationTime,
              trustListVersion: verification.trustListVersion,
              reportSha256: verification.reportSha256,
            },
          ]
        : [],
    ),
  }
}
