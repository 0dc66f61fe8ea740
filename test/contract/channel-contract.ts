import { type Betrayal, type Channel, type Desk, type Fault, MAX_BYTES, openDesk } from './channel-desk.ts'

/** What is stored: the markers in the raw bytes, each as often as it is there, and which has a job. */
async function stored(desk: Desk): Promise<readonly string[]> {
  const rows = await desk.store.listSubmissions({ limit: 100 })
  const jobs = await desk.store.listJobs({ states: ['ready'] })
  const found: string[] = []
  for (const { id, rawSha256 } of rows) {
    const raw = Buffer.from(await desk.store.blobs.get(rawSha256)).toString('latin1')
    const which = /this-is-submission-(\d+)-whole/.exec(raw)?.[1] ?? 'not whole'
    const hasJob = jobs.some((job) => job.kind === 'normalise' && JSON.stringify(job).includes(id))
    found.push(hasJob ? which : `${which} without a job`)
  }
  return found.sort()
}

/** One thing that must hold of every channel: gives what does not, in words; nothing where all holds. */
type Clause = (channel: Channel, desk: Desk) => Promise<readonly string[]>

const differs = (what: string, found: unknown, expected: unknown): readonly string[] =>
  JSON.stringify(found) === JSON.stringify(expected)
    ? []
    : [`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`]

/** Handed over under a fault it is the sender's still; once the fault is gone the repeat is taken, once. */
const under =
  (fault: Fault): Clause =>
  async (channel, desk) => {
    const open = await channel.open(desk)
    await open.hand(2)
    desk.fault(fault)
    const first = await open.hand(1, 150_000)
    desk.fault(null)
    const meanwhile = await stored(desk)
    const second = await open.hand(1, 150_000)
    await open.stop()
    return [
      ...differs('answer under the fault', first, 'later'),
      ...differs('stored under the fault', meanwhile, ['2']),
      ...differs('answer after it', second, 'taken'),
      ...differs('stored after it', await stored(desk), ['1', '2']),
    ]
  }

export const CLAUSES: Readonly<Record<string, Clause>> = {
  'what is said to be received is on disk, with its job, after a restart': async (channel, desk) => {
    const open = await channel.open(desk)
    const answers = [await open.hand(1), await open.hand(2, 200_000)]
    await open.stop()
    await desk.restart()
    return [...differs('answers', answers, ['taken', 'taken']), ...differs('stored', await stored(desk), ['1', '2'])]
  },
  'a repeat is the same submission, one after another and at once, before and after a restart': async (
    channel,
    desk,
  ) => {
    let open = await channel.open(desk)
    const answers = [await open.hand(1), await open.hand(1)]
    answers.push(...(await Promise.all([open.hand(2), open.hand(2)])))
    await open.stop()
    await desk.restart()
    open = await channel.open(desk)
    answers.push(await open.hand(1))
    await open.stop()
    return [
      ...differs('answers', [...new Set(answers)], ['taken']),
      ...differs('stored', await stored(desk), ['1', '2']),
    ]
  },
  'what breaks off in the middle is nothing, and is taken whole when it comes again': async (channel, desk) => {
    const open = await channel.open(desk)
    await open.goAway(1, 'in the middle')
    await new Promise((resolve) => setTimeout(resolve, 150))
    const meanwhile = await stored(desk)
    const answer = await open.hand(1, 10_000)
    await open.stop()
    return [
      ...differs('stored of the half', meanwhile, []),
      ...differs('answer', answer, 'taken'),
      ...differs('stored', await stored(desk), ['1']),
    ]
  },
  'a sender that did not wait for the answer and sends again is one submission': async (channel, desk) => {
    const open = await channel.open(desk)
    await open.goAway(1, 'before the answer')
    const answer = await open.hand(1, 10_000)
    await open.stop()
    return [...differs('answer', answer, 'taken'), ...differs('stored', await stored(desk), ['1'])]
  },
  'what is too large is refused for good and stored nowhere, and the next is taken': async (channel, desk) => {
    const open = await channel.open(desk)
    const answers = [await open.hand(1, MAX_BYTES + 64_000), await open.hand(2)]
    await open.stop()
    return [...differs('answers', answers, ['refused', 'taken']), ...differs('stored', await stored(desk), ['2'])]
  },
  'on a full disk it is not received': under('storage-full'),
  'where there is no room for its bytes it is not received': under('no-room-for-bytes'),
  'without a database it is not received': under('storage-unavailable'),
  'a gateway that went between the commit and the answer knows the repeat after its restart': async (channel, desk) => {
    let open = await channel.open(desk)
    desk.fault('answer-lost')
    const first = await open.hand(1)
    await open.stop()
    await desk.restart()
    const meanwhile = await stored(desk)
    open = await channel.open(desk)
    const second = await open.hand(1)
    await open.stop()
    return [
      ...differs('answer that was lost', first, 'later'),
      ...differs('stored all the same', meanwhile, ['1']),
      ...differs('answer to the repeat', second, 'taken'),
      ...differs('stored', await stored(desk), ['1']),
    ]
  },
}

/** Runs one clause for a channel on a desk of its own; gives what does not hold. */
export async function violations(channel: Channel, clause: string, betrayal: Betrayal | null = null) {
  const desk = await openDesk(betrayal)
  try {
    return (await CLAUSES[clause]?.(channel, desk)) ?? ['there is no such clause']
  } finally {
    await desk.close()
  }
}

/** For each thing that a channel could do wrong: the clauses that must notice it (the other faults of a store are the same clause). */
export const NOTICED: readonly (readonly [Betrayal, string])[] = [
  ['acknowledges-too-early', 'what is said to be received is on disk, with its job, after a restart'],
  ['knows-no-repeat', 'a repeat is the same submission, one after another and at once, before and after a restart'],
  ['knows-no-repeat', 'a gateway that went between the commit and the answer knows the repeat after its restart'],
  ['knows-no-repeat', 'a sender that did not wait for the answer and sends again is one submission'],
  ['takes-all-for-repeats', 'what is said to be received is on disk, with its job, after a restart'],
  ['acknowledges-what-it-lost', 'on a full disk it is not received'],
]
