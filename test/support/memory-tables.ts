import type { Account, Invitation, Session } from '../../src/model/account.ts'
import type { ApiRequest, ApiToken } from '../../src/model/api-token.ts'
import type { ArchivePackage } from '../../src/model/archive-package.ts'
import type { Case, CaseToken, HistoryEntry, OneTimeCode, Party } from '../../src/model/case.ts'
import type { CitizenKey, KeyChallenge } from '../../src/model/citizen-key.ts'
import type { Document, Verification } from '../../src/model/document.ts'
import type { Job } from '../../src/model/job.ts'
import type { Delivery, DeliveryEvidence, Letter } from '../../src/model/letter.ts'
import type { OwnKey } from '../../src/model/own-key.ts'
import type { Preservation, RenewalTime } from '../../src/model/preservation.ts'
import type { SealCertificate } from '../../src/model/seal.ts'
import type { Page, Reader } from '../../src/model/store.ts'
import type { Submission } from '../../src/model/submission.ts'
import type { TrustAnchor, TrustChange } from '../../src/model/trust-anchor.ts'
import type { TrustProposal } from '../../src/model/trust-proposal.ts'
import type { ListEdition, TrustedList } from '../../src/model/trusted-list.ts'
import type { ValidationData } from '../../src/model/validation-data.ts'

/** All rows of the memory store, in order of making. */
export interface Tables {
  submissions: Map<string, Submission>
  documents: Map<string, Document>
  verifications: Map<string, Verification>
  validationData: Map<string, ValidationData>
  brought: Map<string, { readonly documentId: string; readonly sha256: string }>
  preservations: Map<string, Preservation>
  cases: Map<string, Case>
  parties: Map<string, Party>
  history: Map<string, HistoryEntry>
  adminHistory: Map<string, HistoryEntry>
  tokens: Map<string, CaseToken>
  codes: Map<string, OneTimeCode>
  letters: Map<string, Letter>
  deliveries: Map<string, Delivery>
  evidence: Map<string, DeliveryEvidence>
  accounts: Map<string, Account>
  invitations: Map<string, Invitation>
  apiTokens: Map<string, ApiToken>
  apiRequests: Map<string, ApiRequest>
  sessions: Map<string, Session>
  anchors: Map<string, TrustAnchor>
  trustedLists: Map<string, TrustedList>
  listEditions: Map<string, ListEdition>
  trustChanges: Map<string, TrustChange>
  sealCertificates: Map<string, SealCertificate>
  ownKeys: Map<string, OwnKey>
  citizenKeys: Map<string, CitizenKey>
  keyChallenges: Map<string, KeyChallenge>
  proposals: Map<string, TrustProposal>
  packages: Map<string, ArchivePackage>
  settings: Map<string, unknown>
  serials: Map<string, number>
  jobs: Map<string, Job>
  blobs: Map<string, Uint8Array>
}

export function emptyTables(): Tables {
  return {
    submissions: new Map(),
    documents: new Map(),
    verifications: new Map(),
    validationData: new Map(),
    brought: new Map(),
    preservations: new Map(),
    cases: new Map(),
    parties: new Map(),
    history: new Map(),
    adminHistory: new Map(),
    tokens: new Map(),
    codes: new Map(),
    letters: new Map(),
    deliveries: new Map(),
    evidence: new Map(),
    accounts: new Map(),
    invitations: new Map(),
    apiTokens: new Map(),
    apiRequests: new Map(),
    sessions: new Map(),
    anchors: new Map(),
    trustedLists: new Map(),
    listEditions: new Map(),
    trustChanges: new Map(),
    sealCertificates: new Map(),
    ownKeys: new Map(),
    citizenKeys: new Map(),
    keyChallenges: new Map(),
    proposals: new Map(),
    packages: new Map(),
    settings: new Map(),
    serials: new Map(),
    jobs: new Map(),
    blobs: new Map(),
  }
}

/** Copies every table, so that a commit that throws can be undone (rows themselves never change). */
export function copyTables(tables: Tables): Tables {
  const copy = emptyTables()
  for (const name of Object.keys(tables) as (keyof Tables)[]) {
    const from: Map<string, unknown> = tables[name]
    const to: Map<string, unknown> = copy[name]
    for (const [key, row] of from) to.set(key, row)
  }
  return copy
}

const paged = <T>(rows: readonly T[], page: Page | undefined): readonly T[] =>
  rows.slice(page?.offset ?? 0, (page?.offset ?? 0) + (page?.limit ?? rows.length))

const where = <T>(table: ReadonlyMap<string, T>, holds: (row: T) => boolean): T[] => [...table.values()].filter(holds)

const newest = <T>(rows: readonly T[], page?: Page): readonly T[] => paged([...rows].reverse(), page)

