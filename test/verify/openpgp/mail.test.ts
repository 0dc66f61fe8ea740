import { createCleartextMessage, createMessage, generateKey, type PrivateKey, sign } from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { type VerificationReport, verifyDocument } from '../../../src/verify/index.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const MADE = new Date('2026-01-10T12:00:00Z')
const lines = (...parts: readonly string[]): string => parts.join('\r\n')
const SIGNED = lines('Content-Type: text/plain; charset=utf-8', '', 'Tanken er sløjfet.', '')
const HEADER = ['From: Kai Jensen <kai@example.dk>', 'To: post@kommune.dk', 'Subject: Attest', 'MIME-Version: 1.0']

let kai: PrivateKey
let key: Uint8Array

beforeAll(async () => {
  const userIDs = [{ name: 'Kai Jensen', email: 'kai@example.dk' }]
  kai = (await generateKey({ type: 'curve25519', userIDs, date: MADE, format: 'object' })).privateKey
  key = new Uint8Array(kai.toPublic().write())
})

async function signatureOver(content: string): Promise<string> {
  const message = await createMessage({ binary: new Uint8Array(Buffer.from(content)) })
  return sign({ message, signingKeys: kai, date: NOW, detached: true })
}

interface Shape {
  readonly header?: readonly string[]
  readonly shown?: string
  readonly behind?: readonly string[]
  readonly before?: readonly string[]
}

async function pgpMime({ header = HEADER, shown = SIGNED, behind = [], before = [] }: Shape = {}): Promise<string> {
  const armoured = (await signatureOver(SIGNED)).replace(/\r?\n/g, '\r\n')
  return lines(
    ...header,
    'Content-Type: multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha512; boundary=b1',
    '',
    ...before,
    '--b1',
    shown,
    '--b1',
    'Content-Type: application/pgp-signature; name=signature.asc',
    '',
    armoured,
    ...behind,
    '--b1--',
    '',
  )
}

const clearText = async (text = 'Tanken er sløjfet.'): Promise<string> =>
  sign({ message: await createCleartextMessage({ text }), signingKeys: kai, date: NOW })

const inline = (text: string, type = 'text/plain; charset=utf-8'): string =>
  lines(...HEADER, `Content-Type: ${type}`, 'Content-Transfer-Encoding: 8bit', '', text.replace(/\r?\n/g, '\r\n'))

const judge = (mail: string): VerificationReport =>
  verifyDocument(new Uint8Array(Buffer.from(mail)), { validationTime: NOW, trustAnchors: [], openpgpKeys: [key] })

const codes = ({ signatures }: VerificationReport): readonly string[] =>
  signatures.flatMap(({ findings }) => findings.flatMap(({ code, severity }) => (severity === 'info' ? [] : code)))

describe('a mail by PGP/MIME', () => {
  it('from the holder of the key passes, whatever its lines end with', async () => {
    const mail = await pgpMime()
    for (const sent of [mail, mail.replace(/\r\n/g, '\n')]) {
      const report = judge(sent)
      expect(report).toMatchObject({
        indication: 'TOTAL-PASSED',
        sender: { from: 'kai@example.dk', matchesSigner: true },
      })
      expect(report.signatures).toMatchObject([{ id: 'openpgp-1', kind: 'openpgp', intact: true, trusted: true }])
    }
  })

  it('with one octet of the signed part changed fails', async () => {
    const report = judge(await pgpMime({ shown: SIGNED.replace('sløjfet', 'sløjfer') }))
    expect(report).toMatchObject({ indication: 'TOTAL-FAILED', signatures: [{ intact: false }] })
  })

  it('from somebody else is not signed by its sender', async () => {
    const header = ['From: Borgmester <borgmester@example.dk>', ...HEADER.slice(1)]
    const report = judge(await pgpMime({ header }))
    expect(report).toMatchObject({ indication: 'INDETERMINATE', sender: { matchesSigner: false } })
    expect(codes(report)).toContain('signer-is-not-sender')
  })

  it('with a second From field is from nobody', async () => {
    const report = judge(await pgpMime({ header: ['From: borgmester@example.dk', ...HEADER] }))
    expect(report).toMatchObject({ indication: 'INDETERMINATE', sender: { matchesSigner: false } })
  })

  it('inside a mail that adds a part is signed in part', async () => {
    const signed = await pgpMime({ header: [] })
    const mail = lines(
      ...HEADER,
      'Content-Type: multipart/mixed; boundary=b0',
      '',
      '--b0',
      'Content-Type: text/html',
      '',
      '<p>Afslaget trækkes tilbage.</p>',
      '--b0',
      signed,
      '--b0--',
      '',
    )
    const report = judge(mail)
    expect(report.indication).toBe('INDETERMINATE')
    expect(codes(report)).toContain('signature-covers-part')
  })

  it('with a third part is malformed', async () => {
    const behind = ['--b1', 'Content-Type: text/plain', '', 'mere']
    expect(judge(await pgpMime({ behind })).indication).toBe('TOTAL-FAILED')
  })

  it('with text behind the armour, or a second block, does not hold', async () => {
    const more = await signatureOver('andet')
    expect(judge(await pgpMime({ behind: [more.replace(/\r?\n/g, '\r\n')] })).indication).toBe('TOTAL-FAILED')
    const report = judge(await pgpMime({ behind: ['Betal 900 kr.'] }))
    expect(report.indication).toBe('INDETERMINATE')
    expect(codes(report)).toContain('signature-covers-part')
  })

  it('whose signature is a signed message about something else does not hold', async () => {
    const message = await createMessage({ binary: new Uint8Array(Buffer.from('andet')) })
    const enveloped = await sign({ message, signingKeys: kai, date: NOW })
    const mail = (await pgpMime()).replace(/-----BEGIN PGP SIG.*-----END PGP SIGNATURE-----\r\n/s, `${enveloped}\r\n`)
    expect(judge(mail)).toMatchObject({ indication: 'TOTAL-FAILED', signatures: [{ intact: false }] })
  })
})

