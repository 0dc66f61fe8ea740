import { readChildren, readElement, readOid, TAG } from '../der/index.ts'
import { asVerifyError } from '../errors.ts'
import { type Certificate, EXTENSION } from '../x509/index.ts'

const COMPLIANCE = '0.4.0.1862.1.1'
const DEVICE = '0.4.0.1862.1.4'
const TYPE = '0.4.0.1862.1.6'

/** What a certificate says of itself as a qualified one (ETSI EN 319 412-5 clause 4.2). */
export interface QcStatements {
  /** It is an EU qualified certificate. */
  readonly compliance: boolean
  /** Its key lies in a qualified device. */
  readonly device: boolean
  /** Object identifiers of what it is for. */
  readonly types: readonly string[]
}

const NONE: QcStatements = { compliance: false, device: false, types: [] }

/** Gives a certificate's statements; those that cannot be read say nothing. */
export function qcStatementsOf({ extensions }: Pick<Certificate, 'extensions'>): QcStatements {
  const extension = extensions.get(EXTENSION.qcStatements)
  if (!extension) return NONE
  try {
    const statements = readChildren(readElement(extension.value)).flatMap((statement) => {
      const [id, info] = readChildren(statement)
      return id?.tag === TAG.oid ? [{ oid: readOid(id), info }] : []
    })
    const has = (oid: string): boolean => statements.some((one) => one.oid === oid)
    return {
      compliance: has(COMPLIANCE),
      device: has(DEVICE),
      types: statements.flatMap(({ oid, info }) => (oid === TYPE && info ? readChildren(info).map(readOid) : [])),
    }
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return NONE
  }
}