/** Gives the read half of the Store port over whatever tables() returns at the time of the call. */
export function readerOver(tables: () => Tables): Reader {
  const queue = () =>
    where(tables().cases, (row) => row.state === 'with-caseworker').sort((a, b) =>
      `${a.dueOn} ${a.receivedAt}` < `${b.dueOn} ${b.receivedAt}` ? -1 : 1,
    )
  return {
    submission: async (id) => tables().submissions.get(id) ?? null,
    submissionsOfCase: async (caseId) => where(tables().submissions, (row) => row.caseId === caseId),
    listSubmissions: async (filter) =>
      newest(
        where(tables().submissions, (row) => filter?.states?.includes(row.state) ?? true),
        filter,
      ),
    document: async (id) => tables().documents.get(id) ?? null,
    documentsOfSubmission: async (id) => where(tables().documents, (row) => row.submissionId === id),
    documentsOfCase: async (caseId) => where(tables().documents, (row) => row.caseId === caseId),
    validationData: async (ids) => where(tables().validationData, (row) => ids.includes(row.id)),
    newestValidationData: async ({ kind, url, certificate }) =>
      where(
        tables().validationData,
        (row) => row.kind === kind && row.url === url && row.certificate === certificate,
      ).at(-1) ?? null,
    verificationsOf: async (ids) =>
      ids.flatMap((id) => where(tables().verifications, (row) => row.documentId === id).slice(-1)),
    preservationsOfCase: async (caseId) => where(tables().preservations, (row) => row.caseId === caseId),
    preservationAlgorithms: async () =>
      [...new Set(newestPreservations(tables()).map((row) => JSON.stringify(row.algorithms)))].map((one) =>
        JSON.parse(one),
      ),
    preservationsDue: async (when, limit) =>
      newestPreservations(tables())
        .filter((row) => isDue(row, when))
        .sort((a, b) => a.renewAt.localeCompare(b.renewAt))
        .slice(0, limit)
        .map(({ caseId }) => caseId),
    casesWithoutPreservation: async (limit) =>
      casesWithout(tables())
        .slice(0, limit)
        .map(({ id }) => id),
    preservationStatus: async (when) => {
      const rows = newestPreservations(tables())
      return {
        held: rows.filter((row) => row.holdsUntil > when.now).length,
        due: rows.filter((row) => isDue(row, when)).length,
        without: casesWithout(tables()).length,
        firstEnd: rows.map((row) => row.holdsUntil).sort()[0] ?? null,
      }
    },
    case: async (id) => tables().cases.get(id) ?? null,
    caseByNumber: async (number) => where(tables().cases, (row) => row.number === number)[0] ?? null,
    listCases: async (filter) =>
      newest(
        where(tables().cases, (row) => filter?.states?.includes(row.state) ?? true),
        filter,
      ),
    queue: async (page) => paged(queue(), page),
    queuePosition: async (caseId) => {
      const index = queue().findIndex((row) => row.id === caseId)
      return index < 0 ? null : index + 1
    },
    partiesOfCase: async (caseId) => where(tables().parties, (row) => row.caseId === caseId),
    party: async (id) => tables().parties.get(id) ?? null,
    history: async (caseId) => where(tables().history, (row) => row.caseId === caseId),
    token: async (hash) => tables().tokens.get(hash) ?? null,
    tokensOfCase: async (caseId) => where(tables().tokens, (row) => row.caseId === caseId),
    tokensOfSubmission: async (id) => where(tables().tokens, (row) => row.submissionId === id),
    oneTimeCode: async (caseId, browserHash) =>
      where(tables().codes, (row) => row.caseId === caseId && row.browserHash === browserHash).at(-1) ?? null,
    countOneTimeCodes: async (by, since) =>
      where(
        tables().codes,
        (row) =>
          row.createdAt >= since &&
          (by.caseId === undefined || row.caseId === by.caseId) &&
          (by.emailHash === undefined || row.emailHash === by.emailHash),
      ).length,
    letter: async (id) => tables().letters.get(id) ?? null,
    letterByCause: async (cause) => where(tables().letters, (row) => row.cause === cause)[0] ?? null,
    lettersOfCase: async (caseId) => where(tables().letters, (row) => row.caseId === caseId),
    listLetters: async (page) => newest([...tables().letters.values()], page),
    delivery: async (id) => tables().deliveries.get(id) ?? null,
    countMailsTo: async (address, since) =>
      where(tables().deliveries, (row) => row.address === address && row.createdAt >= since && row.messageId !== null)
        .length,
    deliveryByMessageId: async (id) => where(tables().deliveries, (row) => row.messageId === id)[0] ?? null,
    partiesByMessageId: async (id) =>
      where(tables().parties, (row) => row.replyToMessageId === id)
        .toReversed()
        .slice(0, 10),
    deliveriesOfLetter: async (id) => where(tables().deliveries, (row) => row.letterId === id),
    listDeliveries: async (filter) =>
      newest(
        where(tables().deliveries, (row) => filter?.states?.includes(row.state) ?? true),
        filter,
      ),
    evidenceOf: async (id) => where(tables().evidence, (row) => row.deliveryId === id),
    account: async (id) => tables().accounts.get(id) ?? null,
    accountByUsername: async (name) => where(tables().accounts, (row) => row.username === name)[0] ?? null,
    listAccounts: async () => [...tables().accounts.values()],
    apiTokens: async () => [...tables().apiTokens.values()],
    apiToken: async (hash) => where(tables().apiTokens, (row) => row.tokenHash === hash)[0] ?? null,
    apiRequest: async (tokenId, keyHash) => tables().apiRequests.get(`${tokenId}:${keyHash}`) ?? null,
    apiRequestOf: async (id) => where(tables().apiRequests, (row) => row.submissionId === id)[0] ?? null,
    invitation: async (hash) => tables().invitations.get(hash) ?? null,
    session: async (hash) => tables().sessions.get(hash) ?? null,
    listAnchors: async () => [...tables().anchors.values()],
    anchor: async (sha256) => tables().anchors.get(sha256) ?? null,
    broughtIn: async (sha256s) => {
      const attached = where(tables().documents, ({ role }) => role === 'attachment')
      const brought = [...tables().brought.values()].flatMap(({ documentId, sha256 }) => {
        const submissionId = tables().documents.get(documentId)?.submissionId ?? null
        return { sha256, submissionId }
      })
      return [...attached, ...brought].flatMap(({ sha256, submissionId }) =>
        sha256s.includes(sha256) && submissionId !== null ? { sha256, submissionId } : [],
      )
    },
    sealCertificates: async () => [...tables().sealCertificates.values()],
    trustedLists: async () => [...tables().trustedLists.values()].sort((a, b) => (a.territory < b.territory ? -1 : 1)),
    listEditions: async (territory) => where(tables().listEditions, (row) => row.territory === territory),
    ownKeys: async () => [...tables().ownKeys.values()],
    citizenKeysOf: async (address, kind) =>
      where(tables().citizenKeys, (row) => row.address === address && (kind === undefined || row.kind === kind)),
    citizenKey: async (id) => tables().citizenKeys.get(id) ?? null,
    listCitizenKeys: async (filter) =>
      paged(
        where(tables().citizenKeys, (row) => filter?.states?.includes(row.state) ?? true),
        filter,
      ),
    keyChallengesOf: async (caseId) => where(tables().keyChallenges, (row) => row.caseId === caseId),
    metChallengesOf: async (keyId) =>
      where(tables().keyChallenges, (row) => row.keyId === keyId && row.usedAt !== null),
    openPartiesWith: async (address) =>
      where(tables().parties, (row) => {
        const state = tables().cases.get(row.caseId)?.state
        return row.email?.toLowerCase() === address && (state === 'with-caseworker' || state === 'decided')
      }),
    casesByAnchor: async () => {
      const newestOf = new Map([...tables().verifications.values()].map((row) => [row.documentId, row]))
      const found = new Map<string, Set<string>>()
      for (const { documentId, anchors } of newestOf.values()) {
        const caseId = tables().documents.get(documentId)?.caseId
        for (const sha256 of caseId ? anchors : []) {
          found.set(sha256, (found.get(sha256) ?? new Set<string>()).add(caseId ?? ''))
        }
      }
      const isOpen = (id: string) => tables().cases.get(id)?.state === 'with-caseworker'
      return [...found].map(([sha256, cases]) => ({
        sha256,
        open: [...cases].filter(isOpen).length,
        all: cases.size,
      }))
    },
    listTrustChanges: async (page) => [...tables().trustChanges.values()].slice(page?.newestOnly ? -1 : 0),
    proposal: async (id) => tables().proposals.get(id) ?? null,
    listProposals: async (states) => where(tables().proposals, (row) => states.includes(row.state)),
    packagesOfCase: async (caseId) => where(tables().packages, (row) => row.caseId === caseId),
    listPackages: async (page) => newest([...tables().packages.values()], page),
    setting: async (name) => tables().settings.get(name) ?? null,
    listJobs: async (filter) =>
      paged(
        where(
          tables().jobs,
          (row) => (filter?.states?.includes(row.state) ?? true) && (filter?.kinds?.includes(row.kind) ?? true),
        ),
        filter,
      ),
    adminHistory: async (page) => {
      const all = [...tables().adminHistory.values()]
      return page?.newestOnly ? all.slice(-1) : paged(all, page)
    },
    countStuck: async () => {
      const stuck = where(tables().deliveries, (row) => {
        const state = tables().cases.get(row.caseId)?.state
        const isOpen = state === 'with-caseworker' || state === 'decided'
        return isOpen && (row.state === 'unsendable' || row.state === 'refused')
      })
      return {
        deadJobs: where(tables().jobs, (row) => row.state === 'dead').length,
        unsentLetters: new Set(stuck.map((row) => row.letterId)).size,
      }
    },
    countCases: async () => tables().cases.size,
  }
}

const newestPreservations = ({ preservations }: Tables): readonly Preservation[] => [
  ...new Map([...preservations.values()].map((row) => [row.caseId, row])).values(),
]

const casesWithout = ({ cases, preservations }: Tables): readonly Case[] =>
  [...cases.values()].filter(
    ({ id, state }) =>
      (state === 'answered' || state === 'archived') && ![...preservations.values()].some((row) => row.caseId === id),
  )

const isDue = (row: Preservation, { now, weak, weakMadeBefore }: RenewalTime): boolean =>
  row.renewAt <= now ||
  (row.at < weakMadeBefore && weak.some((one) => JSON.stringify(one) === JSON.stringify(row.algorithms)))
