import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extractSignedPart } from '../../src/delivery/index.ts'
import { readEntity, splitParts, toCanonicalLines } from '../../src/delivery/mime-entity.ts'

const SIGNATURE = '-----BEGIN PGP SIGNATURE-----\r\n\r\nabc=\r\n-----END PGP SIGNATURE-----\r\n'
const ROOT_TYPE = 'multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary="ydre"'

function signedMail(first: string, more = '', type = ROOT_TYPE): string {
  return [
    `From: kai@borger.example\r\nContent-Type: ${type}\r\n\r\nindledning\r\n`,
    `--ydre\r\n${first}\r\n`,
    `--ydre\r\nContent-Type: application/pgp-signature\r\n\r\n${SIGNATURE}\r\n${more}--ydre--\r\nefterskrift\r\n`,
  ].join('')
}

const extract = (mail: string) => extractSignedPart(Buffer.from(mail, 'latin1'))
const signedBytes = (mail: string): string | null => {
  const part = extract(mail)
  return part.found ? Buffer.from(part.signed).toString('latin1') : part.problem
}

describe('extractSignedPart', () => {
  it('gives the first part with its header, without the line end before the boundary', () => {
    expect(signedBytes(signedMail('Content-Type: text/plain\r\n\r\nHej'))).toBe('Content-Type: text/plain\r\n\r\nHej')
  })

  it('keeps trailing spaces and trailing empty lines: they were signed', () => {
    const first = 'Content-Type: text/plain \r\n\r\nHej  \t\r\n \r\n\r\n'
    expect(signedBytes(signedMail(first))).toBe(first)
  })

  it('gives CR LF for lines that came with LF alone', () => {
    const first = 'Content-Type: text/plain\r\n\r\nHej  \r\nKai\r\n'
    expect(signedBytes(signedMail(first).replaceAll('\r\n', '\n'))).toBe(first)
  })

  it('is not misled by a nested boundary that begins with the outer one', () => {
    const nested =
      'Content-Type: multipart/mixed; boundary=ydre2\r\n\r\n--ydre2\r\n\r\nen\r\n--ydre2--\r\n --ydre\r\n--ydrex\r\n'
    expect(signedBytes(signedMail(nested))).toBe(nested)
  })

  it('takes a boundary line that has spaces behind it', () => {
    expect(signedBytes(signedMail('\r\nHej').replaceAll('--ydre\r\n', '--ydre \t\r\n'))).toBe('\r\nHej')
  })

  it('gives the detached signature decoded', () => {
    const part = extract(signedMail('\r\nHej'))
    expect(part.found && part.signature).toContain('BEGIN PGP SIGNATURE')
  })

  it.each([
    ['a third part, shown and not signed', signedMail('\r\nHej', '--ydre\r\n\r\nmere\r\n'), 'not-two-parts'],
    ['no closing boundary', signedMail('\r\nHej').replace('--ydre--', ''), 'not-closed'],
    ['no boundary', signedMail('\r\nHej', '', ROOT_TYPE.replace('; boundary="ydre"', '')), 'no-boundary'],
    ['two boundaries', signedMail('\r\nHej', '', `${ROOT_TYPE}; boundary=indre`), 'malformed'],
    ['two Content-Type fields', `Content-Type: text/html\r\n${signedMail('\r\nHej')}`, 'malformed'],
    ['an encoded multipart', `Content-Transfer-Encoding: quoted-printable\r\n${signedMail('\r\nHej')}`, 'malformed'],
    [
      'an S/MIME signature',
      signedMail('\r\nHej', '', ROOT_TYPE.replace('application/pgp', 'application/pkcs7')),
      'not-a-pgp-signature',
    ],
    ['a header that is none', `Ikke et felt\r\n${signedMail('\r\nHej')}`, 'malformed'],
  ])('refuses %s', (_, mail, problem) => {
    expect(signedBytes(mail)).toBe(problem)
  })

  it('does not count a signed multipart that is not the root', () => {
    const inner = signedMail('\r\nHej').replace(/^From.*\r\n/, '')
    const wrapped = `Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n${inner}\r\n--y\r\n\r\nmere\r\n--y--\r\n`
    expect(signedBytes(wrapped)).toBe('not-signed')
  })

  it('ends in an answer for arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        const part = extractSignedPart(bytes)
        return part.found || part.problem.length > 0
      }),
    )
  })

  it('ends in an answer for mails made of delimiters and line ends', () => {
    const piece = fc.constantFrom('--ydre', '--ydre--', '\r\n', '\n', '\r', ' ', 'Content-Type: a/b;x=', '"', ':', 'x')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const part = extract(`Content-Type: ${ROOT_TYPE}\r\n\r\n${pieces.join('')}`)
        return part.found || part.problem.length > 0
      }),
    )
  })

  it('reads ten megabytes of spaces and of delimiters in linear time', () => {
    const begun = performance.now()
    extract(`Content-Type: ${ROOT_TYPE}\r\n\r\n${' '.repeat(10_000_000)}x`)
    extract(`Content-Type: ${ROOT_TYPE}\r\n\r\n${'--ydre\n'.repeat(1_400_000)}`)
    extract(signedMail(`\r\n${'a \n'.repeat(2_000_000)}`))
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})

describe('splitParts', () => {
  it('joins back to the body with its delimiters', () => {
    const part = fc.string({ maxLength: 50 }).filter((text) => !text.includes('--ydre'))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const body = `${parts.map((text) => `--ydre\r\n${text}\r\n`).join('')}--ydre--`
        const found = splitParts(Buffer.from(body), 'ydre')
        expect(found?.map((bytes) => Buffer.from(bytes).toString())).toEqual(parts)
      }),
    )
  })
})

describe('toCanonicalLines', () => {
  it('changes nothing that is canonical already, and is its own repeat', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const once = toCanonicalLines(bytes)
        expect(Buffer.from(toCanonicalLines(once))).toEqual(Buffer.from(once))
        expect(Buffer.from(once).toString('latin1')).not.toMatch(/(?<!\r)\n/)
      }),
    )
  })
})

describe('readEntity', () => {
  it('unfolds fields and reads parameters', () => {
    const entity = readEntity(
      Buffer.from('A: x\r\n y\r\nContent-Type: Text/HTML;\r\n charset="u\\"8"; x=1\r\n\r\nkrop'),
    )
    expect(entity?.fields[0]).toEqual({ name: 'a', value: 'x y' })
    expect(entity?.mediaType).toBe('text/html')
    expect(entity?.parameters.get('charset')).toBe('u"8')
    expect(Buffer.from(entity?.body ?? []).toString()).toBe('krop')
  })
})
