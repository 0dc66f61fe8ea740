import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import type { VerifyInput, WebFetcher } from '../../src/model/ports.ts'
import { addAnchor, type JudgeParts, judgeFile } from '../../src/trust/index.ts'
import { task as verifyTask } from '../../src/trust/verify-task.ts'
import { encode } from '../../src/verify/der/index.ts'
import { EXTENSION } from '../../src/verify/x509/index.ts'
import { scene, settings, silentLog } from '../casework/scene.ts'
import { signPdf, writePdf } from '../support/make-signed-pdf.ts'
import { makeCms } from '../verify/make-cms.ts'
import { extension, makeCa, makeCrl, makeLeaf, NOW, seq, uriName } from '../verify/make-pki.ts'

const root = makeCa('Root')
const list = 'http://root.by.dk/root.crl'
const point = extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa0, encode(0xa0, uriName(list))))))
const kai = makeLeaf('Kai', root, [point])
const file = {
  bytes: signPdf(writePdf(), { sign: (content) => makeCms({ signer: kai, content }) }),
  name: 'attest.pdf',
}
const mail = { bytes: Buffer.from('From: a@b.dk\r\nMIME-Version: 1.0\r\n\r\nhello\r\n'), name: 'mail.eml' }
const alone = (anchors: VerifyInput['trustAnchors']): VerifyInput['trustAnchors'] => anchors

async function judging(web: Readonly<Record<string, Uint8Array>> | null) {
  const world = scene()
  const asked: string[] = []
  const judged: VerifyInput[] = []
  await world.store.commit((write) =>
    addAnchor(write, {
      der: root.certificate.bytes,
      purposes: ['document'],
      source: 'file',
      note: 'test',
      actor: 'ida',
      at: NOW.toISOString(),
    }),
  )
  const fetcher: WebFetcher = {
    fetch: async ({ url }) => {
      asked.push(url)
      const bytes = web?.[url]
      if (!bytes) throw new GatewayError('fetch-failed', 'no answer', { retryable: true })
      return { bytes, freshUntil: null }
    },
  }
  const verify = (input: VerifyInput) => {
    judged.push(input)
    return verifyTask(input)
  }
  const parts: JudgeParts = {
    ...world.parts,
    log: silentLog,
    clock: () => NOW,
    settings: { ...settings, checkRevocation: 'if-offered' },
    fetcher: web ? fetcher : null,
    sandbox: { verify },
  }
  return { world, asked, judged, parts }
}

describe('a file that a visitor checks', () => {
  it('is judged with what its certificates point to, and nothing is stored', async () => {
    const { world, asked, parts } = await judging({ [list]: makeCrl({ issuer: root }).bytes })
    const before = JSON.stringify(world.store.tables(), (_, value) => (value instanceof Map ? [...value] : value))
    const report = await judgeFile(file, alone, parts)
    expect([report.indication, report.signatures[0]?.revocation, asked]).toEqual(['TOTAL-PASSED', 'good', [list]])
    const after = JSON.stringify(world.store.tables(), (_, value) => (value instanceof Map ? [...value] : value))
    expect(after).toBe(before)
  })

  it('whose certificate is revoked is found so', async () => {
    const revoked = [{ certificate: kai.certificate, reason: 1 }]
    const { parts } = await judging({ [list]: makeCrl({ issuer: root, revoked }).bytes })
    expect((await judgeFile(file, alone, parts)).signatures[0]?.subIndication).toBe('REVOKED_NO_POE')
  })

  it.each([['cannot be had', {}] as const, ['is not fetched here', null] as const])(
    'whose revocation data %s is undecided',
    async (_, web) => {
      const { parts } = await judging(web)
      const [signature] = (await judgeFile(file, alone, parts)).signatures
      expect([signature?.indication, signature?.subIndication]).toEqual(['INDETERMINATE', 'TRY_LATER'])
    },
  )

  it('that is a mail is judged by the anchors for mail', async () => {
    const { judged, parts } = await judging(null)
    await judgeFile(mail, alone, parts)
    expect(judged.map(({ trustAnchors }) => trustAnchors.length)).toEqual([1, 0])
  })
})
