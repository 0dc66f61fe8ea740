import { fileURLToPath } from 'node:url'
import { createFolderConnector } from './archive/index.ts'
import type { LetterLinks, ProveSender, ReadOfferedKey } from './casework/index.ts'
import { settleLetter } from './casework/index.ts'
import {
  createMailAuthenticator,
  createMailComposer,
  createOutboxRelay,
  createSmtpRelay,
  lookUpKey,
  mayAnswer,
  proveSender,
  readOfferedKey,
  usableEncryptionKey,
} from './delivery/index.ts'
import { createClamd } from './intake/index.ts'
import { newId } from './model/ids.ts'
import type { Log, MailAuthenticator, MailRelay, Sandbox, WebFetcher } from './model/ports.ts'
import type { ImapSettings, Settings } from './model/settings.ts'
import type { Store } from './model/store.ts'
import type { Submission } from './model/submission.ts'
import { type Clock, instant } from './model/time.ts'
import {
  createCachingFetcher,
  createFetcher,
  createSystemResolver,
  type DnsResolver,
  parseNetworks,
} from './net/index.ts'
import type { PipelineParts } from './pipeline.ts'
import { createSandbox } from './sandbox/index.ts'
import {
  createKeyring,
  createOwnSeal,
  ensureMunicipalityKeys,
  type KeyParts,
  type Keyring,
  keyFolder,
  type MunicipalityKeys,
  type OwnSeal,
  openSealKey,
  reconcileKeys,
} from './seal/index.ts'
import { createStore } from './store/index.ts'
import { loadListOfLists } from './trust/index.ts'
import { createTypesetter } from './typeset/index.ts'
import { describeVerdict } from './verify/index.ts'
import { preservationParts, sealTimestamp, timeStampAuthorityFor } from './wiring-timestamps.ts'

/** Beside src/ and dist/ alike. */
export const CERTIFICATES = fileURLToPath(new URL('../certs', import.meta.url))

/** What tests and the demo may replace. */
export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
  readonly relay?: MailRelay
  readonly resolver?: DnsResolver
  readonly fetcher?: WebFetcher
}

/** All parts of one gateway, put together and ready to be started. */
export interface Parts extends PipelineParts {
  readonly settings: Settings
  readonly keys: MunicipalityKeys
  /** The municipality's keys for mail, and what changes them. */
  readonly keyring: Keyring
  readonly keyParts: KeyParts
  readonly seal: OwnSeal
  readonly relay: MailRelay
  readonly store: Store
  readonly sandbox: Sandbox
  readonly readOfferedKey: ReadOfferedKey
}

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Opens the store, loads or makes the municipality's keys, and gives every room what it gets handed in.
 * @throws GatewayError storage-unavailable, migration-mismatch, key-unusable
 */
export async function wire(settings: Settings, overrides: Overrides = {}): Promise<Parts> {
  const clock = overrides.clock ?? (() => new Date())
  const store = await createStore({ dataDir: settings.dataDir, database: settings.database, clock })
  try {
    return await wireOver(store, clock, settings, overrides)
  } catch (thrown) {
    // A start that failed ends: an open store would keep its process.
    await store.close()
    throw thrown
  }
}

