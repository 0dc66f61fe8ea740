import type { AnchorPurpose } from '../../model/trust-anchor.ts'
import type { ListEntry, ListService, StatedPeriod } from '../../model/trusted-list.ts'
import type { ListedService } from '../../verify/x509/index.ts'
import { judgeAnchor } from '../anchor-rules.ts'
import type { ListDocument, ListedService as ReadService } from './read-list.ts'

const TYPES: Readonly<Record<ListService, string>> = {
  'CA/QC': 'http://uri.etsi.org/TrstSvc/Svctype/CA/QC',
  'TSA/QTST': 'http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST',
}
const PURPOSES: Readonly<Record<ListService, readonly AnchorPurpose[]>> = {
  'CA/QC': ['document'],
  'TSA/QTST': ['timestamp'],
}
const ISSUES: Readonly<Record<ListService, Pick<ListedService, 'issues'>>> = {
  'CA/QC': {},
  'TSA/QTST': { issues: 'time-stamps' },
}
const STATUS = 'http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/'
/** Under eIDAS "granted"; before 1 July 2016 those by which a service was supervised or accredited (TS 119 615 §4.2.4). */
const IN_FORCE: ReadonlySet<string> = new Set(
  ['granted', 'undersupervision', 'supervisionincessation', 'accredited'].map((word) => `${STATUS}${word}`),
)

/**
 * Gives the certificates of the services of these kinds, with the times during which the supervisor's word held. Once
 * withdrawn, what a service vouched for before still counts: periods end, and are not forgotten.
 */
export function entriesOf(
  list: Pick<ListDocument, 'territory' | 'services'>,
  kinds: readonly ListService[],
  now: Date,
): readonly ListEntry[] {
  const found = new Map<string, ListEntry>()
  for (const kind of kinds) {
    for (const service of list.services.filter(({ type }) => type === TYPES[kind])) {
      const periods = periodsOf(service)
      if (periods.length === 0) continue
      for (const der of service.certificates.filter((one) => isFit(one, kind, now))) {
        const certificate = Buffer.from(der).toString('base64')
        const before = found.get(certificate)
        found.set(certificate, {
          certificate,
          purposes: [...new Set([...(before?.purposes ?? []), ...PURPOSES[kind]])],
          periods: merged([...(before?.periods ?? []), ...periods]),
          listed: [...(before?.listed ?? []), { ...ISSUES[kind], ...listedOf(service, list.territory) }],
          provider: before?.provider ?? service.provider,
          service: before?.service ?? service.name,
        })
      }
    }
  }
  return [...found.values()]
}

const periodsOf = (service: ReadService): readonly StatedPeriod[] => merged(listedOf(service, '').statuses)

/** The times in which the supervisor's word held, each with what was said of the service's certificates. */
function listedOf({ statuses, type }: ReadService, territory: string): ListedService {
  const inForce = statuses.flatMap(({ status, type: typeThen, from, uses, qualifications }, index) => {
    if (!IN_FORCE.has(status) || typeThen !== type) return []
    const next = statuses[index - 1]
    return [{ from: from.toISOString(), until: next ? next.from.toISOString() : null, uses, qualifications }]
  })
  return { territory, statuses: inForce }
}

/** In order, and without seams: where one ends as the next begins there is one. */
function merged(periods: readonly StatedPeriod[]): readonly StatedPeriod[] {
  const sorted = periods
    .map(({ from, until }) => ({ from, until }))
    .sort((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0))
  const found: StatedPeriod[] = []
  for (const period of sorted) {
    const last = found.at(-1)
    if (last && (last.until === null || period.from <= last.until)) {
      const until = last.until === null || period.until === null ? null : laterOf(last.until, period.until)
      found[found.length - 1] = { from: last.from, until }
    } else if (period.until === null || period.from < period.until) {
      found.push(period)
    }
  }
  return found
}

const laterOf = (one: string, other: string): string => (one > other ? one : other)

/** What signs for others must be a CA. A time-stamping unit may be pinned by the list itself. */
function isFit(der: Uint8Array, kind: ListService, now: Date): boolean {
  try {
    return judgeAnchor(der, now).refusal === null || kind === 'TSA/QTST'
  } catch {
    // What our verifier cannot read vouches for nothing; the rest of the list is no worse for it.
    return false
  }
}
