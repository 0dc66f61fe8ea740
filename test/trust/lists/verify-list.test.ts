import { beforeAll, describe, expect, it } from 'vitest'
import { makeList } from '../../../scripts/fixtures/trusted-list.ts'
import { asGatewayError } from '../../../src/model/errors.ts'
import { type MadeIdentity, makeCa, makeEndEntity, validYears } from '../../../src/seal/index.ts'
import { entriesOf } from '../../../src/trust/lists/entries.ts'
import { verifyListOfLists } from '../../../src/trust/lists/list-of-lists.ts'
import { mustBeListOf, verifyList } from '../../../src/trust/lists/verify-list.ts'

const NOW = new Date('2026-11-24T10:00:00Z')
const validity = validYears(new Date('2015-01-01T00:00:00Z'), 20)
let operator: MadeIdentity
let stranger: MadeIdentity
let ca: MadeIdentity
let tsa: MadeIdentity
beforeAll(async () => {
  operator = await makeCa({ country: 'DK', commonName: 'Tilsyn' }, validity, 'ec-p256')
  stranger = await makeCa({ country: 'DK', commonName: 'Tilsyn' }, validity, 'ec-p256')
  ca = await makeCa({ country: 'DK', commonName: 'Kvalificeret CA' }, validity, 'ec-p256')
  tsa = await makeEndEntity(ca, { profile: 'seal', subject: { commonName: 'TSA' }, validity, kind: 'ec-p256' })
})

const services = () => [
  {
    name: 'CA',
    type: 'CA/QC',
    certificates: [ca.certificate],
    statuses: [
      ['withdrawn', '2024-01-01T00:00:00Z'],
      ['granted', '2016-07-01T00:00:00Z'],
      ['undersupervision', '2015-02-01T00:00:00Z'],
    ] as const,
  },
  {
    name: 'TSA',
    type: 'TSA/QTST',
    certificates: [tsa.certificate],
    statuses: [['granted', '2020-01-01T00:00:00Z']] as const,
  },
  {
    name: 'Unit as CA',
    type: 'CA/QC',
    certificates: [tsa.certificate],
    statuses: [['granted', '2020-01-01T00:00:00Z']] as const,
  },
]
const plan = () => ({ territory: 'DK', sequence: 7, services: services() })
const problemOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (thrown) {
    return asGatewayError(thrown).facts['problem']
  }
  return null
}
const verify = (bytes: Uint8Array) => verifyList(bytes, [stranger.certificate, operator.certificate])

