import { createHash, X509Certificate } from 'node:crypto'
import { GatewayError } from '../../model/errors.ts'
import type { WebFetcher } from '../../model/ports.ts'
import type { Store } from '../../model/store.ts'
import type { Clock } from '../../model/time.ts'
import type { TrustStep } from '../../model/trust-proposal.ts'
import { LIST_OF_LISTS, type ListService, type ListVouching, type WantedList } from '../../model/trusted-list.ts'
import { plainFingerprint } from '../fingerprint.ts'
import { keepDocument } from './editions.ts'
import { entriesOf } from './entries.ts'
import {
  type FetchList,
  type ListOfListsFacts,
  pivotsFirst,
  type TrustedListOfLists,
  verifyListOfLists,
} from './list-of-lists.ts'
import { claimedSigners } from './list-signature.ts'
import { listRefused } from './refusal.ts'
import { factsOf, mustBeListOf, pointerTo, readUnverified, type VerifiedList, verifyList } from './verify-list.ts'
import { withXml } from './xml.ts'

export interface ListParts {
  readonly store: Pick<Store, 'trustedLists' | 'blobs' | 'commit'>
  /** Null: nothing is fetched; lists come as files. */
  readonly fetcher: WebFetcher | null
  readonly clock: Clock
  /** Where the list of the lists lies, as it comes with the product. */
  readonly listOfLists: () => Promise<ListOfListsFacts>
}

const MAX_BYTES = 32 * 1024 * 1024
const TIMEOUT_MS = 60_000

/**
 * Takes what is wanted of lists; gives the steps that do it. Lists are fetched and verified, and their documents kept; nothing
 * changes.
 * @throws GatewayError list-refused, invalid-request, wrong-fingerprint, fetch-failed, fetch-refused
 */
export async function listSteps(wanted: WantedList, parts: ListParts): Promise<readonly TrustStep[]> {
  if ('territory' in wanted) mustBeNational(wanted.territory)
  if (wanted.kind === 'drop') return [{ do: 'drop-list', territory: wanted.territory }]
  if (wanted.services.length === 0) {
    throw new GatewayError('invalid-request', 'A list must be used for something: CA/QC or TSA/QTST')
  }
  if (wanted.kind === 'territory') {
    const lists = await fetchListOfLists(parts)
    const { list, url, signers } = await fetchNational(lists, wanted.territory, parts)
    const about = { url, signers, services: wanted.services, vouched: 'list-of-lists' } as const
    return [...lists.steps, useStep(list, about, parts)]
  }
  if (wanted.kind === 'address') return [await pinnedStep(await fetchBy(parts)(wanted.url), wanted, parts)]
  return stepsOfFiles(wanted, parts)
}

/** The list of the lists comes and goes with those of countries: nobody takes it for one, or takes away what keeps older ones out. */
function mustBeNational(territory: string): void {
  if (territory === LIST_OF_LISTS) throw listRefused('wrong-type', 'The list of the lists is no country’s.')
}

/** A verified list of the lists, with the step that keeps it where it is newer than the one at hand. */
export interface FetchedListOfLists extends TrustedListOfLists {
  readonly steps: readonly TrustStep[]
}

/** Fetches the list of the lists and verifies it. @throws GatewayError list-refused, fetch-failed, fetch-refused */
export async function fetchListOfLists(parts: ListParts): Promise<FetchedListOfLists> {
  const { url } = await parts.listOfLists()
  return takeListOfLists(await fetchBy(parts)(url), { url, pivots: [] }, parts)
}

async function takeListOfLists(
  bytes: Uint8Array,
  { url, pivots }: { readonly url: string | null; readonly pivots: readonly Uint8Array[] },
  parts: ListParts,
): Promise<FetchedListOfLists> {
  const shipped = await parts.listOfLists()
  const before = (await parts.store.trustedLists()).find(({ territory }) => territory === LIST_OF_LISTS)
  // Who signed the one before said who may sign this one; that outlives what came with the product.
  const known = before ? before.signers.map((one) => Buffer.from(one, 'base64')) : shipped.signers
  const taken = await verifyListOfLists(bytes, known, pivotsFirst(pivots, fetchBy(parts)), parts.clock())
  if (before && taken.list.sequence < before.sequence) {
    throw listRefused(
      'older',
      `List ${taken.list.sequence} of the lists is older than ${before.sequence}, which is in force.`,
    )
  }
  await keepDocument(bytes, parts.store)
  const isSame = before?.sha256 === taken.list.sha256
  const about = { signers: taken.signers, services: [], vouched: before ? 'former' : 'shipped' } as const
  const facts = factsOf(taken.list, { url: url ?? before?.url ?? null, ...about })
  const step = { do: 'use-list', list: facts, entries: [] } as const
  return { ...taken, steps: isSame ? [] : [step] }
}

