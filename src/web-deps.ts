import { lastRun, renewalTime } from './archive/index.ts'
import {
  approveCase,
  caseStatus,
  channelChoice,
  chooseChannel,
  citizenKeyTimes,
  findUntold,
  joinCases,
  keyChoice,
  lookUpGenuine,
  lookUpTracking,
  newLinkChoice,
  offerKey,
  parseCaseNumber,
  proveKey,
  redeemCode,
  rejectCase,
  requestCode,
  revokeLinks,
  sendNewLink,
  settleToldOtherwise,
  takeUp,
  withdrawKey,
  workingDaysLeft,
} from './casework/index.ts'
import { describeRoute, endOfEncryption } from './delivery/index.ts'
import { acceptAddition, acceptUpload, readForm } from './intake/index.ts'
import { GatewayError } from './model/errors.ts'
import { findBrokenLink } from './model/history.ts'
import type { VerifyInput } from './model/ports.ts'
import { instant } from './model/time.ts'
import { UNBOUND } from './model/trust-anchor.ts'
import { sealAnchors, sealFacts, warningsOf } from './seal/index.ts'
import {
  asIfAdded,
  concernedBy,
  confirmChange,
  createCandidateFinder,
  declineChange,
  describeAnchor,
  draftChange,
  judgeFile,
  listingOf,
  listSteps,
  listsIn,
  loadCatalogue,
  lookAtProposal,
  obstacleTo,
  policyReview,
  stepOf,
  testFile,
} from './trust/index.ts'
import { makeVerificationSheet } from './typeset/index.ts'
import { describeReport, describeVerdict, writeEtsiXml, writeJson } from './verify/index.ts'
import type { WebDeps } from './web/index.ts'
import { CERTIFICATES, type Parts } from './wiring.ts'

const ALWAYS = { countsFrom: null, countsUntil: null, constraints: UNBOUND }