describe('a mail with its text signed inline', () => {
  it('passes where nothing stands around it', async () => {
    const report = judge(inline(await clearText('- liste\n-----streg\nFrom her  \n')))
    expect(codes(report)).toEqual([])
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', sender: { matchesSigner: true } })
  })

  it.each(['utf-16', 'UTF-7', 'unicode-1-1-utf-7', 'iso-2022-jp', 'hz-gb-2312', 'ibm037'])(
    'is not judged where its header, which is not signed, makes other letters of it: %s',
    async (charset) => {
      const report = judge(inline(await clearText(), `text/plain; charset="${charset}"`))
      expect(report.indication).toBe('INDETERMINATE')
      expect(codes(report)).toContain('signature-format-not-judged')
      for (const other of ['us-ascii', 'iso-8859-1', 'windows-1252', 'UTF-8']) {
        expect(judge(inline(await clearText(), `text/plain; charset=${other}`)).indication).toBe('TOTAL-PASSED')
      }
    },
  )

  it('is not judged in an encoding that some readers show as it stands', async () => {
    const mail = inline(await clearText())
    for (const encoding of ['x-uuencode', 'foo']) {
      const report = judge(mail.replace('Encoding: 8bit', `Encoding: ${encoding}`))
      expect(report.indication).toBe('INDETERMINATE')
    }
  })

  it('is signed in part where text stands in front or behind', async () => {
    const text = await clearText()
    for (const around of [`Jeg trækker alt tilbage.\n\n${text}`, `${text}\n\nOg et tilskud på 10.000 kr.`]) {
      const report = judge(inline(around))
      expect(report.indication).toBe('INDETERMINATE')
      expect(codes(report)).toContain('signature-covers-part')
    }
  })

  it('with a header line that readers show as text does not hold', async () => {
    for (const added of ['Godkendt: ja', 'Comment: ja', 'Hash: SHA512\vGodkendt']) {
      const text = (await clearText()).replace(/\n(Hash:[^\n]*\n)/, `\n$1${added}\n`)
      expect(text).toContain(added)
      expect(judge(inline(text)).indication).toBe('TOTAL-FAILED')
    }
  })

  it('with a block of its own within the signed text does not hold', async () => {
    const text = await clearText()
    const twice = text.replace('Tanken', `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nAndet\nTanken`)
    expect(judge(inline(twice)).indication).not.toBe('TOTAL-PASSED')
  })

  it('changed by an octet fails', async () => {
    expect(judge(inline((await clearText()).replace('Tanken', 'Tasken')))).toMatchObject({
      indication: 'TOTAL-FAILED',
      signatures: [{ subIndication: 'HASH_FAILURE' }],
    })
  })

  it('as HTML is not judged, as a page may show something else', async () => {
    const report = judge(inline(await clearText(), 'text/html'))
    expect(report.indication).toBe('INDETERMINATE')
    expect(codes(report)).toContain('signature-format-not-judged')
  })

  it('as a signed message inside armour is judged, and said not to be what is shown', async () => {
    const message = await createMessage({ text: 'Tanken er sløjfet.' })
    const report = judge(inline(await sign({ message, signingKeys: kai, date: NOW })))
    expect(report).toMatchObject({ indication: 'INDETERMINATE', encrypted: false, signatures: [{ intact: true }] })
    expect(codes(report)).toContain('signature-covers-part')
  })
})
