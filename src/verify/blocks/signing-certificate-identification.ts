import type { CmsConclusion } from '../cms/index.ts'
import { type BlockConclusion, finding, indeterminate, passed } from './conclusion.ts'

/** Whether the signature's format demands that a signed attribute names the certificate (CAdES and PAdES do). */
export interface IdentificationRules {
  readonly requireBinding: boolean
}

/**
 * Identifies the signing certificate: takes what was found out about a SignerInfo. Gives PASSED, or INDETERMINATE /
 * NO_SIGNING_CERTIFICATE_FOUND where none is at hand or a signed attribute names another one, or
 * INDETERMINATE / SIG_CONSTRAINTS_FAILURE where the attribute is missing and demanded.
 * @see EN 319 102-1 clause 5.2.3
 */
export function identifySigningCertificate(cms: CmsConclusion, rules: IdentificationRules): BlockConclusion {
  const clause = 'EN 319 102-1 §5.2.3.4'
  if (!cms.signingCertificate) {
    const missing = finding('no-signing-certificate', 'error', 'the signing certificate is not at hand', clause)
    return indeterminate('NO_SIGNING_CERTIFICATE_FOUND', [missing])
  }
  switch (cms.certificateBinding) {
    case 'bound':
      return passed()
    case 'mismatch': {
      const message = 'a signed attribute names another signing certificate'
      return indeterminate('NO_SIGNING_CERTIFICATE_FOUND', [
        finding('signing-certificate-mismatch', 'error', message, clause),
      ])
    }
    case 'unsupported': {
      const message = 'the attribute that names the signing certificate could not be judged'
      return indeterminate('NO_SIGNING_CERTIFICATE_FOUND', [
        finding('signing-certificate-not-judged', 'error', message, clause),
      ])
    }
    case 'absent': {
      const message = 'no signed attribute names the signing certificate'
      const absent = finding('signing-certificate-not-bound', rules.requireBinding ? 'error' : 'info', message, clause)
      return rules.requireBinding ? indeterminate('SIG_CONSTRAINTS_FAILURE', [absent]) : passed([absent])
    }
  }
}