/** Gives the pages what other rooms do for them. */
export function webDeps(parts: Parts): WebDeps {
  const { settings, store, clock, log, seal } = parts
  const candidateAnchors = createCandidateFinder(parts)
  const places = { candidateAnchors, catalogue: () => loadCatalogue(CERTIFICATES) }
  const besideSeal = addingOnce(() => seal.certificates(), sealAnchors)
  const today = () => ({
    now: clock(),
    timeZone: settings.municipality.timeZone,
    closingDays: settings.closingDays,
  })
  return {
    settings,
    store,
    clock,
    log,
    findBrokenLink,
    describeVerdict: (report, language, reader) =>
      describeVerdict(report, language, { reader, timeZone: settings.municipality.timeZone }),
    describeRoute,
    readForm: async (contentType, body) => readForm(contentType, body),
    municipalityPublicKey: async () => {
      const key = await parts.keyring.active('openpgp')
      return key && { armored: key.certificate, fingerprint: key.id }
    },
    caseStatus: async (caseId) => {
      const row = await store.case(caseId)
      if (!row) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
      return caseStatus(store, row, today())
    },
    workingDaysLeft: (dueOn) => workingDaysLeft(store, dueOn, today()),
    approve: (decision) => approveCase(decision, parts),
    reject: (decision) => rejectCase(decision, parts),
    parseCaseNumber,
    joinCases: (join) => joinCases(join, parts),
    isUntold: async (caseId) => (await findUntold(store, caseId)) !== null,
    settleToldOtherwise: (told) => settleToldOtherwise(told, parts),
    requestCode: (ask) => requestCode(ask, parts),
    redeemCode: (ask) => redeemCode(ask, parts),
    lookUpTracking: (token) => lookUpTracking(store, token, clock()),
    lookUpGenuine: (token) => lookUpGenuine(store, token, { now: clock(), municipality: settings.municipality.name }),
    revokeLinks: (ask) => revokeLinks(ask, parts),
    newLinkChoice: (caseId) => newLinkChoice(store, caseId),
    sendNewLink: (ask) => sendNewLink(ask, parts),
    acceptUpload: (upload) => acceptUpload(upload, parts),
    acceptAddition: (addition) => acceptAddition(addition, parts),
    channelChoice: (caseId) => channelChoice(store, caseId),
    chooseChannel: (choice) => chooseChannel(choice, parts),
    keyChoice: (caseId) => keyChoice(store, caseId, clock()),
    offerKey: (offer) => offerKey(offer, parts),
    proveKey: (proof) => proveKey(proof, parts),
    reportOf: async (documentId) => {
      const [verification] = await store.verificationsOf([documentId])
      return verification
        ? JSON.parse(Buffer.from(await store.blobs.get(verification.reportSha256)).toString('utf8'))
        : null
    },
    writeReport: reportWriter(parts),
    describeAnchor: (der, language) => describeAnchor(der, language, clock()),
    candidateAnchors,
    planTrust: async ({ wanted, reason, actor }) => {
      const steps = [await stepOf(wanted, places)]
      return (await draftChange({ steps, reason, by: actor }, parts)).id
    },
    planLists: async ({ wanted, reason, actor }) => {
      const steps = await listSteps(wanted, { ...parts, fetcher: parts.listFetcher })
      return (await draftChange({ steps, reason, by: actor }, parts)).id
    },
    plannedTrust: async ({ id, actor, language }) => {
      const proposal = await lookAtProposal(id, actor, parts)
      const anchors = (await concernedBy(proposal.steps, store)).map(({ anchor, ...about }) => ({
        ...about,
        sha256: anchor.sha256,
        subject: anchor.subject,
        purposes: anchor.purposes,
        countsFrom: anchor.countsFrom,
        countsUntil: anchor.countsUntil,
        constraints: anchor.constraints,
        words: describeAnchor(anchor.der, language, clock()),
      }))
      const [lists, obstacle] = [await listsIn(proposal.steps, store), await obstacleTo(proposal, parts)]
      return { proposal, anchors, lists, obstacle }
    },
    testFile: async ({ bytes, name, planned, actor }) => {
      const steps =
        planned === null
          ? []
          : 'change' in planned
            ? (await lookAtProposal(planned.change, actor, parts)).steps
            : asIfAdded(
                await stepOf(
                  { kind: 'file', ...ALWAYS, bytes: planned.certificates, purposes: planned.purposes },
                  places,
                ),
              )
      return testFile({ bytes, name }, steps, parts)
    },
    policyReview: () => policyReview(store),
    openProposals: () => store.listProposals(['open']),
    confirmTrust: ({ id, seen, actor }) => confirmChange({ id, seen, by: actor }, parts),
    declineTrust: ({ id, reason, actor }) => declineChange({ id, reason, by: actor }, parts),
    catalogue: () => loadCatalogue(CERTIFICATES),
    ownKeys: async () => {
      const { folder } = parts.keyParts
      const shown = (await store.ownKeys()).map(async (key) => ({
        key,
        warnings: warningsOf(key, await folder.has(key.file), clock()),
      }))
      return Promise.all(shown)
    },
    citizenKeyTimes: (key) => citizenKeyTimes(key, clock(), { store, endOfEncryption }),
    withdrawCitizenKey: (ask) => withdrawKey(ask, parts),
    sealFacts: async () => {
      const fault = seal.fault()
      const facts = sealFacts(seal.certificates(), clock())
      const chain = seal.chain()
      const listing = chain.length === 0 ? null : await listingOf(store, chain, instant(clock()))
      return { ...facts, listing, fault: fault && { code: fault.code, message: fault.message } }
    },
    testSeal: () => seal.test(),
    preservationFacts: async () => ({
      authority: settings.timestamps && new URL(settings.timestamps.url).host,
      status: await store.preservationStatus(await renewalTime(store, parts)),
      last: await lastRun(store),
    }),
    retryJob: (jobId) => store.jobs.retry(jobId),
    takeUp: (wanted) => takeUp(wanted, { store, clock }),
    // Whoever holds one of our sealed copies checks it here: our own seal counts beside the admin's list.
    verifyFile: (bytes, name) => judgeFile({ bytes, name }, besideSeal, parts),
  }
}

/** Adds certificates to a list of anchors; the same list gives the same array, which goes to a child process once. */
function addingOnce<Source extends object>(
  sourceOf: () => Source,
  anchorsFrom: (source: Source) => VerifyInput['trustAnchors'],
): (anchors: VerifyInput['trustAnchors']) => VerifyInput['trustAnchors'] {
  const made = new WeakMap<VerifyInput['trustAnchors'], { source: Source; list: VerifyInput['trustAnchors'] }>()
  return (anchors) => {
    const source = sourceOf()
    const before = made.get(anchors)
    if (before?.source === source) return before.list
    const list = [...anchors, ...anchorsFrom(source)]
    made.set(anchors, { source, list })
    return list
  }
}

/** Writes reports as files. The ETSI report says who validated by the certificate of our seal. */
function reportWriter({ settings, seal }: Parts): WebDeps['writeReport'] {
  const { name, timeZone } = settings.municipality
  return async (report, format, { language, ...about }) => {
    if (format === 'json') return { mediaType: 'application/json', bytes: Buffer.from(`${writeJson(report)}\n`) }
    if (format === 'pdf') {
      const inWords = describeReport(report, language, {
        timeZone,
        reader: about.caseNumber ? 'caseworker' : 'visitor',
      })
      const sheet = { ...about, municipality: name, language, timeZone, report: inWords }
      return { mediaType: 'application/pdf', bytes: await makeVerificationSheet(sheet) }
    }
    const [certificate] = seal.chain()
    const xml = writeEtsiXml(report, { validator: certificate ? { certificate } : { name } })
    return { mediaType: 'application/xml', bytes: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`) }
  }
}
