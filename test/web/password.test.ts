import { describe, expect, it } from 'vitest'
import { hashPassword, passwordMatches, passwordProblem } from '../../src/web/sign-in/password.ts'
import { turns } from '../../src/web/sign-in/turns.ts'

describe('passwords', () => {
  it('are stored as scrypt with N=2^17 and match only themselves', async () => {
    const encoded = await hashPassword('fire røde heste')
    expect(encoded).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(await passwordMatches('fire røde heste', encoded)).toBe(true)
    expect(await passwordMatches('fire røde hest', encoded)).toBe(false)
    expect(await hashPassword('fire røde heste')).not.toBe(encoded)
  })

  it('match however the keyboard composes its letters', async () => {
    const encoded = await hashPassword('Århus åbent ø')
    expect(await passwordMatches('Århus åbent ø'.normalize('NFD'), encoded)).toBe(true)
  })

  it('of unknown accounts take as long as wrong ones', async () => {
    const encoded = await hashPassword('fire røde heste')
    const time = async (stored: string | null): Promise<number> => {
      const started = performance.now()
      expect(await passwordMatches('noget helt andet', stored)).toBe(false)
      return performance.now() - started
    }
    // The least of several, in turn: what else the machine does makes single ones longer.
    let [wrong, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let i = 0; i < 6; i += 1) {
      wrong = Math.min(wrong, await time(encoded))
      unknown = Math.min(unknown, await time(null))
    }
    expect(unknown).toBeGreaterThan(wrong / 3)
    expect(unknown).toBeLessThan(wrong * 3)
  })

  it('at once are computed so many at a time, in order, and beyond a queue refused', async () => {
    const inTurn = turns(2, 3)
    let running = 0
    let most = 0
    const ended: number[] = []
    const tries = Array.from({ length: 7 }, (_, n) =>
      inTurn(async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
        ended.push(n)
        if (n === 1) throw new Error('a failure gives its turn back too')
      }).then(
        () => 'done',
        (fault) => fault.code ?? 'failed',
      ),
    )
    expect(await Promise.all(tries)).toEqual(['done', 'failed', 'done', 'done', 'done', 'rate-limited', 'rate-limited'])
    expect([most, ended]).toEqual([2, [0, 1, 2, 3, 4]])
    expect(await inTurn(async () => 'free again')).toBe('free again')
  })

  it('that are short, common or the name again are refused', () => {
    expect(passwordProblem('elleve tegn', 'ida')).toBe('too-short')
    expect(passwordProblem('x'.repeat(257), 'ida')).toBe('too-long')
    expect(passwordProblem('Velkommen2026', 'ida')).toBe('too-common')
    expect(passwordProblem('aaaaaaaaaaaa', 'ida')).toBe('too-common')
    expect(passwordProblem('sarasarasara', 'sara')).toBe('too-common')
    expect(passwordProblem('fire røde heste', 'ida')).toBeNull()
  })

  it('with a broken stored hash are a fault and never a match', async () => {
    for (const broken of ['', 'scrypt$1$8$1$a$b', 'plain', `scrypt$${2 ** 30}$8$1$YQ$Yg`]) {
      await expect(passwordMatches('x', broken)).rejects.toMatchObject({ code: 'internal' })
    }
  })
})
