import { GatewayError } from '../model/errors.ts'
import { canonicalJson } from '../model/history.ts'
import { sha256Hex } from '../model/ids.ts'
import type { Reader, Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import type { ChangeOfTrust, TrustAnchor } from '../model/trust-anchor.ts'
import type { PlannedList, TrustStep } from '../model/trust-proposal.ts'
import { LIST_OF_LISTS, type ListFacts } from '../model/trusted-list.ts'
import { readCertificate } from './anchor-file.ts'
import { addAnchors, disableAnchor, enableAnchor, limitAnchor, removeAnchor } from './anchors.ts'
import { listRefused } from './lists/refusal.ts'
import { anchorsWithList, dropList, listChanges, needsListOfLists, useList } from './lists/use-list.ts'
import { applyPolicy } from './policy-review.ts'

const ACTS = { disable: disableAnchor, enable: enableAnchor, remove: removeAnchor }

/** Takes a step's certificates; gives them as bytes with their fingerprints. @throws GatewayError malformed-der */
export const certificatesOf = (step: Extract<TrustStep, { readonly do: 'add' }>) =>
  step.certificates.map((base64) => readCertificate(Buffer.from(base64, 'base64')))

/**
 * Does the steps within the caller's commit, each on record.
 * @throws GatewayError what addAnchors, disableAnchor, enableAnchor and removeAnchor throw; managed-by-configuration; list-refused older, not-in-use
 */
export async function carryOut(write: Writer, steps: readonly TrustStep[], change: ChangeOfTrust): Promise<void> {
  for (const step of steps) {
    if (step.do === 'add') {
      const { do: _do, certificates: _certificates, ...wanted } = step
      const { reason: note, ...who } = change
      await addAnchors(write, certificatesOf(step), { ...wanted, ...who, note })
      continue
    }
    if (step.do === 'apply-policy') {
      await applyPolicy(write, step.policy, change)
      continue
    }
    if (step.do === 'use-list' || step.do === 'drop-list') {
      if (step.do === 'drop-list') await mustBeInUse(write, step.territory)
      await (step.do === 'use-list' ? useList(write, step, change) : dropList(write, step.territory, change))
      continue
    }
    await refuseManaged(write, step.sha256)
    if (step.do === 'limit') await limitAnchor(write, step.sha256, step.constraints, change)
    else await ACTS[step.do](write, step.sha256, change)
  }
}

async function mustBeInUse(read: Reader, territory: string): Promise<void> {
  if ((await read.trustedLists()).some((list) => list.territory === territory)) return
  throw listRefused('not-in-use', `No list of ${territory} is in use.`)
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
    case 'apply-policy':
      return anchors
    case 'use-list':
      return anchorsWithList(anchors, step.list.territory, step.entries, at)
    case 'drop-list':
      return anchorsWithList(anchors, step.territory, [], at)
    case 'limit': {
      const { sha256, constraints } = step
      return anchors.map((anchor) => (anchor.sha256 === sha256 ? { ...anchor, constraints } : anchor))
    }
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
  constraints: step.constraints,
  periods: null,
  listed: null,
})

/** One certificate that a step is about. */
export interface Concerned {
  readonly does: Exclude<TrustStep['do'], 'apply-policy' | 'use-list' | 'drop-list'>
  /** To be added, and an anchor already: stays as it is. */
  readonly present: boolean
  readonly anchor: Pick<
    TrustAnchor,
    'sha256' | 'subject' | 'der' | 'purposes' | 'countsFrom' | 'countsUntil' | 'constraints'
  >
}

