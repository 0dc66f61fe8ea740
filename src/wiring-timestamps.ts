import { hash } from 'node:crypto'
import type { RenewParts } from './archive/index.ts'
import type { WebFetcher } from './model/ports.ts'
import type { TimeStampAuthority } from './model/preservation.ts'
import type { Settings } from './model/settings.ts'
import { createFetcher, parseNetworks } from './net/index.ts'
import {
  createTimeStampAuthority,
  extendSeal,
  type OwnSeal,
  type SealEvidence,
  sealAnchors,
  type TimestampSignature,
} from './seal/index.ts'
import { gatherForKeeping, type JudgeTimeStampParts, judgeTimeStamp } from './trust/index.ts'
import { algorithmPolicyWith, endOfAlgorithm } from './verify/index.ts'

type GatheringParts = Parameters<typeof gatherForKeeping>[1]

/** Gives the client of the authority that the configuration names; null where it names none. */
export function timeStampAuthorityFor(
  parts: JudgeTimeStampParts & { readonly settings: Settings },
  fetcher: WebFetcher | null,
): TimeStampAuthority | null {
  const { settings, clock } = parts
  if (!settings.timestamps) return null
  // A door of its own: the authority's network must not be reached by addresses in strangers' certificates.
  const { allowedNetworks = [] } = settings.timestamps
  const allowed = parseNetworks([...settings.validationData.allowedNetworks, ...allowedNetworks])
  return createTimeStampAuthority({
    authority: settings.timestamps,
    fetcher: fetcher ?? createFetcher({ allowed, now: clock }),
    clock,
    judge: (token, digestOf, at) => judgeTimeStamp(token, digestOf, at, parts),
  })
}

/** A citizen waits for the letter that this seal goes into: what takes longer comes to the stored copy later. */
const SEAL_WAIT_MS = 8_000

/** Gives what time-stamps our seals: with none at hand in some seconds, the seal goes without. */
export function sealTimestamp(
  timestamps: TimeStampAuthority | null,
  { log }: Pick<GatheringParts, 'log'>,
): TimestampSignature | null {
  if (!timestamps) return null
  return async (signatureValue) => {
    try {
      return (await timestamps.stamp([signatureValue], { timeoutMs: SEAL_WAIT_MS })).token
    } catch (thrown) {
      log.warn({ reason: thrown instanceof Error ? thrown.message : 'unknown' }, 'a seal was made without a time-stamp')
      return null
    }
  }
}

/** Gives what keeps stored cases provable: gathering, extending and the algorithms' ends. */
export function preservationParts(
  timestamps: TimeStampAuthority | null,
  parts: Omit<GatheringParts, 'ownAnchors'> & { readonly seal: OwnSeal },
): Pick<RenewParts, 'timestamps' | 'gatherForKeeping' | 'gatherForTimeStamp' | 'extendSeal' | 'endOfAlgorithm'> {
  const gathering = { ...parts, ownAnchors: () => sealAnchors(parts.seal.certificates()) }
  const policy = algorithmPolicyWith(parts.settings.algorithms)
  return {
    timestamps,
    gatherForKeeping: (document) => gatherForKeeping(document, gathering),
    gatherForTimeStamp: async (token, over) => {
      const digestOf = (name: string): Uint8Array => hash(name, over, 'buffer')
      return (await judgeTimeStamp(token, digestOf, parts.clock(), parts)).gathered
    },
    extendSeal: (pdf, gathered) => {
      if (!timestamps) throw new Error('nothing is extended without an authority')
      return extendSeal(pdf, evidenceFrom(gathered, parts.seal.chain()), timestamps)
    },
    endOfAlgorithm: (name) => endOfAlgorithm(name, policy),
  }
}

function evidenceFrom(
  gathered: Awaited<ReturnType<typeof gatherForKeeping>>,
  sealChain: readonly Uint8Array[],
): SealEvidence {
  const of = (kind: string): readonly Uint8Array[] =>
    gathered.flatMap(({ data, bytes }) => (data.kind === kind ? bytes : []))
  return { certificates: [...of('issuer'), ...sealChain.slice(1)], crls: of('crl'), ocsps: of('ocsp') }
}