async function wireOver(store: Store, clock: Clock, settings: Settings, overrides: Overrides): Promise<Parts> {
  const log = overrides.log ?? silentLog
  const { municipality } = settings
  const keys = await ensureMunicipalityKeys(
    settings.dataDir,
    { ...municipality, address: municipality.mailAddress },
    clock,
  )
  const folder = keyFolder(settings.dataDir)
  await reconcileKeys({ store, folder, clock, log })
  const keyring = createKeyring({ store, folder })
  const domain = municipality.mailAddress.split('@').at(-1) ?? 'localhost'
  const resolver = overrides.resolver ?? (settings.senderAuthentication === 'dns' ? createSystemResolver() : null)
  const authenticator = createMailAuthenticator({ resolver, trustedHop: trustedHopFrom(settings) })
  const fetcher = overrides.fetcher ?? fetcherFor(settings, clock)
  const timestamps = timeStampAuthorityFor({ settings, store, clock, log, fetcher }, overrides.fetcher ?? null)
  const seal = await createOwnSeal({
    ...{ store, clock, log },
    kind: settings.seal.kind === 'own' && keys.source === 'imported' ? 'pkcs12' : settings.seal.kind,
    open: () => openSealKey(settings.seal, { keys, now: clock, fetcher: sealFetcher(settings, clock) }),
    timestamp: sealTimestamp(timestamps, { log }),
  })
  const sandbox = createSandbox({
    limits: settings.limits,
    log,
    taskModules: {
      normalise: taskModule('./intake/normalise-task'),
      verify: taskModule('./trust/verify-task'),
      certificates: taskModule('./trust/certificates-task'),
      stamp: taskModule('./typeset/stamp-task'),
    },
  })
  return {
    settings,
    store,
    keys,
    keyring,
    keyParts: { store, folder, municipality, clock },
    clock,
    log,
    sandbox,
    openpgpPrivateKeys: keyring.openpgpDecryptionKeys,
    smimeKeys: keyring.smimeDecryptionKeys,
    proveSender: senderProver(authenticator, keyring, clock),
    webhook: webhookFor(settings, clock),
    listFetcher: listFetcherFor(settings, clock, overrides),
    listOfLists: () => loadListOfLists(CERTIFICATES),
    fetcher,
    ...preservationParts(timestamps, {
      ...{ settings, store, clock, log, sandbox, fetcher },
      seal,
    }),
    mayAnswer: (submission) => answerRules(submission, settings),
    keyIsUsable: async (certificate, at) => (await usableEncryptionKey(certificate, at)).usable,
    readOfferedKey,
    lookUpKey: keyLookUp(settings, clock, overrides),
    describeVerdict: (report, language) => (report ? describeVerdict(report, language).headline : NOT_JUDGED[language]),
    letterLinks: linksFrom(settings.web.publicUrl),
    // Citizens' PDFs are stamped in a child; the page of our own text is made here.
    typesetter: { ...createTypesetter(), stampApproved: sandbox.stampApproved },
    sealer: seal,
    seal,
    composer: await createMailComposer({ openpgpPrivateKeyArmored: keyring.openpgpSigningKey, domain }),
    relay: overrides.relay ?? (settings.relay ? createSmtpRelay(settings.relay) : createOutboxRelay()),
    newMessageId: () => `<${newId()}@${domain}>`,
    onLetterSettled: async (write, letter, delivery) => {
      await settleLetter(write, letter, delivery, instant(clock()))
    },
    scanner: settings.malware && {
      scan: createClamd({ address: settings.malware.clamd, maximumBytes: settings.malware.maximumBytes }),
      whenUnavailable: settings.malware.whenUnavailable,
    },
    connector: createFolderConnector(settings.archiveDir),
  }
}

/** The same few CAs stand behind all that citizens sign: what they publish is kept for as long as they say. */
function fetcherFor({ validationData }: Settings, now: Clock): WebFetcher | null {
  if (validationData.fetch === 'off') return null
  const allowed = parseNetworks(validationData.allowedNetworks)
  return createCachingFetcher(createFetcher({ allowed, now }), { maxEntries: 500, maxBytes: 64 * 1024 * 1024, now })
}

/** Directories of keys are asked through a door that keeps nothing. Null: they are not asked. */
function keyLookUp({ citizenKeys, validationData }: Settings, now: Clock, { fetcher }: Overrides): Parts['lookUpKey'] {
  if (citizenKeys.lookUp === 'off') return null
  const door = fetcher ?? createFetcher({ allowed: parseNetworks(validationData.allowedNetworks), now })
  return (address, at) => lookUpKey(address, door, at)
}

/** Lists change once in months and are large: nothing of them is kept between two askings. */
function listFetcherFor({ validationData }: Settings, now: Clock, { fetcher }: Overrides): WebFetcher | null {
  if (validationData.fetch === 'off') return null
  return fetcher ?? createFetcher({ allowed: parseNetworks(validationData.allowedNetworks), now })
}

/** The signing service's door: its private networks are nobody else's business. */
function sealFetcher({ seal }: Settings, now: Clock): WebFetcher {
  return createFetcher({ allowed: parseNetworks(seal.kind === 'csc' ? seal.allowedNetworks : []), now })
}