/** Gives the certificates that steps are about, as they are, or as they would be taken in. */
export async function concernedBy(steps: readonly TrustStep[], read: Reader): Promise<readonly Concerned[]> {
  const found: Concerned[] = []
  for (const step of steps) {
    if (step.do === 'apply-policy') continue
    if (step.do === 'use-list' || step.do === 'drop-list') {
      found.push(...(await concernedByList(step, read)))
      continue
    }
    if (step.do !== 'add') {
      const anchor = await read.anchor(step.sha256)
      const limited = anchor && step.do === 'limit' ? { ...anchor, constraints: step.constraints } : anchor
      if (limited) found.push({ does: step.do, present: true, anchor: limited })
      continue
    }
    for (const candidate of certificatesOf(step)) {
      const present = (await read.anchor(candidate.sha256)) !== null
      found.push({ does: 'add', present, anchor: { ...step, ...candidate } })
    }
  }
  return found
}

/** Gives the trusted lists that steps are about, with what would become of their certificates. */
export async function listsIn(steps: readonly TrustStep[], read: Reader): Promise<readonly PlannedList[]> {
  const [rows, anchors] = [await read.trustedLists(), await read.listAnchors()]
  return steps.flatMap((step): readonly PlannedList[] => {
    if (step.do !== 'use-list' && step.do !== 'drop-list') return []
    const territory = step.do === 'use-list' ? step.list.territory : step.territory
    const inForce = rows.find((row) => row.territory === territory) ?? null
    const list = step.do === 'use-list' ? step.list : inForce
    if (!list) return []
    const changed = listChanges(anchors, territory, step.do === 'use-list' ? step.entries : [], '')
    const stays = changed.flatMap(({ before, after }) => (before && after ? [{ before, after }] : []))
    const retimed = stays.filter(({ before, after }) => canonicalJson(before.periods) !== canonicalJson(after.periods))
    const told = {
      inForce: inForce?.sequence ?? null,
      usable: step.do === 'use-list' ? step.entries.length : 0,
      comes: changed.filter(({ before }) => before === null).length,
      goes: changed.filter(({ after }) => after === null).length,
      changes: retimed.map(({ before, after: { sha256, subject, periods } }) => ({
        ...{ sha256, subject },
        ...{ before: before.periods ?? [], after: periods ?? [] },
      })),
      restated: stays.length - retimed.length,
      signedBy: signerOf(list),
      endsListOfLists: endsListOfLists(rows, step),
    }
    return [
      step.do === 'use-list'
        ? { does: 'use', list, vouched: list.vouched ?? null, ...told }
        : { does: 'drop', list, vouched: null, ...told },
    ]
  })
}

function endsListOfLists(
  rows: readonly ListFacts[],
  step: Extract<TrustStep, { readonly do: 'use-list' | 'drop-list' }>,
): boolean {
  const isUsed = step.do === 'use-list'
  const own = isUsed ? step.list.territory : step.territory
  const left = rows.filter(({ territory }) => territory !== own)
  return (
    left.some(({ territory }) => territory === LIST_OF_LISTS) && !needsListOfLists(isUsed ? [...left, step.list] : left)
  )
}

/** The one that signed it is one of those that may sign the next, as a rule. */
function signerOf({ signer, signers }: ListFacts): string | null {
  // It verified a signature, so it can be read; of the others nobody knows.
  const found = signers.map((base64) => Buffer.from(base64, 'base64')).find((der) => sha256Hex(der) === signer)
  return found ? readCertificate(found).subject : null
}

/** A list's certificates that come and go; those that only change their times are told with the list. */
async function concernedByList(
  step: Extract<TrustStep, { readonly do: 'use-list' | 'drop-list' }>,
  read: Reader,
): Promise<readonly Concerned[]> {
  const [territory, entries] = step.do === 'use-list' ? [step.list.territory, step.entries] : [step.territory, []]
  const changes = listChanges(await read.listAnchors(), territory, entries, '')
  return changes.flatMap(({ before, after }): readonly Concerned[] => {
    if (before === null && after !== null) return [{ does: 'add', present: false, anchor: after }]
    return before !== null && after === null ? [{ does: 'remove', present: true, anchor: before }] : []
  })
}
