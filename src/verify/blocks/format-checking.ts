import { CONTENT_TYPE, type SignedData } from '../cms/index.ts'
import type { Finding } from '../report/report.ts'
import { type BlockConclusion, failed, finding, passed } from './conclusion.ts'

/** What the format around a CMS asks of it. */
export interface CmsFormatRules {
  /** PAdES and PDF: one (ISO 32000-2 §12.8.3.3.1); a mail may have several. */
  readonly signers: 'one' | 'one-or-more'
  /** detached: the content must be outside. enveloped: it must be inside. */
  readonly content: 'detached' | 'enveloped' | 'any'
  /** What is signed must be called data, as other types have other rules (EN 319 142-1 §6.3, RFC 8551 §2.4.1). */
  readonly dataOnly: boolean
  /** Attributes that must not be signed here, by object identifier (PAdES: signing-time, EN 319 142-1 §6.3). */
  readonly forbiddenSignedAttributes?: readonly string[]
}

/**
 * Checks the format of a signature in CMS: takes what was parsed and the rules of what is around it.
 * Gives PASSED, or FAILED / FORMAT_FAILURE with each rule that is broken.
 * @see EN 319 102-1 clause 5.2.2
 */
export function checkFormat(signedData: SignedData, rules: CmsFormatRules): BlockConclusion {
  const broken: Finding[] = []
  const add = (code: string, message: string, clause: string): void => {
    broken.push(finding(code, 'error', message, clause))
  }
  const count = signedData.signerInfos.length
  if (count === 0) add('no-signer', 'the CMS has no signer', 'RFC 5652 §5.1')
  if (count > 1 && rules.signers === 'one')
    add('several-signers', `the CMS has ${count} signers`, 'EN 319 142-1 §6.2.1')
  if (rules.content === 'detached' && signedData.content !== null) {
    add('content-not-detached', 'the CMS carries content of its own', 'ISO 32000-2 §12.8.3.3.1')
  }
  if (rules.content === 'enveloped' && signedData.content === null) {
    add('content-missing', 'the CMS carries no content', 'RFC 5652 §5.2')
  }
  if (rules.dataOnly && signedData.contentType !== CONTENT_TYPE.data) {
    const message = `what is signed is called ${signedData.contentType}, and not data`
    add('content-type-not-data', message, 'EN 319 142-1 §6.3, RFC 8551 §2.4.1')
  }
  for (const signer of signedData.signerInfos) {
    if (signer.signedAttributesFault) {
      add('signed-attributes-malformed', `signed attributes: ${signer.signedAttributesFault}`, 'RFC 5652 §5.3')
    }
    for (const { oid } of signer.signedAttributes ?? []) {
      if (rules.forbiddenSignedAttributes?.includes(oid)) {
        add('forbidden-attribute', `the signed attribute ${oid} must not stand here`, 'EN 319 142-1 §6.3')
      }
    }
  }
  if (broken.length > 0) return failed('FORMAT_FAILURE', broken)
  if (signedData.trailing !== 'other') return passed()
  // No signature covers them and no viewer shows them; yet somebody put them there.
  const message = 'bytes that nothing signs follow the CMS'
  return passed([finding('bytes-after-cms', 'warning', message, 'ISO 32000-2 §12.8.1')])
}