/**
 * A door of its own: what the webhook may reach in a private network must not be reached by an address that stands in a
 * stranger's certificate.
 */
function webhookFor({ trust }: Settings, now: Clock): WebFetcher | null {
  const { webhook } = trust.notify
  return webhook && createFetcher({ allowed: parseNetworks(webhook.allowedNetworks), now })
}

/** For the tokens of a mailbox that signs in by OAuth 2; null where it has a password. */
export function tokenFetcherFor({ credentials }: ImapSettings, now: Clock): WebFetcher | null {
  if (credentials.kind !== 'oauth2') return null
  return createFetcher({ allowed: parseNetworks(credentials.allowedNetworks), now })
}

const NOT_JUDGED = {
  da: 'Dokumentet er ikke en PDF, så der er ingen underskrift at kontrollere.',
  en: 'The document is not a PDF, so there is no signature to check.',
} as const

/** The same file whether we run from the build (.js) or from the sources (.ts). */
const taskModule = (path: string): URL => new URL(`${path}${import.meta.url.slice(-3)}`, import.meta.url)

/** Gives the links that letters and stamps carry. */
function linksFrom(publicUrl: string): LetterLinks {
  return { tracking: (token) => `${publicUrl}/t/${token}`, genuine: (token) => `${publicUrl}/g/${token}` }
}

function answerRules(
  submission: Submission,
  { municipality, smtp }: Settings,
): { mayAnswer: boolean; reason: string | null } {
  const { headers, envelope, channel } = submission
  if (channel === 'folder') return { mayAnswer: false, reason: 'no-address' }
  if (!headers) return { mayAnswer: false, reason: 'no-from' }
  // A form has no return path: whoever filled it in gave the address to be answered at.
  const returnPath = channel === 'upload' || channel === 'api' ? (headers.from[0]?.address ?? null) : envelope.from
  const { may, reason } = mayAnswer(returnPath, headers, [municipality.mailAddress, ...smtp.recipients])
  return { mayAnswer: may, reason }
}

/** The verdict on the mail itself: signed as a whole, by a key or certificate that counts, and that names the one From. */
function provenByReport(submission: Submission, reports: Parameters<ProveSender>[2]): 'smime' | null {
  const [from, ...others] = submission.headers?.from ?? []
  const mail = reports.find(({ mediaType, sender }) => mediaType === 'message/rfc822' && sender !== undefined)
  const passes = mail?.indication === 'TOTAL-PASSED' && mail.sender?.matchesSigner === true
  const isHis = mail?.sender?.from?.toLowerCase() === from?.address.toLowerCase() && others.length === 0
  return passes && isHis && mail.signatures.some(({ kind }) => kind === 'smime') ? 'smime' : null
}

function trustedHopFrom({ trustedHop }: Settings): Parameters<typeof createMailAuthenticator>[0]['trustedHop'] {
  if (trustedHop === null) return null
  const { networks, authservId, form, arcSealers } = trustedHop
  return {
    isItsAddress: parseNetworks(networks),
    authservId: form === 'microsoft-365' ? null : (authservId?.toLowerCase() ?? null),
    writesResults: form === 'microsoft-365' || authservId !== null,
    arcSealers: arcSealers.map((domain) => domain.toLowerCase()),
  }
}

function senderProver(authenticator: MailAuthenticator, keyring: Keyring, clock: Clock): ProveSender {
  return async (submission, raw, reports) => {
    if (!submission.headers || submission.rawMediaType !== 'message/rfc822') return NOTHING_PROVEN
    const proof = await proveSender(raw, submission.headers, {
      authenticator,
      envelope: submission.envelope,
      openpgpPrivateKeys: await keyring.openpgpDecryptionKeys(),
      at: clock(),
    })
    return {
      emailProof: proof.emailProof ?? provenByReport(submission, reports),
      openpgpKey: proof.key?.armored ?? null,
      openpgpFingerprint: proof.key?.fingerprint ?? null,
      openpgpSource: proof.key?.source ?? null,
      chosenChannel: null,
    }
  }
}

const NOTHING_PROVEN = {
  emailProof: null,
  openpgpKey: null,
  openpgpFingerprint: null,
  openpgpSource: null,
  chosenChannel: null,
} as const
