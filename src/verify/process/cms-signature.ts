import type { SignedContent, SignedData } from '../cms/index.ts'
import type { SignatureReport } from '../report/report.ts'
import type { Purpose } from '../x509/index.ts'
import { type BasicConclusion, validateBasicSignature } from './basic.ts'
import { blankSignature, factsOf } from './signature-facts.ts'
import { digestContent } from './signed-content.ts'
import type { Evidence } from './verify-options.ts'

/** Where a CMS stands, and what that asks of it. */
export interface CmsPlace {
  readonly kind: 'cms' | 'smime'
  /** The signed bytes outside of it; null where there are none at hand. */
  readonly outside: Uint8Array | null
  readonly content: 'detached' | 'enveloped' | 'any'
  readonly purpose: Purpose
}

const NOTHING_CARRIED = { certificates: [], crls: [], ocsps: [] }

/** Judges each signer of a CMS, in order; a CMS without signers is one signature that fails. */
export function judgeCmsSigners(signedData: SignedData, place: CmsPlace, evidence: Evidence): SignatureReport[] {
  const content = contentFor(signedData, place)
  return signedData.signerInfos.map((signerInfo, i) => {
    const rules = { signers: 'one-or-more', content: place.content, requireBinding: false } as const
    const { purpose } = place
    const input = { signedData, signerInfo, content, rules, purpose, carried: NOTHING_CARRIED }
    return report(`${place.kind}-${i + 1}`, place.kind, validateBasicSignature(input, evidence), evidence)
  })
}

/** RFC 5652 §5.2: what stands inside is what is signed. */
function contentFor(signedData: SignedData, place: CmsPlace): SignedContent | null {
  const bytes = signedData.content ?? place.outside
  return bytes ? digestContent(bytes) : null
}

function report(id: string, kind: 'cms' | 'smime', basic: BasicConclusion, evidence: Evidence): SignatureReport {
  const stamped = basic.cms.signatureTimeStamps.length + basic.cms.contentTimeStamps.length > 0
  const message = 'time-stamps of the signature were not judged: they prove no time'
  const clause = 'EN 319 102-1 §5.4'
  return {
    ...blankSignature(id, kind, evidence.validationTime, evidence.policy.id),
    ...factsOf(basic),
    indication: basic.indication,
    subIndication: basic.subIndication,
    intact: basic.intact,
    bestSignatureTime: (evidence.poe ?? evidence.validationTime).toISOString(),
    findings: stamped
      ? [...basic.findings, { code: 'signature-timestamp-not-judged', severity: 'info', message, clause }]
      : basic.findings,
  }
}
