import type { KeyObject } from 'node:crypto'
import { explicit, integer, objectIdentifier, octetString, sequence } from '../../src/seal/der-writer.ts'

const DATA = '1.2.840.113549.1.7.1'

/**
 * Packs any key with its certificates as PKCS #12 (RFC 7292): PBES2 as Node writes it, no MAC. The product writes RSA
 * alone; what it must read is made here.
 */
export function makePkcs12(key: KeyObject, certificates: readonly Uint8Array[], passphrase: string): Uint8Array {
  const shrouded = key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase })
  const keyBag = sequence(objectIdentifier('1.2.840.113549.1.12.10.1.2'), explicit(0, shrouded))
  const certBags = certificates.map((der) =>
    sequence(
      objectIdentifier('1.2.840.113549.1.12.10.1.3'),
      explicit(0, sequence(objectIdentifier('1.2.840.113549.1.9.22.1'), explicit(0, octetString(der)))),
    ),
  )
  const contents = (bags: readonly Uint8Array[]): Uint8Array =>
    sequence(objectIdentifier(DATA), explicit(0, octetString(sequence(...bags))))
  const safe = sequence(contents(certBags), contents([keyBag]))
  return sequence(integer(3), sequence(objectIdentifier(DATA), explicit(0, octetString(safe))))
}
