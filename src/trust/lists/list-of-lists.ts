import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GatewayError } from '../../model/errors.ts'
import { LIST_OF_LISTS } from '../../model/trusted-list.ts'
import { listRefused } from './refusal.ts'
import { mustBeListOf, pointerTo, readUnverified, type VerifiedList, verifyList } from './verify-list.ts'

/** Where the list of the lists lies, and who may sign it, as it comes with the product. */
export interface ListOfListsFacts {
  readonly url: string
  /** DER. */
  readonly signers: readonly Uint8Array[]
}

const factsSchema = z.strictObject({
  version: z.literal(1),
  url: z.url({ protocol: /^https$/ }),
  takenOn: z.iso.date(),
  sources: z.array(z.string().min(1)).min(2),
  note: z.string(),
  signers: z
    .array(
      z.strictObject({
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        subject: z.string(),
        notAfter: z.iso.date(),
        certificate: z.base64(),
      }),
    )
    .min(1),
})

/** Reads certs/list-of-lists.json. @throws GatewayError configuration where it is not what it says */
export async function loadListOfLists(folder: string): Promise<ListOfListsFacts> {
  const file = join(folder, 'list-of-lists.json')
  const parsed = factsSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!parsed.success) throw new GatewayError('configuration', `${file}: ${z.prettifyError(parsed.error)}`)
  const signers = parsed.data.signers.map(({ sha256, certificate }) => {
    const one = new X509Certificate(Buffer.from(certificate, 'base64'))
    if (one.fingerprint256.replaceAll(':', '').toLowerCase() !== sha256) {
      throw new GatewayError('configuration', `${file}: a certificate has not the fingerprint ${sha256}`)
    }
    return one.raw
  })
  return { url: parsed.data.url, signers }
}

/** Gets a document by its address. @throws GatewayError fetch-failed, fetch-refused */
export type FetchList = (url: string) => Promise<Uint8Array>

const PIVOT = /\/eu-lotl-pivot-(\d+)\.xml$/i
const MAX_PIVOTS = 20

/** Takes pivots as files; gives what gets them by the number in their address, which is their own, and else asks FETCH. */
export function pivotsFirst(files: readonly Uint8Array[], fetch: FetchList): FetchList {
  const bySequence = new Map(files.map((bytes) => [readUnverified(bytes).sequence, bytes]))
  return async (url) => bySequence.get(Number(PIVOT.exec(url)?.[1] ?? Number.NaN)) ?? fetch(url)
}

/** A list of the lists that was verified, and who may sign the next. */
export interface TrustedListOfLists {
  readonly list: VerifiedList
  readonly signers: readonly Uint8Array[]
}

/**
 * Verifies a list of the lists by known signers. Where none of them signed it, they are followed through its pivots, the oldest
 * first: each is a former list of the lists, signed by who might sign before it, that names who may sign after it (Implementing
 * Decision (EU) 2015/1505; ETSI TS 119 615 §4.1). Pivots that are older than the known signers are passed over, and a list that is a pivot itself does not say who may sign it.
 * @throws GatewayError list-refused, and what FETCH throws
 */
export async function verifyListOfLists(
  bytes: Uint8Array,
  known: readonly Uint8Array[],
  fetch: FetchList,
  now: Date,
): Promise<TrustedListOfLists> {
  const direct = tryToVerify(bytes, known)
  const list = direct ?? (await verifyByPivots(bytes, known, fetch))
  mustBeListOf(list, LIST_OF_LISTS, now)
  return { list, signers: pointerTo(list, LIST_OF_LISTS).certificates }
}

async function verifyByPivots(
  bytes: Uint8Array,
  known: readonly Uint8Array[],
  fetch: FetchList,
): Promise<VerifiedList> {
  const claimed = readUnverified(bytes)
  const pivots = claimed.schemeUris.filter((url) => PIVOT.test(url)).reverse()
  if (pivots.length > MAX_PIVOTS) throw listRefused('malformed', 'The list of the lists names too many pivots.')
  let signers = known
  let followed = false
  for (const url of pivots) {
    const pivot = tryToVerify(await fetch(url), signers)
    if (!pivot) {
      if (followed) break
      continue
    }
    if (pivot.territory !== LIST_OF_LISTS || pivot.sequence >= claimed.sequence) break
    signers = pointerTo(pivot, LIST_OF_LISTS).certificates
    followed = true
  }
  return verifyList(bytes, signers)
}

/** Null where none of these signed it; a signature that is broken is no matter of who signed. */
function tryToVerify(bytes: Uint8Array, signers: readonly Uint8Array[]): VerifiedList | null {
  try {
    return verifyList(bytes, signers)
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.facts['problem'] === 'unknown-signer') return null
    throw thrown
  }
}
