import { fileURLToPath } from 'node:url'
import {
  approveCase,
  caseStatus,
  channelChoice,
  chooseChannel,
  findUntold,
  lookUpGenuine,
  lookUpTracking,
  newLinkChoice,
  redeemCode,
  rejectCase,
  requestCode,
  revokeLinks,
  sendNewLink,
  settleToldOtherwise,
  workingDaysLeft,
} from './casework/index.ts'
import { describeRoute } from './delivery/index.ts'
import { acceptAddition, acceptUpload, readForm } from './intake/index.ts'
import { GatewayError } from './model/errors.ts'
import { findBrokenLink } from './model/history.ts'
import { instant } from './model/time.ts'
import { toPem } from './seal/index.ts'
import {
  addAnchor,
  addAnchors,
  createCandidateFinder,
  describeAnchor,
  disableAnchor,
  effectsOf,
  enableAnchor,
  enabledAnchors,
  loadCatalogue,
  planRejudge,
  readAnchorFile,
} from './trust/index.ts'
import { makeVerificationSheet } from './typeset/index.ts'
import { describeReport, describeVerdict, writeEtsiXml, writeJson } from './verify/index.ts'
import type { WebDeps } from './web/index.ts'
import type { Parts } from './wiring.ts'

/** Beside src/ and dist/ alike. */
const CATALOGUE = fileURLToPath(new URL('../certs', import.meta.url))

/** Gives the pages what other rooms do for them. */
export function webDeps(parts: Parts): WebDeps {
  const { settings, store, clock, log, sandbox, sealChain } = parts
  const candidateAnchors = createCandidateFinder(parts)
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
    reportOf: async (documentId) => {
      const [verification] = await store.verificationsOf([documentId])
      return verification
        ? JSON.parse(Buffer.from(await store.blobs.get(verification.reportSha256)).toString('utf8'))
        : null
    },
    writeReport: reportWriter(parts),
    describeAnchor: (der, language) => describeAnchor(der, language, clock()),
    lookAtAnchors: async (bytes, language) => {
      const known = new Set((await store.listAnchors()).map(({ sha256 }) => sha256))
      return (await readAnchorFile(bytes)).map(({ sha256, subject, der }) => ({
        sha256,
        subject,
        der,
        pem: toPem(der),
        present: known.has(sha256),
        words: describeAnchor(der, language, clock()),
      }))
    },
    addAnchorFromFile: async ({ bytes, actor, ...wanted }) => {
      const candidates = await readAnchorFile(bytes)
      const common = { ...wanted, actor: actor.name ?? actor.kind, at: instant(clock()) }
      return store.commit(async (write) => {
        const { added, present } = await addAnchors(write, candidates, common)
        await planRejudge(write, instant(clock()))
        return { added: added.map(({ sha256 }) => sha256), present: present.map(({ sha256 }) => sha256) }
      })
    },
    candidateAnchors,
    addCandidateAnchor: async ({ caseId, sha256, typedFingerprint, purposes, note, actor }) => {
      const found = (await candidateAnchors(caseId)).anchors.find((one) => one.sha256 === sha256)
      if (!found)
        throw new GatewayError('wrong-state', 'No open case offers this certificate now', { facts: { caseId } })
      const source = `submission:${found.submissionId}`
      const common = { purposes, note, source, typedFingerprint, actor: actor.name ?? actor.kind }
      await store.commit(async (write) => {
        await addAnchor(write, { ...common, der: found.der, at: instant(clock()) })
        await planRejudge(write, instant(clock()))
      })
    },
    effectsOf: (change) => effectsOf(change, parts),
    disableAnchor: ({ sha256, reason, actor }) =>
      store.commit(async (write) => {
        await disableAnchor(write, sha256, { actor: actor.name ?? actor.kind, reason, at: instant(clock()) })
        await planRejudge(write, instant(clock()))
      }),
    enableAnchor: ({ sha256, reason, actor }) =>
      store.commit(async (write) => {
        await enableAnchor(write, sha256, { actor: actor.name ?? actor.kind, reason, at: instant(clock()) })
        await planRejudge(write, instant(clock()))
      }),
    catalogue: () => loadCatalogue(CATALOGUE),
    enableFromCatalogue: async ({ id, note, actor }) => {
      const entry = (await loadCatalogue(CATALOGUE)).find((one) => one.id === id)
      if (!entry) throw new GatewayError('not-found', 'The catalogue has no such entry', { facts: { id } })
      const common = { purposes: entry.purposes, note, source: `catalogue:${id}`, actor: actor.name ?? actor.kind }
      await store.commit(async (write) => {
        await addAnchor(write, { ...common, der: entry.certificate.der, at: instant(clock()) })
        await planRejudge(write, instant(clock()))
      })
    },
    retryJob: (jobId) => store.jobs.retry(jobId),
    verifyFile: async (bytes, fileName) =>
      sandbox.verify({
        bytes,
        fileName,
        validationTime: instant(clock()),
        poe: instant(clock()),
        // Whoever holds one of our sealed copies checks it here: our own seal counts beside the admin's list.
        trustAnchors: [...(await enabledAnchors(store, 'document', instant(clock()))), ...sealChain.slice(-1)],
        intermediates: [],
        checkRevocation: settings.checkRevocation,
        algorithms: settings.algorithms,
      }),
  }
}

/** Writes reports as files. The ETSI report says who validated by the certificate of our seal. */
function reportWriter({ settings, sealChain }: Parts): WebDeps['writeReport'] {
  const { name, timeZone } = settings.municipality
  return async (report, format, { language, ...about }) => {
    if (format === 'json') return { mediaType: 'application/json', bytes: Buffer.from(`${writeJson(report)}\n`) }
    if (format === 'pdf') {
      const inWords = describeReport(report, language, {
        timeZone,
        reader: about.caseNumber ? 'caseworker' : 'citizen',
      })
      const sheet = { ...about, municipality: name, language, timeZone, report: inWords }
      return { mediaType: 'application/pdf', bytes: await makeVerificationSheet(sheet) }
    }
    const [certificate] = sealChain
    const xml = writeEtsiXml(report, { validator: certificate ? { certificate } : { name } })
    return { mediaType: 'application/xml', bytes: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`) }
  }
}
