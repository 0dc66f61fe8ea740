import type { SignatureReport } from '../report.ts'
import { CONSTRAINT_STATUS, MAIN_INDICATION, ownUri } from './uris.ts'
import { element, type XmlElement } from './xml.ts'

type Outcome = 'PASSED' | 'FAILED' | 'INDETERMINATE' | 'disabled'

const REVOCATION: Readonly<Record<SignatureReport['revocation'], Outcome>> = {
  good: 'PASSED',
  exempt: 'PASSED',
  revoked: 'FAILED',
  unknown: 'INDETERMINATE',
  'not-checked': 'disabled',
}

const CHANGES: Readonly<Record<NonNullable<SignatureReport['changesAfter']>, Outcome>> = {
  none: 'PASSED',
  permitted: 'PASSED',
  forbidden: 'FAILED',
  unknown: 'INDETERMINATE',
}

const held = (fact: boolean | null, otherwise: Outcome): Outcome =>
  fact === null ? 'INDETERMINATE' : fact ? 'PASSED' : otherwise

/**
 * Tells by which policy a signature was judged, and how each of the demands came out that the report tells apart.
 * @see TS 119 102-2 clause 4.3.5
 */
export function evaluateConstraints(signature: SignatureReport): XmlElement {
  const { changesAfter } = signature
  const constraints: readonly (readonly [string, Outcome])[] = [
    ['cryptographic-verification', held(signature.intact, 'FAILED')],
    // A path that ends at no anchor today may end at one tomorrow.
    ['certificate-path-to-trust-anchor', held(signature.trusted, 'INDETERMINATE')],
    ['revocation-status-of-certificates', REVOCATION[signature.revocation]],
    ...(changesAfter === null ? [] : ([['changes-after-signing', CHANGES[changesAfter]]] as const)),
  ]
  const policy = element('SignatureValidationPolicy', [
    element('SignaturePolicyIdentifier', [element('XAdES:SignaturePolicyImplied')]),
    element('PolicyName', signature.policy),
  ])
  return element('ValidationConstraintsEvaluationReport', [policy, ...constraints.map(writeConstraint)])
}

function writeConstraint([name, outcome]: readonly [string, Outcome]): XmlElement {
  const applied = outcome !== 'disabled'
  return element('ValidationConstraint', [
    element('ValidationConstraintIdentifier', ownUri('constraint', name)),
    element('ConstraintStatus', [element('Status', CONSTRAINT_STATUS[applied ? 'applied' : 'disabled'])]),
    applied ? element('ValidationStatus', [element('MainIndication', MAIN_INDICATION[outcome])]) : null,
  ])
}