/** A national list by the list of the lists. @throws GatewayError list-refused, fetch-failed, fetch-refused */
export async function fetchNational(
  { list: lists }: TrustedListOfLists,
  territory: string,
  parts: ListParts,
): Promise<{ readonly list: VerifiedList; readonly url: string; readonly signers: readonly Uint8Array[] }> {
  const { location: url, certificates: signers } = pointerTo(lists, territory)
  const bytes = await fetchBy(parts)(url)
  const list = verifyList(bytes, signers)
  mustBeListOf(list, territory, parts.clock())
  await keepDocument(bytes, parts.store)
  return { list, url, signers }
}

/** A list by the certificates that may sign it, whatever the list of the lists says. @throws GatewayError list-refused, fetch-failed, fetch-refused */
export async function fetchPinned(
  {
    territory,
    url,
    signers,
  }: { readonly territory: string; readonly url: string; readonly signers: readonly string[] },
  parts: ListParts,
): Promise<VerifiedList> {
  const pinned = signers.map((one) => Buffer.from(one, 'base64'))
  const bytes = await fetchBy(parts)(url)
  const list = verifyList(bytes, pinned)
  mustBeListOf(list, territory, parts.clock(), true)
  await keepDocument(bytes, parts.store)
  return list
}

/** A list whose signer's fingerprint was typed from another source. @throws GatewayError list-refused, wrong-fingerprint */
async function pinnedStep(
  bytes: Uint8Array,
  wanted: {
    readonly url: string | null
    readonly typedFingerprint: string
    readonly services: readonly ListService[]
  },
  parts: ListParts,
): Promise<TrustStep> {
  const { territory } = readUnverified(bytes)
  mustBeNational(territory)
  const claimed = withXml(bytes, (document) => claimedSigners(document))
  const signers = [namedSigner(claimed, wanted.typedFingerprint)]
  const list = verifyList(bytes, signers)
  mustBeListOf(list, territory, parts.clock(), true)
  await keepDocument(bytes, parts.store)
  return useStep(list, { url: wanted.url, signers, services: wanted.services, vouched: 'typed-fingerprint' }, parts)
}

async function stepsOfFiles(
  wanted: Extract<WantedList, { readonly kind: 'files' }>,
  parts: ListParts,
): Promise<readonly TrustStep[]> {
  const { services } = wanted
  const typed = wanted.typedFingerprint ?? ''
  if (wanted.lists === null) {
    return [await pinnedStep(wanted.list, { url: null, typedFingerprint: typed, services }, parts)]
  }
  const { territory } = readUnverified(wanted.list)
  mustBeNational(territory)
  const lists = await takeListOfLists(wanted.lists, { url: null, pivots: wanted.pivots }, parts)
  const { certificates: signers } = pointerTo(lists.list, territory)
  const list = verifyList(wanted.list, signers)
  mustBeListOf(list, territory, parts.clock())
  // Whoever typed one as well wants both to agree.
  if (typed.trim() !== '' && plainFingerprint(typed) !== list.signer) throw wrongFingerprint(signers)
  await keepDocument(wanted.list, parts.store)
  return [...lists.steps, useStep(list, { url: null, signers, services, vouched: 'list-of-lists' }, parts)]
}

/** Whoever hands in a forged list hands in its certificate too: the admin types the fingerprint from elsewhere. */
function namedSigner(claimed: readonly Uint8Array[], typed: string): Uint8Array {
  const wanted = plainFingerprint(typed)
  const signer = claimed.find((der) => createHash('sha256').update(der).digest('hex') === wanted)
  if (signer) return signer
  throw wrongFingerprint(claimed)
}

function wrongFingerprint([first]: readonly Uint8Array[]): GatewayError {
  const facts = first ? { subject: new X509Certificate(first).subject.replaceAll('\n', ', ') } : {}
  return new GatewayError('wrong-fingerprint', 'The list is not signed by the certificate with this fingerprint', {
    facts,
  })
}

function useStep(
  list: VerifiedList,
  about: {
    readonly url: string | null
    readonly signers: readonly Uint8Array[]
    readonly services: readonly ListService[]
    readonly vouched: ListVouching
  },
  { clock }: ListParts,
): Extract<TrustStep, { readonly do: 'use-list' }> {
  const entries = entriesOf(list, about.services, clock())
  return { do: 'use-list', list: factsOf(list, about), entries }
}

/** @throws GatewayError fetch-refused where nothing may be fetched */
function fetchBy({ fetcher }: ListParts): FetchList {
  return async (url) => {
    if (!fetcher) throw new GatewayError('fetch-refused', 'Nothing is fetched here: give the list as a file')
    return (await fetcher.fetch({ url, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS })).bytes
  }
}
