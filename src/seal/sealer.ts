import { X509Certificate } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'
import type { Sealer } from '../model/ports.ts'
import { signPdf } from './pades.ts'
import { readPkcs12 } from './pkcs12.ts'

/**
 * Opens the municipality's seal; gives what makes seals with it: PAdES B-B, certifying that nothing may change (DocMDP P=1).
 * @throws GatewayError key-unusable
 */
export async function createSealer(source: {
  readonly pkcs12: Uint8Array
  readonly passphrase: string
}): Promise<Sealer> {
  const identity = readPkcs12(source.pkcs12, source.passphrase)
  const [own] = identity.certificateChain
  if (!own) throw new GatewayError('key-unusable', 'The seal has no certificate.')
  const certificate = new X509Certificate(own)
  const name = commonName(certificate)

  return {
    certificateChain: identity.certificateChain,
    async sealPdf(pdf, { reason, location, signingTime }) {
      // A seal outside its own validity would be refused by everybody who checks it.
      if (signingTime < certificate.validFromDate || signingTime > certificate.validToDate) {
        throw new GatewayError('key-unusable', `The seal's certificate is not valid at ${signingTime.toISOString()}.`)
      }
      const fieldName = 'Seal'
      return signPdf(pdf, identity, {
        subFilter: 'ETSI.CAdES.detached',
        certify: 1,
        fieldName,
        signingTime,
        reason,
        location,
        ...name,
      })
    },
  }
}

function commonName(certificate: X509Certificate): { readonly name?: string } {
  const name = /^CN=(.+)$/m.exec(certificate.subject)?.[1]
  return name === undefined ? {} : { name }
}
