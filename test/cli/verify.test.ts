import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/verify.ts'
import { writePdf } from '../support/make-signed-pdf.ts'
import { makeCrl, NOW } from '../verify/make-pki.ts'
import { ca, signedPdf } from '../verify/process/pdf-cases.ts'

let folder = ''
let out = ''
let err = ''
const path = (name: string): string => join(folder, name)
const AT = ['--at', NOW.toISOString(), '--check-revocation', 'if-present']

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-verify-'))
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk)
    return true
  })
  vi.spyOn(console, 'log').mockImplementation((line) => {
    out += `${line}\n`
  })
  vi.spyOn(console, 'error').mockImplementation((line) => {
    err += `${line}\n`
  })
  writeFileSync(path('root.der'), ca.certificate.bytes)
  writeFileSync(path('good.pdf'), signedPdf())
  writeFileSync(path('plain.pdf'), writePdf())
  const changed = signedPdf()
  changed.write('bank', changed.indexOf('tank'))
  writeFileSync(path('changed.pdf'), changed)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const answers = () =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('poststempel verify', () => {
  it('ends with 0 where all inputs pass, and prints one line each', async () => {
    const code = await run(['--roots', path('root.der'), ...AT, '--format', 'json', path('good.pdf'), path('good.pdf')])
    expect(code).toBe(0)
    expect(answers()).toMatchObject([
      { indication: 'TOTAL-PASSED', file: path('good.pdf') },
      { indication: 'TOTAL-PASSED' },
    ])
  })

  describe('at odd times', () => {
    const judged = async (at: string) => {
      const code = await run([
        '--roots',
        path('root.der'),
        '--check-revocation',
        'off',
        '--at',
        at,
        '--format',
        'json',
        path('good.pdf'),
      ])
      const [answer] = answers()
      return { code, verdict: [answer.indication, answer.signatures[0].subIndication], findings: answer.findings }
    }

    it('before everything, the signature is older than its certificate', async () => {
      const { code, verdict } = await judged('1900-01-01')
      expect([code, verdict]).toEqual([1, ['TOTAL-FAILED', 'NOT_YET_VALID']])
    })

    it('that are yet to come, it is judged so and that is said', async () => {
      const { code, verdict, findings } = await judged('2999-01-01T12:00+01:00')
      expect([code, verdict]).toEqual([1, ['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE']])
      expect(findings.map((one: { code: string }) => one.code)).toEqual(['validation-time-in-future'])
    })

    it('by a date alone, its beginning is meant', async () => {
      expect((await judged('2026-06-01')).verdict).toEqual(['TOTAL-PASSED', null])
    })
  })

  it('reads a folder of roots beside a README, and says what it passed over', async () => {
    mkdirSync(path('roots'))
    writeFileSync(path('roots/root.der'), ca.certificate.bytes)
    writeFileSync(path('roots/README'), 'Whom we trust, and why.')
    expect(await run(['--roots', path('roots'), ...AT, '--format', 'json', path('good.pdf')])).toBe(0)
    const [answer] = answers()
    expect(answer.indication).toBe('TOTAL-PASSED')
    expect(answer.findings[0]).toMatchObject({ code: 'evidence-unreadable', severity: 'warning' })
    expect(answer.findings[0].message).toContain('README')
  })

  it('ends with 1 where one does not, in the order of the input', async () => {
    const code = await run([
      '--roots',
      path('root.der'),
      ...AT,
      '--format',
      'json',
      path('changed.pdf'),
      path('good.pdf'),
      path('plain.pdf'),
    ])
    expect(code).toBe(1)
    expect(answers().map((one) => one.indication)).toEqual(['TOTAL-FAILED', 'TOTAL-PASSED', 'NO-SIGNATURE'])
  })

  it('gives the same lines in the same order with several at a time', async () => {
    const files = Array.from({ length: 30 }, (_, i) =>
      path(['good.pdf', 'missing.pdf', 'changed.pdf', 'plain.pdf'][i % 4] ?? ''),
    )
    const lines = files.map((file, i) => JSON.stringify({ id: `job ${i}`, file }))
    writeFileSync(path('jobs.jsonl'), [...lines.slice(0, 17), '{ no JSON', ...lines.slice(17)].join('\n'))
    const words = ['--roots', path('root.der'), ...AT, '--format', 'json', '--jobs-from', path('jobs.jsonl')]
    const codeOfOne = await run([...words, '--jobs', '1'])
    const oneByOne = out
    out = ''
    const codeOfThree = await run([...words, '--jobs', '3'])
    expect(answers()).toHaveLength(31)
    expect(out).toBe(oneByOne)
    expect([codeOfOne, codeOfThree]).toEqual([2, 2])
  })

  it('ends with 2 where an input cannot be read, and judges the others', async () => {
    const code = await run([
      '--roots',
      path('root.der'),
      ...AT,
      '--format',
      'json',
      path('missing.pdf'),
      path('good.pdf'),
    ])
    expect(code).toBe(2)
    expect(answers()).toMatchObject([{ error: { code: 'unreadable-input' } }, { indication: 'TOTAL-PASSED' }])
    expect(answers()[0]).not.toHaveProperty('indication')
  })

  it('takes jobs from a file, each with its id and roots', async () => {
    const jobs = [
      {
        id: 'a',
        file: path('good.pdf'),
        roots: [path('root.der')],
        at: NOW.toISOString(),
        checkRevocation: 'if-present',
      },
      {
        id: 'b',
        file: path('good.pdf'),
        roots: [],
        at: NOW.toISOString(),
        checkRevocation: 'if-present',
        openpgpKeys: [],
      },
    ]
    writeFileSync(path('jobs'), jobs.map((job) => JSON.stringify(job)).join('\n'))
    expect(await run(['--format', 'json', '--jobs-from', path('jobs')])).toBe(1)
    expect(answers()).toMatchObject([
      { id: 'a', indication: 'TOTAL-PASSED' },
      { id: 'b', indication: 'INDETERMINATE' },
    ])
  })

  it('takes names of inputs from a file', async () => {
    writeFileSync(path('names'), `${path('good.pdf')}\r\n\n${path('plain.pdf')}\n`)
    expect(await run(['--roots', path('root.der'), ...AT, '--format', 'json', '--files-from', path('names')])).toBe(1)
    expect(answers()).toHaveLength(2)
  })

  it('ends with 2 where --roots cannot be read, says which, and judges nothing by the others', async () => {
    expect(await run(['--roots', path('root.der'), '--roots', path('none'), ...AT, path('good.pdf')])).toBe(2)
    expect(err).toContain(`${path('none')} cannot be read`)
    expect(out).toBe('')
  })

  it('trusts nothing where the roots of one job cannot be read, says so, and ends with 2', async () => {
    writeFileSync(path('jobs'), JSON.stringify({ id: 'a', file: path('good.pdf'), roots: [path('none')] }))
    expect(await run([...AT, '--format', 'json', '--jobs-from', path('jobs')])).toBe(2)
    expect(answers()[0].findings).toMatchObject([{ code: 'evidence-unreadable' }])
    expect(answers()[0].signatures[0].trusted).toBe(false)
  })

  it('passes over the revocation lists among the roots', async () => {
    mkdirSync(path('roots'))
    writeFileSync(path('roots/ca.der'), ca.certificate.bytes)
    writeFileSync(path('roots/ca.crl'), makeCrl({ issuer: ca }).bytes)
    expect(await run(['--roots', path('roots'), ...AT, '--format', 'json', path('good.pdf')])).toBe(0)
    expect(answers()[0].findings).toEqual([])
  })

  it('trusts nothing without roots and without a data folder, and makes none', async () => {
    expect(await run([...AT, '--data', path('data'), '--format', 'json', path('good.pdf')])).toBe(1)
    expect(answers()[0].signatures[0]).toMatchObject({ intact: true, trusted: false })
  })

  it('prints text that says the verdict', async () => {
    await run(['--roots', path('root.der'), ...AT, path('good.pdf')])
    expect(out).toContain('TOTAL-PASSED')
    expect(out).toContain('The signature is valid.')
  })

  it('names the job in text too', async () => {
    const job = (id: string) => JSON.stringify({ id, file: path('plain.pdf') })
    writeFileSync(path('jobs'), [job('one'), job('two')].join('\n'))
    await run(['--roots', path('root.der'), '--jobs-from', path('jobs')])
    const heads = out.split('\n').filter((line) => line.endsWith(`: ${path('plain.pdf')}: NO-SIGNATURE`))
    expect(heads.map((line) => line.split(':')[0])).toEqual(['one', 'two'])
  })

  it.each([
    [['--decrypt-keys', 'k', 'x.pdf'], 'k cannot be read'],
    [['--format', 'pdf', 'x.pdf'], '--format takes'],
    [['--check-revocation', 'maybe', 'x.pdf'], '--check-revocation takes'],
    [['--jobs', '0', 'x.pdf'], '--jobs takes a whole number from 1 to 64'],
    [['--jobs', '2x', 'x.pdf'], '--jobs takes a whole number from 1 to 64'],
    [['--nonsense'], 'nonsense'],
    [[], 'at least one FILE'],
  ])('refuses %j with 2 and says why', async (args, message) => {
    expect(await run(args)).toBe(2)
    expect(err).toContain(message)
  })

  it.each([
    ['{"id":1,"file":"x"}', null],
    ['{"id":"a","file":5}', 'a'],
    ['{"id":"a"}', 'a'],
    ['[]', null],
    ['{"id":"a","file":"x","rootz":[]}', 'a'],
    ['{"id":"a","file":"x","checkRevocation":"maybe"}', 'a'],
    ['{"id":"a","file":"x","at":"yesterday"}', 'a'],
    ['no json', null],
  ])('answers the bad line %s in its place, ends with 2, and judges the lines around it', async (line, id) => {
    const good = (name: string) => JSON.stringify({ id: name, file: path('good.pdf') })
    writeFileSync(path('jobs'), [good('before'), line, '', good('behind')].join('\n'))
    expect(await run(['--roots', path('root.der'), ...AT, '--format', 'json', '--jobs-from', path('jobs')])).toBe(2)
    expect(answers()).toMatchObject([
      { id: 'before', indication: 'TOTAL-PASSED' },
      { id, error: { code: expect.stringMatching(/^(invalid-request|unreadable-input)$/) } },
      { id: 'behind', indication: 'TOTAL-PASSED' },
    ])
    expect(answers()[1]).not.toHaveProperty('indication')
  })

  it.each(['--at', '--poe'])('says that %s is no time, once, and judges nothing', async (flag) => {
    expect(await run([flag, 'yesterday', path('good.pdf'), path('good.pdf')])).toBe(2)
    expect(err).toContain(`${flag}: "yesterday" is not a date and time of ISO 8601`)
    expect(out).toBe('')
  })

  it('prints facts in words, and promises nothing', async () => {
    await run(['--roots', path('root.der'), ...AT, path('good.pdf')])
    await run(['--roots', path('root.der'), '--at', NOW.toISOString(), path('good.pdf')])
    expect(out).toContain('what was signed is unchanged; nothing was added since; the certificate is trusted')
    expect(out).toContain('nothing usable says whether it is revoked')
    expect(out).not.toMatch(/\b(true|false|null)\b|We try|A person looks|you need not|→/i)
  })

  it('prints of a file that is not there that it is not, and nothing about sending', async () => {
    await run(['--roots', path('root.der'), ...AT, path('missing.pdf')])
    expect(out).toBe(
      `${path('missing.pdf')}: error (unreadable-input)\n  error: ${path('missing.pdf')} cannot be read\n`,
    )
  })

  it('says what it takes', async () => {
    expect(await run(['--help'])).toBe(0)
    for (const flag of ['--openpgp-keys', '--decrypt-keys']) expect(out).toContain(flag)
    expect(out).toContain('usage: poststempel verify')
  })
})
