import { failed, indeterminate, judgeDigest } from '../blocks/index.ts'
import { parseSignedData, type SignedData } from '../cms/index.ts'
import { asVerifyError, type VerifyError } from '../errors.ts'
import type { Finding, SubIndication } from '../report/report.ts'
import { parseTstInfo, stampsDigest, type TstInfo } from '../timestamp/index.ts'
import { type BasicConclusion, type CarriedEvidence, judgeCmsFacts, type Proof } from './basic.ts'
import { validateWithProof } from './past-signature.ts'
import { digestContent } from './signed-content.ts'
import type { Evidence } from './verify-options.ts'

/** What a time-stamp token proves, and why or why not. */
export interface TimeStampConclusion {
  readonly indication: 'PASSED' | 'INDETERMINATE' | 'FAILED'
  readonly subIndication: SubIndication | null
  /** The token's own signature holds and its imprint is that of what it is said to stamp; null: not judged. */
  readonly intact: boolean | null
  /** Null where the token cannot be read. */
  readonly tstInfo: TstInfo | null
  /** Null where there is no signer to judge. */
  readonly basic: BasicConclusion | null
  readonly findings: readonly Finding[]
}

/** A token and what it is asked about. */
export interface TimeStampInput {
  readonly signedData: SignedData
  /** Gives the digest of what is stamped, by node:crypto's name. */
  readonly digestOf: (algorithm: string) => Uint8Array
  readonly carried: CarriedEvidence
}

const CLAUSE = 'EN 319 102-1 §5.4'
const TST_INFO = '1.2.840.113549.1.9.16.1.4'

const error = (code: string, message: string, clause: string = CLAUSE): Finding => ({
  code,
  severity: 'error',
  message,
  clause,
})

const RULES = {
  signers: 'one',
  content: 'enveloped',
  dataOnly: false,
  // RFC 3161 §2.4.1: the authority's certificate must be named within the signature.
  requireBinding: true,
  requireOrder: false,
} as const

/**
 * Validates a time-stamp token: its signature and path (at the time by which the token itself is proven to have
 * existed, where only time stands against it), and that its imprint is the digest of what it is to stamp.
 * @see EN 319 102-1 clause 5.4, RFC 3161 §2.4.2
 */
export function validateTimeStamp(input: TimeStampInput, evidence: Evidence, proof: Proof): TimeStampConclusion {
  const { signedData } = input
  const [signerInfo] = signedData.signerInfos
  if (!signerInfo) return broken(null, [error('no-signer', 'the time-stamp has no signer', 'RFC 3161 §2.4.2')])
  const content = signedData.content
  if (signedData.contentType !== TST_INFO || content === null) {
    return broken(null, [error('timestamp-broken', 'the token does not hold a time-stamp', 'RFC 3161 §2.4.2')])
  }
  const tstInfo = readTstInfo(content)
  if ('fault' in tstInfo) return broken(null, [error('timestamp-broken', tstInfo.fault.message, 'RFC 3161 §2.4.2')])
  const facts = judgeCmsFacts(
    {
      signedData,
      signerInfo,
      content: digestContent(content),
      rules: RULES,
      purpose: 'timestamping',
      carried: input.carried,
    },
    evidence,
  )
  return conclude(tstInfo, validateWithProof(facts, evidence, proof), input, evidence, proof)
}

/** Reads and validates a token as it stands among the attributes of a signature. */
export function validateToken(
  der: Uint8Array,
  input: Omit<TimeStampInput, 'signedData'>,
  evidence: Evidence,
  proof: Proof,
): TimeStampConclusion {
  try {
    return validateTimeStamp({ ...input, signedData: parseSignedData(der, evidence) }, evidence, proof)
  } catch (fault) {
    const { code, message } = asVerifyError(fault)
    if (code === 'internal') throw fault
    return broken(null, [error('timestamp-broken', message, 'RFC 3161 §2.4.2')])
  }
}

function broken(tstInfo: TstInfo | null, findings: readonly Finding[]): TimeStampConclusion {
  return { indication: 'FAILED', subIndication: 'FORMAT_FAILURE', intact: false, tstInfo, basic: null, findings }
}

function readTstInfo(content: Uint8Array): TstInfo | { readonly fault: VerifyError } {
  try {
    return parseTstInfo(content)
  } catch (thrown) {
    const fault = asVerifyError(thrown)
    if (fault.code === 'internal') throw thrown
    return { fault }
  }
}

const INDICATION = { 'TOTAL-PASSED': 'PASSED', INDETERMINATE: 'INDETERMINATE', 'TOTAL-FAILED': 'FAILED' } as const

function conclude(
  tstInfo: TstInfo,
  basic: BasicConclusion,
  input: TimeStampInput,
  evidence: Evidence,
  proof: Proof,
): TimeStampConclusion {
  const stamps = stampsDigest(tstInfo, input.digestOf)
  const base = { tstInfo, basic, intact: stamps === null ? null : stamps && basic.intact }
  const own = { indication: INDICATION[basic.indication], subIndication: basic.subIndication }
  if (stamps === false) {
    const finding = error('timestamp-imprint-mismatch', 'the time-stamp was made over something else', CLAUSE)
    return { ...base, ...failed('HASH_FAILURE', [finding, ...basic.findings]) }
  }
  if (own.indication === 'FAILED') return { ...base, ...own, findings: basic.findings }
  const objections = [judgeImprint(tstInfo, evidence, proof), judgeTime(tstInfo, basic, evidence)].filter(
    (one) => one !== null,
  )
  const [first] = objections
  if (own.indication === 'PASSED' && first) {
    return {
      ...base,
      ...indeterminate(first.subIndication, [...objections.map((one) => one.finding), ...basic.findings]),
    }
  }
  return { ...base, ...own, findings: [...basic.findings, ...objections.map((one) => one.finding)] }
}

interface Objection {
  readonly subIndication: SubIndication
  readonly finding: Finding
}

function judgeImprint(tstInfo: TstInfo, evidence: Evidence, proof: Proof): Objection | null {
  if (tstInfo.hash === null) {
    const finding = error('digest-algorithm-unknown', 'the hash of the time-stamp is not known')
    return { subIndication: 'CUSTOM', finding }
  }
  const finding = judgeDigest(tstInfo.hash, proof.at, evidence.policy, () => 'time-stamp')
  return finding ? { subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE', finding } : null
}

/** A time that has not come yet, or at which the authority had no certificate, is none that it could have seen. */
function judgeTime(tstInfo: TstInfo, basic: BasicConclusion, evidence: Evidence): Objection | null {
  const { genTime, accuracyMs } = tstInfo
  if (genTime.getTime() - accuracyMs > evidence.validationTime.getTime()) {
    const finding = error('timestamp-in-future', `the time-stamp says ${genTime.toISOString()}, which is yet to come`)
    return { subIndication: 'NOT_YET_VALID', finding }
  }
  const certificate = basic.cms.signingCertificate
  if (!certificate || (genTime >= certificate.notBefore && genTime <= certificate.notAfter)) return null
  const message = `the time-stamp says ${genTime.toISOString()}, when its authority's certificate did not hold`
  return { subIndication: 'SIG_CONSTRAINTS_FAILURE', finding: error('timestamp-outside-certificate', message) }
}
