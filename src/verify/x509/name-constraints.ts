import {
  contextConstructed,
  readElement,
  readExplicit,
  readFields,
  readImplicit,
  readString,
  TAG,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { Certificate } from './certificate.ts'
import { attributeTexts } from './distinguished-name.ts'
import type { NameConstraints } from './extensions.ts'
import type { GeneralName } from './general-name.ts'
import { matchName, type NameMatch } from './name-subtree.ts'

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9'
/** Comparisons over one path: constraints times names would else be an attacker's to choose. */
const MAX_COMPARISONS = 250_000

/** The permitted and excluded subtrees in force at a point of the path. */
export interface ConstraintState {
  /** One list per certificate that gave any: a name must lie in a subtree of each list that has its kind. */
  readonly permitted: readonly (readonly GeneralName[])[]
  readonly excluded: readonly GeneralName[]
}

export const NO_CONSTRAINTS: ConstraintState = { permitted: [], excluded: [] }

/** Adds a CA's constraints to those in force (RFC 5280 §6.1.4(g)). */
export function addConstraints(state: ConstraintState, constraints: NameConstraints): ConstraintState {
  return {
    permitted: constraints.permitted.length > 0 ? [...state.permitted, constraints.permitted] : state.permitted,
    excluded: [...state.excluded, ...constraints.excluded],
  }
}

/** Every name that a certificate claims: subject, alternative names, e-mail addresses within the subject. */
export function claimedNames(certificate: Certificate): readonly GeneralName[] {
  const { subject } = certificate
  const names: GeneralName[] = subject.rdns.length > 0 ? [{ kind: 'directory', name: subject }] : []
  for (const value of attributeTexts(subject, EMAIL_ADDRESS)) names.push({ kind: 'email', value })
  for (const name of certificate.decoded.subjectAltNames) {
    names.push(name)
    // RFC 9598 §6: an internationalised mailbox lies within what is said of mailboxes.
    if (name.kind === 'other' && name.typeId === SMTP_UTF8_MAILBOX)
      names.push({ kind: 'email', value: mailboxOf(name) })
  }
  return names
}

/** SmtpUTF8Mailbox; empty, and so no mailbox, where it cannot be read. */
function mailboxOf(name: GeneralName & { readonly kind: 'other' }): string {
  try {
    const fields = readFields(readImplicit(readElement(name.bytes), TAG.sequence), 'OtherName')
    fields.take(TAG.oid, 'type-id')
    return readString(readExplicit(fields.take(contextConstructed(0), 'value'), 'value'))
  } catch (fault) {
    if (fault instanceof VerifyError) return ''
    throw fault
  }
}

/** violated: a name lies outside. unprocessed: something could not be compared, so nothing is known. */
export type ConstraintAnswer =
  | { readonly kind: 'within' }
  | { readonly kind: 'violated' | 'unprocessed'; readonly reason: string }

/** Counts comparisons over a whole path. */
export interface ComparisonBudget {
  left: number
}
export const startComparisons = (): ComparisonBudget => ({ left: MAX_COMPARISONS })

/** Judges all names of a certificate against the constraints in force (RFC 5280 §6.1.3(b), (c)). */
export function judgeNames(
  certificate: Certificate,
  state: ConstraintState,
  budget: ComparisonBudget,
): ConstraintAnswer {
  if (state.permitted.length === 0 && state.excluded.length === 0) return { kind: 'within' }
  for (const name of claimedNames(certificate)) {
    const answer = judgeName(name, state, budget)
    if (answer.kind !== 'within') return answer
  }
  return { kind: 'within' }
}

const sameKind = (a: GeneralName, b: GeneralName): boolean =>
  a.kind === b.kind &&
  (a.kind !== 'other' || b.kind !== 'other' || (a.tagNumber === b.tagNumber && a.typeId === b.typeId))

function judgeName(name: GeneralName, state: ConstraintState, budget: ComparisonBudget): ConstraintAnswer {
  const compare = (subtree: GeneralName, role: 'permitted' | 'excluded'): NameMatch => {
    budget.left -= 1
    return budget.left < 0 ? 'unprocessed' : matchName(name, subtree, role)
  }
  for (const subtree of state.excluded) {
    if (!sameKind(name, subtree)) continue
    const match = compare(subtree, 'excluded')
    if (match === 'unprocessed') return { kind: 'unprocessed', reason: `${name.kind} name cannot be compared` }
    if (match === 'inside') return { kind: 'violated', reason: `${name.kind} name lies in an excluded subtree` }
  }
  for (const subtrees of state.permitted) {
    const relevant = subtrees.filter((subtree) => sameKind(name, subtree))
    if (relevant.length === 0) continue
    let inside = false
    for (const subtree of relevant) {
      const match = compare(subtree, 'permitted')
      if (match === 'unprocessed') return { kind: 'unprocessed', reason: `${name.kind} name cannot be compared` }
      inside ||= match === 'inside'
    }
    if (!inside) return { kind: 'violated', reason: `${name.kind} name lies in no permitted subtree` }
  }
  return { kind: 'within' }
}
