/**
 * What must hold of every way in, whoever is on the other side (DESIGN "What must never break", 1 and 2). Each channel is
 * one row of channel-rows.ts; each clause is proven to notice a channel that breaks it.
 */
import { describe, expect, it } from 'vitest'
import { CLAUSES, NOTICED, violations } from './channel-contract.ts'
import { CHANNELS } from './channel-rows.ts'

describe.each(CHANNELS)('$name', (channel) => {
  it.each(Object.keys(CLAUSES))('%s', async (clause) => {
    expect(await violations(channel, clause)).toEqual([])
  })

  it.each(NOTICED)('that %s is noticed: %s', async (betrayal, clause) => {
    expect(await violations(channel, clause, betrayal)).not.toEqual([])
  })
})
