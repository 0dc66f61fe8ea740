import { createMessage, encrypt, generateKey, type PrivateKey, sign } from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { task } from '../../src/intake/normalise-task.ts'
import { type VerificationReport, verifyDocument } from '../../src/verify/index.ts'

/** What a mail says that came encrypted, from the reader through to the verdict. */
const NOW = new Date('2026-11-20T12:00:00Z')
const MADE = new Date('2026-01-10T12:00:00Z')
const HEAD = ['From: Kai <kai@example.dk>', 'Subject: ...', 'MIME-Version: 1.0']
const INSIDE = 'Content-Type: text/plain; charset=utf-8\r\n\r\nTanken er sløjfet.\r\n'
const lines = (...parts: readonly string[]): string => parts.join('\r\n')

let municipality: PrivateKey
let kai: PrivateKey
beforeAll(async () => {
  const make = async (email: string): Promise<PrivateKey> =>
    (await generateKey({ userIDs: [{ email }], date: MADE, format: 'object' })).privateKey
  municipality = await make('post@kommune.dk')
  kai = await make('kai@example.dk')
})

async function encrypted(content: string, signingKeys?: PrivateKey): Promise<string> {
  const message = await createMessage({ binary: new Uint8Array(Buffer.from(content)) })
  const keys = { encryptionKeys: municipality.toPublic(), ...(signingKeys ? { signingKeys } : {}) }
  return (await encrypt({ message, ...keys, date: NOW })).replace(/\r?\n/g, '\r\n')
}

const pgpMime = (armoured: string, head = HEAD): string =>
  lines(
    ...head,
    'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e',
    '',
    ...['--e', 'Content-Type: application/pgp-encrypted', '', 'Version: 1'],
    ...['--e', 'Content-Type: application/octet-stream', '', armoured, '--e--', ''],
  )

async function judge(mail: string, known: readonly PrivateKey[] = [kai]): Promise<VerificationReport> {
  const raw = new Uint8Array(Buffer.from(mail))
  const read = await task({ raw, rawMediaType: 'message/rfc822', openpgpPrivateKeys: [municipality.armor()] })
  return verifyDocument(raw, {
    ...{ validationTime: NOW, trustAnchors: [], opened: read.opened?.bytes ?? null },
    openpgpKeys: known.map((key) => new Uint8Array(key.toPublic().write())),
  })
}

const codes = ({ signatures }: VerificationReport): readonly string[] =>
  signatures.flatMap(({ findings }) => findings.flatMap(({ code, severity }) => (severity === 'info' ? [] : code)))

describe('a mail encrypted to us by OpenPGP', () => {
  it('and signed in the same step passes, by MIME and as a text', async () => {
    const text = lines(...HEAD, 'Content-Type: text/plain', '', await encrypted('Tanken er sløjfet.', kai))
    for (const mail of [pgpMime(await encrypted(INSIDE, kai)), text]) {
      const report = await judge(mail)
      expect(codes(report)).toEqual([])
      expect(report).toMatchObject({ indication: 'TOTAL-PASSED', encrypted: true, sender: { matchesSigner: true } })
      expect(report.findings).toMatchObject([{ code: 'encrypted-opened', severity: 'info' }])
    }
  })

  it('and signed by PGP/MIME inside passes', async () => {
    const message = await createMessage({ binary: new Uint8Array(Buffer.from(INSIDE)) })
    const signature = await sign({ message, signingKeys: kai, detached: true, date: NOW })
    const signed = lines(
      'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=s',
      '',
      ...['--s', INSIDE, '--s', 'Content-Type: application/pgp-signature', ''],
      ...[signature.replace(/\r?\n/g, '\r\n'), '--s--', ''],
    )
    expect(await judge(pgpMime(await encrypted(signed)))).toMatchObject({ indication: 'TOTAL-PASSED', encrypted: true })
  })

  it('and not signed is that, and not undecided', async () => {
    const report = await judge(pgpMime(await encrypted(INSIDE)))
    expect(report).toMatchObject({ indication: 'NO-SIGNATURE', encrypted: true, signatures: [] })
  })

  it('that was not opened stays undecided', async () => {
    const raw = new Uint8Array(Buffer.from(pgpMime(await encrypted(INSIDE, kai))))
    const report = verifyDocument(raw, { validationTime: NOW, trustAnchors: [] })
    expect(report).toMatchObject({ indication: 'INDETERMINATE', encrypted: true })
    expect(report.findings).toMatchObject([{ code: 'encrypted' }])
  })

  it('and signed by somebody else than it is from is not signed by its sender', async () => {
    const head = ['From: Borgmester <borgmester@example.dk>', ...HEAD.slice(1)]
    const report = await judge(pgpMime(await encrypted(INSIDE, kai), head))
    expect(report).toMatchObject({ indication: 'INDETERMINATE', sender: { matchesSigner: false } })
  })

  it('in one of its parts is signed in part, as what stands beside it came in clear', async () => {
    const inner = pgpMime(await encrypted(INSIDE, kai), [])
    const mixed = lines(
      ...HEAD,
      'Content-Type: multipart/mixed; boundary=m',
      '',
      ...['--m', inner, '--m', 'Content-Type: text/plain', '', 'Og 10.000 kr.', '--m--', ''],
    )
    const text = `Først dette.\r\n\r\n${await encrypted('Tanken er sløjfet.', kai)}`
    for (const mail of [mixed, lines(...HEAD, 'Content-Type: text/plain; charset=utf-8', '', text)]) {
      const report = await judge(mail)
      expect(report.indication).toBe('INDETERMINATE')
      if (report.signatures.length > 0) expect(codes(report)).toContain('signature-covers-part')
    }
  })

  it('twice over is undecided, as what is inside stays closed', async () => {
    const report = await judge(pgpMime(await encrypted(pgpMime(await encrypted(INSIDE, kai), []), kai)))
    expect(report.indication).toBe('INDETERMINATE')
  })

  it('is never taken for what a stranger signed and was only wrapped', async () => {
    const stranger = (await generateKey({ userIDs: [{ email: 'kai@example.dk' }], date: MADE, format: 'object' }))
      .privateKey
    const report = await judge(pgpMime(await encrypted(INSIDE, stranger)))
    expect(codes(report)).toEqual(['openpgp-key-unknown'])
  })
})
