import { type QcStatements, qcStatementsOf } from '../report/qc-statements.ts'
import type { Qualified, QualifiedTimeStamp, SignatureReport } from '../report/report.ts'
import type { Certificate, CertificateUse, ListedService, ListedStatus, PathConclusion } from '../x509/index.ts'
import { meets } from './criteria.ts'
import type { Evidence } from './verify-options.ts'

/** From then on Regulation (EU) 910/2014 says what is qualified; before, Directive 1999/93/EC. */
const EIDAS = Date.parse('2016-07-01T00:00:00Z')
const TYPES: Readonly<Record<string, CertificateUse>> = {
  '0.4.0.1862.1.6.1': 'signature',
  '0.4.0.1862.1.6.2': 'seal',
  '0.4.0.1862.1.6.3': 'website',
}
/** Policies by which certificates named themselves qualified before there were statements (ETSI TS 101 456). */
const QCP_PLUS = '0.4.0.1456.1.1'
const QCP = '0.4.0.1456.1.2'

/**
 * Adds to the report of a signature that passed what the trusted list of its anchor makes of it; one whose anchor stands on none
 * is given as it is.
 */
export function withQualification(
  report: SignatureReport,
  path: PathConclusion | null,
  { trustAnchors }: Pick<Evidence, 'trustAnchors'>,
): SignatureReport {
  const signer = path?.path[0]
  const best = report.bestSignatureTime
  if (report.indication !== 'TOTAL-PASSED' || !path?.trustAnchor || !signer || best === null) return report
  const { services } = trustAnchors.termsOf(path.trustAnchor.sha256)
  const qualified = services ? qualificationOf(signer, services, new Date(best)) : null
  return qualified ? { ...report, qualified } : report
}

/**
 * Says what a signature is that was made at a time with a certificate below a listed CA: its certificate must be qualified both
 * when it was issued and then, its device then. Null where no list says anything.
 * @see ETSI TS 119 615 clauses 4.4, 4.5
 */
export function qualificationOf(
  certificate: Certificate,
  services: readonly ListedService[],
  at: Date,
): Qualified | null {
  const issuing = services.filter(({ issues }) => issues === undefined)
  const [first] = issuing
  if (!first) return null
  const own = qcStatementsOf(certificate)
  const [issued, signed] = [certificate.notBefore, at].map((time) => judgeAt(certificate, own, issuing, time))
  const of = (level: Qualified['level'], as: Qualified['as']): Qualified => ({ level, as, list: first.territory })
  if (!issued || !signed) return null
  if (issued === 'undetermined' || signed === 'undetermined') return of('undetermined', null)
  if (issued === 'not' || signed === 'not' || issued.as !== signed.as) return of('not-qualified', null)
  // Websites sign nothing.
  if (signed.as === 'website') return of('not-qualified', signed.as)
  return of(signed.device ? 'qualified' : 'qualified-certificate', signed.as)
}

/**
 * Says whether a time-stamp that holds, made at a time by a unit that is listed or below a listed CA, is qualified; null where no
 * list speaks of it, or the Regulation did not yet.
 * @see ETSI TS 119 615 clause 4.6; Regulation (EU) 910/2014 article 42
 */
export function stampQualificationOf(services: readonly ListedService[], at: Date): QualifiedTimeStamp | null {
  const time = at.getTime()
  const stamping = services.filter(({ issues }) => issues === 'time-stamps')
  const [first] = stamping
  if (!first || time < EIDAS) return null
  const vouching = stamping.find(({ statuses }) => statuses.some((one) => isAt(one, time)))
  return { level: vouching ? 'qualified' : 'not-qualified', list: (vouching ?? first).territory }
}

type AtATime = 'undetermined' | 'not' | { readonly as: CertificateUse; readonly device: boolean }

function judgeAt(certificate: Certificate, own: QcStatements, services: readonly ListedService[], at: Date): AtATime {
  const time = at.getTime()
  const statuses = services.flatMap((one) => one.statuses).filter((one) => isAt(one, time))
  if (statuses.length === 0) return 'not'
  const said = qualifiersFor(certificate, statuses)
  if (!said) return 'undetermined'
  const isQualified = decide(said, ['QCStatement'], ['NotQualified'], saysQualified(certificate, own, time))
  if (isQualified === null) return 'undetermined'
  if (!isQualified) return 'not'
  const as = useOf(said, own)
  const device = decide(said, WITH_DEVICE, WITHOUT_DEVICE, saysDevice(certificate, own, time))
  if (as === null || device === null) return 'undetermined'
  // Since eIDAS a service is listed for what its certificates are for.
  if (time >= EIDAS && !statuses.some(({ uses }) => uses.includes(as))) return 'not'
  return { as, device }
}

const isAt = ({ from, until }: ListedStatus, time: number): boolean =>
  Date.parse(from) <= time && (until === null || time < Date.parse(until))

/** Null where a criterion cannot be judged. */
function qualifiersFor(certificate: Certificate, statuses: readonly ListedStatus[]): ReadonlySet<string> | null {
  const found = new Set<string>()
  for (const { qualifiers, criterion } of statuses.flatMap((one) => one.qualifications)) {
    const isMet = meets(certificate, criterion)
    if (isMet === null) return null
    if (isMet) for (const one of qualifiers) found.add(one)
  }
  return found
}

const WITH_DEVICE = ['QCWithSSCD', 'QCWithQSCD', 'QCQSCDManagedOnBehalf']
const WITHOUT_DEVICE = ['QCNoSSCD', 'QCNoQSCD']

/** The list's word goes before the certificate's own; null where the list says both. */
function decide(
  said: ReadonlySet<string>,
  forIt: readonly string[],
  against: readonly string[],
  own: boolean,
): boolean | null {
  const yes = forIt.some((one) => said.has(one))
  const no = against.some((one) => said.has(one))
  if (yes && no) return null
  return yes || (own && !no)
}

const policiesOf = ({ decoded }: Certificate): readonly string[] =>
  decoded.certificatePolicies?.map(({ oid }) => oid) ?? []

function saysQualified(certificate: Certificate, own: QcStatements, time: number): boolean {
  const policies = policiesOf(certificate)
  return own.compliance || (time < EIDAS && (policies.includes(QCP) || policies.includes(QCP_PLUS)))
}

const saysDevice = (certificate: Certificate, own: QcStatements, time: number): boolean =>
  own.device || (time < EIDAS && policiesOf(certificate).includes(QCP_PLUS))

/** Without a word of the list or of its own a qualified certificate is for signatures: before eIDAS there were no others. */
function useOf(said: ReadonlySet<string>, own: QcStatements): CertificateUse | null {
  const uses: readonly (readonly [string, CertificateUse])[] = [
    ['QCForESig', 'signature'],
    ['QCForESeal', 'seal'],
    ['QCForLegalPerson', 'seal'],
    ['QCForWSA', 'website'],
  ]
  const listed = new Set(uses.flatMap(([qualifier, use]) => (said.has(qualifier) ? [use] : [])))
  const stated = own.types.map((oid) => TYPES[oid] ?? null)
  const found = listed.size > 0 ? [...listed] : stated.length > 0 ? stated : ['signature' as const]
  return found.length === 1 ? (found[0] ?? null) : null
}
