import { describe, expect, it } from 'vitest'
import type { Objects } from '../../support/make-signed-pdf.ts'
import { attribute, contentType, makeCms, messageDigest } from '../make-cms.ts'
import { seq } from '../make-pki.ts'
import { judge, only, signedPdf, signer } from './pdf-cases.ts'

const seeded = (seed: string): Objects =>
  new Map([
    [
      10,
      `<< /FT /Sig /T (Signature1) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 0 0] /P 3 0 R /V 11 0 R /SV << /Type /SV ${seed} >> >>`,
    ],
  ])
const certified = (p: number): string =>
  `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P ${p} /V /1.2 >> >>]`

function faultsOf(seed: string, entries = '', more: Partial<Parameters<typeof signedPdf>[0]> = {}) {
  const signature = only(judge(signedPdf({ objects: seeded(seed), entries, ...more })))
  expect(signature.indication).toBe('TOTAL-PASSED')
  return signature.findings
    .filter(({ code }) => code === 'seed-value-not-kept')
    .map((one) => one.message.split(': ')[1])
}

describe('what a field asks of its signature', () => {
  it.each([
    ['/Ff 1 /Filter /Other.Handler', '', 'Filter'],
    ['/Ff 2 /SubFilter [/ETSI.CAdES.detached]', '', 'SubFilter'],
    ['/Ff 8 /Reasons [(I agree) (I have read)]', '/Reason (because)', 'Reasons'],
    ['/Ff 8 /Reasons [(I agree)]', '', 'Reasons'],
    ['/Ff 8 /Reasons [(.)]', '/Reason (because)', 'Reasons'],
    ['/Ff 8', '/Reason (because)', 'Reasons'],
    ['/Ff 32 /AddRevInfo true', '', 'AddRevInfo'],
    ['/Ff 64 /DigestMethod [/SHA384 /SHA512]', '', 'DigestMethod'],
    ['/Ff 128 /LockDocument /true', certified(2), 'LockDocument'],
    ['/Ff 128 /LockDocument /false', certified(1), 'LockDocument'],
    ['/MDP << /P 2 >>', '', 'MDP'],
    ['/MDP << /P 2 >>', certified(1), 'MDP'],
    ['/MDP << /P 0 >>', certified(2), 'MDP'],
  ])('%s is said not to be kept by %j', (seed, entries, fault) => {
    expect(faultsOf(seed, entries)).toEqual([fault])
    // Without its bit an entry is a hint; of MDP there is no bit.
    expect(faultsOf(seed.replace(/\/Ff \d+/, '/Ff 0'), entries)).toEqual(fault === 'MDP' ? ['MDP'] : [])
  })

  it.each([
    ['/Ff 1 /Filter /Adobe.PPKLite', ''],
    ['/Ff 2 /SubFilter [/ETSI.CAdES.detached /adbe.pkcs7.detached]', ''],
    ['/Ff 8 /Reasons [(I agree) (I have read)]', '/Reason (I have read)'],
    ['/Ff 8 /Reasons []', ''],
    ['/Ff 32 /AddRevInfo false', ''],
    ['/Ff 64 /DigestMethod [(sha-256)]', ''],
    ['/Ff 128 /LockDocument /true', certified(1)],
    ['/Ff 128 /LockDocument /auto', ''],
    ['/MDP << /P 2 >>', certified(2)],
    ['/MDP << /P 0 >>', ''],
    ['/Ff 511', ''],
  ])('%s is kept by %j', (seed, entries) => {
    expect(faultsOf(seed, entries)).toEqual([])
  })

  it('the Lock of the field locks the document too', () => {
    const withLock = (asked: string): Objects =>
      seeded(`/Ff 128 /LockDocument /${asked} >> /Lock << /Type /SigFieldLock /Action /All /P 1`)
    expect(faultsOf('', '', { objects: withLock('true') })).toEqual([])
    expect(faultsOf('', '', { objects: withLock('false') })).toEqual(['LockDocument'])
  })

  it('revocation data among the signed attributes is what AddRevInfo asks for', () => {
    const sign = (content: Buffer) =>
      makeCms({
        signer,
        content,
        signedAttributes: [contentType(), messageDigest(content), attribute('1.2.840.113583.1.1.8', seq())],
      })
    expect(faultsOf('/Ff 32 /AddRevInfo true', '', { sign })).toEqual([])
    expect(faultsOf('/Ff 32 /AddRevInfo false', '', { sign })).toEqual(['AddRevInfo'])
  })
})