describe('a trusted list', () => {
  it.each([5, 6] as const)('of version %d is read once its signature holds', (version) => {
    const list = verify(makeList({ ...plan(), version }, operator))
    expect(list).toMatchObject({ territory: 'DK', sequence: 7, version, operator: 'Prøvetilsynet' })
    expect(list.services.map(({ name }) => name)).toEqual(['CA', 'TSA', 'Unit as CA'])
  })

  it('may be signed with RSA as well', async () => {
    const rsa = await makeCa({ commonName: 'RSA' }, validity, 'rsa-2048')
    expect(verifyList(makeList(plan(), rsa), [rsa.certificate]).sequence).toBe(7)
  })

  it('counts for nothing where a stranger signed it, however like the name', () => {
    const bytes = makeList(plan(), stranger)
    expect(problemOf(() => verifyList(bytes, [operator.certificate]))).toBe('unknown-signer')
    expect(problemOf(() => verifyList(bytes, []))).toBe('unknown-signer')
  })

  const changes: readonly (readonly [string, (xml: string) => string, string])[] = [
    ['a status', (xml) => xml.replace('Svcstatus/withdrawn', 'Svcstatus/granted'), 'signature-broken'],
    ['the sequence number', (xml) => xml.replace('SequenceNumber>7<', 'SequenceNumber>8<'), 'signature-broken'],
    ['a signed property', (xml) => xml.replace('SigningTime>2026', 'SigningTime>2025'), 'signature-broken'],
    [
      'the signature value',
      (xml) => xml.replace(/(?<=SignatureValue>)./, (first) => (first === '/' ? 'A' : '/')),
      'signature-broken',
    ],
    ['an attribute of the root', (xml) => xml.replace('Id="list"', 'Id="lest"'), 'signature-broken'],
    ['no signature', (xml) => xml.replace(/<d:Signature .*<\/d:Signature>/s, ''), 'no-signature'],
    ['a document type', (xml) => xml.replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY y "z">]>\n'), 'malformed'],
    ['what is no XML', (xml) => xml.slice(0, 2000), 'malformed'],
    ['SHA-1', (xml) => xml.replaceAll('2001/04/xmlenc#sha256', '2000/09/xmldsig#sha1'), 'signature-broken'],
    ['a signature within another element', wrapped, 'no-signature'],
    [
      'a second signature',
      (xml) => xml.replace('</SchemeInformation>', `${signatureIn(xml)}</SchemeInformation>`),
      'signature-shape',
    ],
  ]
  it.each(changes)('is refused with %s changed', (_what, change, problem) => {
    const xml = makeList(plan(), operator).toString('utf8')
    expect(change(xml)).not.toBe(xml)
    expect(problemOf(() => verify(Buffer.from(change(xml))))).toBe(problem)
  })

  const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
  it.each([
    ['covers an element by its id', { uri: '#list' }],
    ['covers its own properties alone', { uri: '#props' }],
    ['covers something elsewhere', { uri: 'https://list.example.dk' }],
    ['leaves something out', { transforms: [ENVELOPED, 'http://www.w3.org/TR/1999/REC-xpath-19991116'] }],
    ['leaves more out', { transforms: [ENVELOPED, EXCLUSIVE, 'http://www.w3.org/TR/1999/REC-xslt-19991116'] }],
    ['is not enveloped', { transforms: [EXCLUSIVE] }],
    ['rests on SHA-1', { digest: 'sha1' }],
  ] as const)('is refused where its signature holds, and %s', (_what, shape) => {
    expect(problemOf(() => verify(makeList(plan(), operator, shape)))).toBe('signature-shape')
  })

  it('is refused as another country’s, another kind’s, or out of date', () => {
    const of = (change: object) => verify(makeList({ ...plan(), ...change }, operator))
    expect(problemOf(() => mustBeListOf(of({}), 'DK', NOW))).toBeNull()
    expect(problemOf(() => mustBeListOf(of({}), 'SE', NOW))).toBe('wrong-territory')
    expect(problemOf(() => mustBeListOf(of({ type: 'EUlistofthelists' }), 'DK', NOW))).toBe('wrong-type')
    expect(problemOf(() => mustBeListOf(of({ nextUpdate: '2026-11-24T09:00:00Z' }), 'DK', NOW))).toBe('expired')
  })

  it('gives its services’ certificates with the times in which the supervisor vouched for them', () => {
    const entries = entriesOf(verify(makeList(plan(), operator)), ['CA/QC', 'TSA/QTST'], NOW)
    expect(entries.map(({ purposes, periods }) => ({ purposes, periods }))).toEqual([
      {
        purposes: ['document'],
        periods: [{ from: '2015-02-01T00:00:00.000Z', until: '2024-01-01T00:00:00.000Z' }],
      },
      // A unit that stands there as a CA vouches for nobody; as a time-stamping unit it is pinned.
      { purposes: ['timestamp'], periods: [{ from: '2020-01-01T00:00:00.000Z', until: null }] },
    ])
    expect(entries.map(({ listed }) => listed.map(({ issues }) => issues ?? 'certificates'))).toEqual([
      ['certificates'],
      ['time-stamps'],
    ])
    expect(entriesOf(verify(makeList(plan(), operator)), ['TSA/QTST'], NOW)).toHaveLength(1)
  })
})

