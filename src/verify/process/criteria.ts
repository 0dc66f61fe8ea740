import type { Certificate, Criterion } from '../x509/index.ts'

/**
 * Says whether a certificate meets a list's criterion; null where that cannot be told.
 * @see ETSI TS 119 612 clause 5.5.9.2.2
 */
export function meets(certificate: Certificate, criterion: Criterion): boolean | null {
  const { decoded, subject } = certificate
  switch (criterion.test) {
    case 'key-usage':
      return Object.entries(criterion.bits).every(([name, wanted]) => hasUsage(certificate, name) === wanted)
    case 'policies': {
      const policies = decoded.certificatePolicies?.map(({ oid }) => oid) ?? []
      return criterion.oids.every((one) => policies.includes(one))
    }
    case 'extended-key-usage':
      return criterion.oids.every((one) => decoded.extendedKeyUsage?.has(one) ?? false)
    case 'subject-attributes': {
      const types = subject.rdns.flat().map(({ type }) => type)
      return criterion.oids.every((one) => types.includes(one))
    }
    case 'unknown':
      return null
    default:
      return combine(
        criterion.test,
        criterion.of.map((one) => meets(certificate, one)),
      )
  }
}

const hasUsage = ({ decoded }: Certificate, name: string): boolean =>
  [...(decoded.keyUsage ?? [])].some((one) => one.toLowerCase() === name.toLowerCase())

/** What is not known decides nothing, unless the rest decides it. */
function combine(test: 'all' | 'any' | 'none', answers: readonly (boolean | null)[]): boolean | null {
  if (test === 'all') return answers.includes(false) ? false : answers.includes(null) ? null : true
  const some = answers.includes(true) ? true : answers.includes(null) ? null : false
  return test === 'any' || some === null ? some : !some
}
