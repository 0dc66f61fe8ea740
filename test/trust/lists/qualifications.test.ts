import { beforeAll, describe, expect, it } from 'vitest'
import { makeList, policiesXml, qualificationXml, usesXml } from '../../../scripts/fixtures/trusted-list.ts'
import { type MadeIdentity, makeCa, validYears } from '../../../src/seal/index.ts'
import { entriesOf } from '../../../src/trust/lists/entries.ts'
import { verifyList } from '../../../src/trust/lists/verify-list.ts'

const validity = validYears(new Date('2015-01-01T00:00:00Z'), 20)
let operator: MadeIdentity
let ca: MadeIdentity
beforeAll(async () => {
  operator = await makeCa({ country: 'DK', commonName: 'Tilsyn' }, validity, 'ec-p256')
  ca = await makeCa({ country: 'DK', commonName: 'Kvalificeret CA' }, validity, 'ec-p256')
})

type Status = readonly [status: string, from: string, extensions?: string]
const listedOf = (...statuses: readonly Status[]) => {
  const services = [{ name: 'CA', type: 'CA/QC', certificates: [ca.certificate], statuses }]
  const list = verifyList(makeList({ territory: 'DK', services }, operator), [operator.certificate])
  return entriesOf(list, ['CA/QC', 'TSA/QTST'], new Date('2026-11-24T10:00:00Z'))[0]?.listed
}
const qualifications = (criteria: string, assert?: 'all' | 'atLeastOne' | 'none') =>
  listedOf(['granted', '2017-01-01T00:00:00Z', qualificationXml(['QCWithQSCD'], criteria, assert)])?.[0]?.statuses[0]
    ?.qualifications
const oid = (name: string, value: string) => `<a:${name}><x:Identifier>${value}</x:Identifier></a:${name}>`

describe('what a list says of a service’s certificates', () => {
  it('stands with each time in which the supervisor vouched for it', () => {
    expect(
      listedOf(
        ['withdrawn', '2024-01-01T00:00:00Z', usesXml('ForeSeals')],
        ['granted', '2017-01-01T00:00:00Z', usesXml('ForeSignatures', 'ForeSeals')],
        ['accredited', '2015-06-01T00:00:00Z'],
      ),
    ).toEqual([
      {
        territory: 'DK',
        statuses: [
          {
            from: '2017-01-01T00:00:00.000Z',
            until: '2024-01-01T00:00:00.000Z',
            uses: ['signature', 'seal'],
            qualifications: [],
          },
          { from: '2015-06-01T00:00:00.000Z', until: '2017-01-01T00:00:00.000Z', uses: [], qualifications: [] },
        ],
      },
    ])
  })

  it('with qualifiers for those that meet criteria', () => {
    const usage = '<q:KeyUsage><q:KeyUsageBit name="nonRepudiation">true</q:KeyUsageBit></q:KeyUsage>'
    const nested = `<q:CriteriaList assert="none">${policiesXml('1.2.3', '1.2.4')}<q:Description>x</q:Description></q:CriteriaList>`
    const other = `<q:otherCriteriaList>${oid('CertSubjectDNAttribute', '').replace(/<x:.*\/x:Identifier>/, oid('AttributeOID', 'urn:oid:2.5.4.97'))}<a:ExtendedKeyUsage>${oid('KeyPurposeId', '1.3.6.1.5.5.7.3.4')}</a:ExtendedKeyUsage></q:otherCriteriaList>`
    expect(qualifications(`${usage}${nested}${other}`, 'atLeastOne')).toEqual([
      {
        qualifiers: ['QCWithQSCD'],
        criterion: {
          test: 'any',
          of: [
            { test: 'key-usage', bits: { nonRepudiation: true } },
            { test: 'none', of: [{ test: 'policies', oids: ['1.2.3', '1.2.4'] }] },
            { test: 'subject-attributes', oids: ['2.5.4.97'] },
            { test: 'extended-key-usage', oids: ['1.3.6.1.5.5.7.3.4'] },
          ],
        },
      },
    ])
  })

  it.each([
    ['no criterion', ''],
    ['one of another kind', '<q:otherCriteriaList><a:Fremmed/></q:otherCriteriaList>'],
    ['a policy that is none', policiesXml('ej-en-oid')],
  ])('%s tells nobody whom it means', (_, criteria) => {
    const criterion = qualifications(criteria)?.[0]?.criterion
    expect(JSON.stringify(criterion)).toContain('"unknown"')
  })
})