const signatureIn = (xml: string): string => /<d:Signature .*<\/d:Signature>/s.exec(xml)?.[0] ?? ''

/** The list is moved where its signature does not look, and another put in its place. */
function wrapped(xml: string): string {
  const signature = signatureIn(xml)
  return xml.replace(signature, '').replace('<SchemeInformation>', `<Wrapper>${signature}</Wrapper><SchemeInformation>`)
}

describe('the list of the lists', () => {
  const address = 'https://lists.example/lotl.xml'
  const PIVOTS = ['https://lists.example/eu-lotl-pivot-30.xml', 'https://lists.example/eu-lotl-pivot-20.xml']
  const lotl = (sequence: number, by: MadeIdentity, next: readonly MadeIdentity[], uris: readonly string[] = []) =>
    makeList(
      {
        type: 'EUlistofthelists',
        territory: 'EU',
        sequence,
        schemeUris: ['https://oj.example/2026', ...uris, 'https://oj.example/2019'],
        pointers: [
          {
            territory: 'EU',
            type: 'EUlistofthelists',
            location: address,
            certificates: next.map(({ certificate }) => certificate),
          },
        ],
      },
      by,
    )
  let second: MadeIdentity
  let third: MadeIdentity
  beforeAll(async () => {
    second = await makeCa({ commonName: 'Anden' }, validity, 'ec-p256')
    third = await makeCa({ commonName: 'Tredje' }, validity, 'ec-p256')
  })
  const web = (documents: Readonly<Record<string, Uint8Array>>) => async (url: string) => {
    const found = documents[url]
    if (!found) throw new Error(`nothing lies at ${url}`)
    return found
  }

  it('is followed through its pivots from whom we know to whom they name', async () => {
    const fetch = web({ [PIVOTS[1] ?? '']: lotl(20, operator, [second]), [PIVOTS[0] ?? '']: lotl(30, second, [third]) })
    const { list, signers } = await verifyListOfLists(
      lotl(31, third, [third], PIVOTS),
      [operator.certificate],
      fetch,
      NOW,
    )
    expect(list.sequence).toBe(31)
    expect(signers.map((one) => Buffer.from(one))).toEqual([Buffer.from(third.certificate)])
  })

  it('passes over pivots that are older than whom we know', async () => {
    const fetch = web({ [PIVOTS[1] ?? '']: lotl(20, operator, [second]), [PIVOTS[0] ?? '']: lotl(30, second, [third]) })
    const last = lotl(31, third, [third], PIVOTS)
    expect((await verifyListOfLists(last, [second.certificate], fetch, NOW)).list.sequence).toBe(31)
  })

  it('is not reached by a pivot that a stranger signed, nor by one that names nobody of the kind', async () => {
    const last = lotl(31, third, [third], PIVOTS)
    const refusalOf = async (fetch: (url: string) => Promise<Uint8Array>) =>
      asGatewayError(
        await verifyListOfLists(last, [operator.certificate], fetch, NOW).then(
          () => null,
          (thrown: unknown) => thrown,
        ),
      ).facts['problem']
    const forged = lotl(30, stranger, [third])
    expect(await refusalOf(web({ [PIVOTS[1] ?? '']: forged, [PIVOTS[0] ?? '']: forged }))).toBe('unknown-signer')
    const skipping = lotl(30, third, [third])
    expect(await refusalOf(web({ [PIVOTS[1] ?? '']: skipping, [PIVOTS[0] ?? '']: skipping }))).toBe('unknown-signer')
  })

  it('is no country’s list', async () => {
    const asCountry = makeList({ territory: 'DK', services: services() }, operator)
    const refusal = verifyListOfLists(asCountry, [operator.certificate], web({}), NOW)
    await expect(refusal).rejects.toMatchObject({ facts: { problem: 'wrong-type' } })
  })
})
