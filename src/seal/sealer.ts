import { X509Certificate } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'
import type { Sealer } from '../model/ports.ts'
import { signPdfWithKey, type TimestampSignature } from './sign-pdf-with-key.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Gives what makes the municipality's seals with a key: PAdES B-B (B-T where there is a time-stamp), certifying that
 * nothing may change (DocMDP P=1).
 * @throws GatewayError key-unusable where the key has no certificate
 */
export function createSealer({
  key,
  timestamp = null,
}: {
  readonly key: SigningKey
  readonly timestamp?: TimestampSignature | null
}): Sealer {
  const [own] = key.certificateChain
  if (!own) throw new GatewayError('key-unusable', 'The seal has no certificate.')
  const certificate = new X509Certificate(own)
  const name = commonName(certificate)

  return {
    certificateChain: key.certificateChain,
    async sealPdf(pdf, { reason, location, signingTime }) {
      // A seal outside its own validity would be refused by everybody who checks it.
      if (signingTime < certificate.validFromDate || signingTime > certificate.validToDate) {
        throw new GatewayError('key-unusable', `The seal's certificate is not valid at ${signingTime.toISOString()}.`)
      }
      const fieldName = 'Seal'
      const subFilter = 'ETSI.CAdES.detached'
      const options = { subFilter, certify: 1, fieldName, signingTime, reason, location, ...name } as const
      return signPdfWithKey(pdf, key, options, timestamp)
    },
  }
}

function commonName(certificate: X509Certificate): { readonly name?: string } {
  const name = /^CN=(.+)$/m.exec(certificate.subject)?.[1]
  return name === undefined ? {} : { name }
}
