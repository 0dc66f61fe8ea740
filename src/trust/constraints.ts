import { GatewayError } from '../model/errors.ts'
import type { AnchorConstraints, WrittenConstraints } from '../model/trust-anchor.ts'
import { readSubtree } from '../verify/x509/index.ts'

/** An address, a domain, or what lies below one: as RFC 5280 §4.2.1.10 writes the names of a constraint. */
const EMAIL = /^(?:[^\s@]+@)?\.?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/
const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/
const MAX_ENTRIES = 100
const MAX_LENGTH = 200

/**
 * Takes whose signatures an anchor is to vouch for, as somebody wrote it; gives the constraints, null where nothing was
 * written: then it vouches for everybody below it.
 * @throws GatewayError invalid-request with the fact "entry": no e-mail domain, no object identifier, no
 * subtree of names, too long, too many
 */
export function readConstraints(written: WrittenConstraints): AnchorConstraints | null {
  const emails = entries(
    written.emails.map((one) => one.trim().toLowerCase()),
    (one) => EMAIL.test(one),
  )
  const organizations = entries(written.organizations, () => true)
  const policies = entries(written.policies, (one) => OID.test(one))
  const permitted = entries(written.permitted, isSubtree)
  const excluded = entries(written.excluded, isSubtree)
  const constraints = {
    ...(emails.length > 0 ? { emails } : {}),
    ...(organizations.length > 0 ? { organizations } : {}),
    ...(policies.length > 0 ? { policies } : {}),
    ...(permitted.length > 0 ? { permitted } : {}),
    ...(excluded.length > 0 ? { excluded } : {}),
  }
  return Object.keys(constraints).length === 0 ? null : constraints
}

const isSubtree = (entry: string): boolean => readSubtree(entry) !== null

function entries(written: readonly string[], isSound: (entry: string) => boolean): readonly string[] {
  const found = [...new Set(written.map((one) => one.trim().replace(/\s+/g, ' ')).filter((one) => one !== ''))]
  const wrong = found.find((one) => one.length > MAX_LENGTH || /\p{C}/u.test(one) || !isSound(one))
  if (wrong !== undefined || found.length > MAX_ENTRIES) {
    throw new GatewayError(
      'invalid-request',
      `Not an e-mail domain, organization, policy or subtree of names: ${wrong ?? 'too many'}`,
      {
        facts: { subject: (wrong ?? '…').slice(0, MAX_LENGTH) },
      },
    )
  }
  return found
}
