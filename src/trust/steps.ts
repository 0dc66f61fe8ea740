import { GatewayError } from '../model/errors.ts'
import type { Reader, Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import type { ChangeOfTrust, TrustAnchor } from '../model/trust-anchor.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import { readCertificate } from './anchor-file.ts'
import { addAnchors, disableAnchor, enableAnchor, removeAnchor } from './anchors.ts'

/** Takes a step's certificates; gives them as bytes with their fingerprints. @throws GatewayError malformed-der */
export const certificatesOf = (step: Extract<TrustStep, { readonly do: 'add' }>) =>
  step.certificates.map((base64) => readCertificate(Buffer.from(base64, 'base64')))

/**
 * Does the steps within the caller's commit, each on record.
 * @throws GatewayError what addAnchors, disableAnchor, enableAnchor and removeAnchor throw; managed-by-configuration
 */
export async function carryOut(write: Writer, steps: readonly TrustStep[], change: ChangeOfTrust): Promise<void> {
  for (const step of steps) {
    if (step.do === 'add') {
      const { do: _do, certificates: _certificates, ...wanted } = step
      const { reason: note, ...who } = change
      await addAnchors(write, certificatesOf(step), { ...wanted, ...who, note })
      continue
    }
    await refuseManaged(write, step.sha256)
    const act = { disable: disableAnchor, enable: enableAnchor, remove: removeAnchor }[step.do]
    await act(write, step.sha256, change)
  }
}

/** What a file says is changed in that file: a hand at the page would be undone at the next start. */
async function refuseManaged(read: Reader, sha256: string): Promise<void> {
  const anchor = await read.anchor(sha256)
  if (anchor?.source !== 'configuration') return
  throw new GatewayError('managed-by-configuration', 'This anchor stands in the configuration file', {
    facts: { subject: anchor.subject },
  })
}

/** Gives the anchors as they would be after the steps. Nothing is checked: carryOut does. */
export function anchorsAfter(
  anchors: readonly TrustAnchor[],
  steps: readonly TrustStep[],
  at: Instant,
): readonly TrustAnchor[] {
  return steps.reduce((list, step) => after(list, step, at), anchors)
}

function after(anchors: readonly TrustAnchor[], step: TrustStep, at: Instant): readonly TrustAnchor[] {
  switch (step.do) {
    case 'add': {
      const known = new Set(anchors.map(({ sha256 }) => sha256))
      const fresh = certificatesOf(step).filter(({ sha256 }) => !known.has(sha256))
      return [...anchors, ...fresh.map(({ sha256, der, subject }) => ({ ...unsaid(step, at), sha256, der, subject }))]
    }
    case 'remove':
      return anchors.filter(({ sha256 }) => sha256 !== step.sha256)
    case 'disable':
    case 'enable': {
      const disabledAt = step.do === 'disable' ? at : null
      return anchors.map((anchor) => (anchor.sha256 === step.sha256 ? { ...anchor, disabledAt } : anchor))
    }
  }
}

/** What a verdict does not ask for. */
const unsaid = (step: Extract<TrustStep, { readonly do: 'add' }>, at: Instant) => ({
  purposes: step.purposes,
  source: step.source,
  note: '',
  addedAt: at,
  addedBy: '',
  disabledAt: null,
  countsFrom: step.countsFrom,
  countsUntil: step.countsUntil,
})

/** One certificate that a step is about. */
export interface Concerned {
  readonly does: TrustStep['do']
  /** To be added, and an anchor already: stays as it is. */
  readonly present: boolean
  readonly anchor: Pick<TrustAnchor, 'sha256' | 'subject' | 'der' | 'purposes' | 'countsFrom' | 'countsUntil'>
}

/** Gives the certificates that steps are about, as they are, or as they would be taken in. */
export async function concernedBy(steps: readonly TrustStep[], read: Reader): Promise<readonly Concerned[]> {
  const found: Concerned[] = []
  for (const step of steps) {
    if (step.do !== 'add') {
      const anchor = await read.anchor(step.sha256)
      if (anchor) found.push({ does: step.do, present: true, anchor })
      continue
    }
    for (const candidate of certificatesOf(step)) {
      const present = (await read.anchor(candidate.sha256)) !== null
      found.push({ does: 'add', present, anchor: { ...step, ...candidate } })
    }
  }
  return found
}
