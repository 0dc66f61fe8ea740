import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asGatewayError } from '../../src/model/errors.ts'
import { enabledAnchors, trustListVersion } from '../../src/model/trust-list.ts'
import { addAnchor, limitAnchor, readConstraints } from '../../src/trust/index.ts'
import { memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

const none = { emails: [], organizations: [], policies: [], permitted: [], excluded: [] }

describe('whose signatures an anchor vouches for, as it is written', () => {
  it('is read entry by entry; where nothing is written it is nobody in particular', () => {
    const emails = [' Firma.DK ', '.bank.dk', 'ida@firma.dk', 'firma.dk', '']
    expect(readConstraints({ ...none, emails, organizations: ['Olie  ApS'], policies: ['1.2.208.169.1'] })).toEqual({
      emails: ['firma.dk', '.bank.dk', 'ida@firma.dk'],
      organizations: ['Olie ApS'],
      policies: ['1.2.208.169.1'],
    })
    expect(readConstraints({ ...none, emails: [' ', ''] })).toBeNull()
    const subtrees = [
      'dns:firma.dk',
      'email:.firma.dk',
      'email:Ida@firma.dk',
      'uri:firma.dk',
      'dir:O=Olie\\, Gas ApS,C=DK',
    ]
    expect(readConstraints({ ...none, permitted: subtrees, excluded: ['dns:ond.firma.dk '] })).toEqual({
      permitted: subtrees,
      excluded: ['dns:ond.firma.dk'],
    })
  })

  it.each([
    ['a domain with a space', { emails: ['firma dk'] }],
    ['a top domain alone', { emails: ['dk'] }],
    ['an address without a domain', { emails: ['ida@'] }],
    ['a name in place of an object identifier', { policies: ['qcp-n'] }],
    ['an object identifier that none can be', { policies: ['3.1', '1.02'] }],
    ['a subtree that does not say of what kind', { excluded: ['firma.dk'] }],
    ['a subtree of a kind that nothing compares', { permitted: ['rid:1.2.3'] }],
    ['a name without its type', { excluded: ['dir:Firma ApS'] }],
    ['a name with a type that nobody knows', { excluded: ['dir:FIRMA=Firma ApS'] }],
    ['a name that ends in the middle', { excluded: ['dir:O=Firma\\'] }],
    ['a name that is none', { permitted: ['dir:'] }],
    ['a domain for DNS names with a dot before it', { permitted: ['dns:.firma.dk'] }],
    ['a text that cannot be seen', { organizations: ['Olie\u202eApS'] }],
  ])('%s is refused', (_what, written) => {
    expect(() => readConstraints({ ...none, ...written })).toThrow(expect.objectContaining({ code: 'invalid-request' }))
  })

  it('whatever it is ends in constraints or a refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (emails, policies) => {
        try {
          readConstraints({
            emails,
            organizations: emails,
            policies,
            permitted: emails,
            excluded: policies.map((one) => `dir:${one}`),
          })
        } catch (fault) {
          return asGatewayError(fault).code === 'invalid-request'
        }
        return true
      }),
    )
  })
})

it('a limit on an anchor makes another list of it, on record with before and after', async () => {
  const store = memoryStore()
  const ca = makeCa('Test CA')
  const at = '2026-11-24T09:00:00.000Z'
  const change = { actor: 'ida', reason: 'kun dem', at }
  await store.commit((write) =>
    addAnchor(write, { der: ca.der, purposes: ['document'], source: 'file', note: 'x', actor: 'ida', at }),
  )
  const free = trustListVersion(await enabledAnchors(store, 'document', at))
  const constraints = { emails: ['firma.dk'] }
  await store.commit((write) => limitAnchor(write, ca.sha256, constraints, change))
  const limited = await enabledAnchors(store, 'document', at)
  expect(limited).toMatchObject([{ sha256: ca.sha256, constraints }])
  expect(trustListVersion(limited)).not.toBe(free)
  expect((await store.adminHistory()).at(-1)?.payload).toMatchObject({
    action: 'changed',
    anchors: [{ before: { constraints: null }, after: { constraints } }],
    trustListVersion: { before: { document: free } },
  })
  const again = store.commit((write) => limitAnchor(write, ca.sha256, { emails: ['firma.dk'] }, change))
  await expect(again).rejects.toMatchObject({ code: 'wrong-state' })
  await store.commit((write) => limitAnchor(write, ca.sha256, null, change))
  expect(trustListVersion(await enabledAnchors(store, 'document', at))).toBe(free)
})
