import { sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import { verifyDocument } from '../../../src/verify/index.ts'
import { attribute, makeCms, messageDigest } from '../make-cms.ts'
import { type Identity, integer, makeCa, makeLeaf, NOW, octets, seq, text } from '../make-pki.ts'

const root = makeCa('Root')
const kai = makeLeaf('Kai', root)
const anna = makeLeaf('Anna', root)
const CONTENT = text('The tank is decommissioned.')
const SHA256 = seq(encodeOid('2.16.840.1.101.3.4.2.1'))

/** A SignerInfo over another's signature value (RFC 5652 §11.4): without content-type. */
function counterSignature(signer: Identity, over: Uint8Array): Uint8Array {
  const attributes = messageDigest(over)
  const { issuer, serialKey } = signer.certificate
  return seq(
    integer(1),
    seq(issuer.bytes, encode(0x02, Buffer.from(serialKey, 'hex'))),
    SHA256,
    encode(0xa0, attributes),
    seq(encodeOid('1.2.840.10045.4.3.2')),
    octets(sign('sha256', encode(0x31, attributes), signer.privateKey)),
  )
}

function findingsFor(over: (value: Uint8Array) => Uint8Array) {
  const cms = makeCms({
    signer: kai,
    content: CONTENT,
    certificates: [kai.certificate.bytes, anna.certificate.bytes],
    unsignedAttributes: (value) => [attribute('1.2.840.113549.1.9.6', counterSignature(anna, over(value)))],
  })
  const options = { validationTime: NOW, trustAnchors: [root.certificate.bytes], content: CONTENT }
  const [signature] = verifyDocument(cms, { ...options, checkRevocation: 'off' }).signatures
  const counter = signature?.findings.filter(({ code }) => code.startsWith('counter-signature'))
  return { indication: signature?.indication, counter: counter?.map(({ code, message }) => [code, message]) }
}

describe('a counter-signature', () => {
  it('that holds is shown with who made it', () => {
    expect(findingsFor((value) => value)).toEqual({
      indication: 'TOTAL-PASSED',
      counter: [['counter-signature', 'counter-signed by CN=Anna']],
    })
  })

  it('over another value is a warning, and nobody else is the worse for it', () => {
    expect(findingsFor(() => text('another value'))).toEqual({
      indication: 'TOTAL-PASSED',
      counter: [['counter-signature-broken', 'counter-signature by CN=Anna does not hold']],
    })
  })
})
