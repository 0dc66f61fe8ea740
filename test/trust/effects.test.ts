import { describe, expect, it } from 'vitest'
import { openCase } from '../../src/casework/index.ts'
import { addAnchor, effectsOf, type JudgeParts, verifySubmission } from '../../src/trust/index.ts'
import { task as verifyTask } from '../../src/trust/verify-task.ts'
import { given, pdf, type Scene, scene, settings, silentLog } from '../casework/scene.ts'
import { signPdf, writePdf } from '../support/make-signed-pdf.ts'
import { makeCms } from '../verify/make-cms.ts'
import { type Identity, makeCa, makeLeaf, NOW } from '../verify/make-pki.ts'

const [ours, theirs] = [makeCa('Ours'), makeCa('Theirs')]

const signedBelow = (ca: Identity, file: string) => {
  const signer = makeLeaf('Kai', ca)
  const sign = (content: Buffer): Uint8Array => makeCms({ signer, content, certificates: [signer.certificate.bytes] })
  return { ...pdf(file), bytes: Buffer.from(signPdf(writePdf(), { sign })) }
}

const adding = (ca: Identity, purpose: 'document' | 'mail') =>
  ({
    do: 'add',
    certificates: [Buffer.from(ca.certificate.bytes).toString('base64')],
    purposes: [purpose],
    source: 'file',
    countsFrom: null,
    countsUntil: null,
  }) as const

/** Two open cases: one signed below a CA that is trusted, one below a CA that is not. */
async function waiting(): Promise<{ readonly world: Scene; readonly parts: JudgeParts }> {
  const world = scene()
  const parts: JudgeParts = {
    ...world.parts,
    log: silentLog,
    clock: () => NOW,
    settings: { ...settings, checkRevocation: 'if-offered' },
    fetcher: null,
    sandbox: { verify: verifyTask },
  }
  const about = { purposes: ['document'], source: 'file', note: 'test', actor: 'ida', at: NOW.toISOString() } as const
  await world.store.commit((write) => addAnchor(write, { der: ours.certificate.bytes, ...about }))
  for (const document of [signedBelow(ours, 'known.pdf'), signedBelow(theirs, 'unknown.pdf')]) {
    await given(world, [document], { state: 'normalised' })
    await verifySubmission(await world.lease('verify'), parts)
    await openCase(await world.lease('open-case'), world.parts)
  }
  return { world, parts }
}

describe('the effect of a change of trust, before it is made', () => {
  it('of adding a CA: the documents that it would make pass, and no others', async () => {
    const { world, parts } = await waiting()
    const before = JSON.stringify([...world.store.tables().verifications.values()])
    const effects = await effectsOf([adding(theirs, 'document')], parts)
    expect(effects).toMatchObject({ examined: 2, complete: true })
    expect(effects.changed.map(({ document, before, after }) => [document, before, after])).toEqual([
      ['unknown.pdf', 'INDETERMINATE', 'TOTAL-PASSED'],
    ])
    expect(JSON.stringify([...world.store.tables().verifications.values()])).toBe(before)
  })

  it('of disabling one: the documents that would be left without trust', async () => {
    const { parts } = await waiting()
    const effects = await effectsOf([{ do: 'disable', sha256: ours.certificate.sha256 }], parts)
    expect(effects.changed.map(({ document, before, after }) => [document, before, after])).toEqual([
      ['known.pdf', 'TOTAL-PASSED', 'INDETERMINATE'],
    ])
  })

  it('of putting one back in force, and of several at once: by the list as it would be in the end', async () => {
    const { world, parts } = await waiting()
    const { sha256 } = ours.certificate
    await world.store.commit((write) => write.updateAnchor(sha256, { disabledAt: NOW.toISOString() }))
    const enable = { do: 'enable', sha256 } as const
    const told = async (...steps: Parameters<typeof effectsOf>[0]) =>
      (await effectsOf(steps, parts)).changed.map(({ document, after }) => [document, after])
    expect(await told(enable)).toEqual([['known.pdf', 'TOTAL-PASSED']])
    expect(await told(enable, adding(theirs, 'document'))).toEqual([
      ['known.pdf', 'TOTAL-PASSED'],
      ['unknown.pdf', 'TOTAL-PASSED'],
    ])
    expect(await told(enable, { do: 'remove', sha256 })).toEqual([])
  })

  it('of adding one for mail alone, or one that is there: none, and nothing is judged for it', async () => {
    const { parts } = await waiting()
    const none = { changed: [], examined: 0, complete: true }
    expect(await effectsOf([adding(theirs, 'mail')], parts)).toEqual(none)
    expect(await effectsOf([adding(ours, 'document')], parts)).toEqual(none)
  })

  it('says so where there was no time for all', async () => {
    const { parts } = await waiting()
    let now = NOW.getTime()
    const clock = (): Date => {
      now += 60_000
      return new Date(now)
    }
    const slow = { ...parts, clock }
    const effects = await effectsOf([adding(theirs, 'document')], slow)
    expect(effects).toMatchObject({ complete: false })
  })
})
