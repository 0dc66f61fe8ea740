import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Answer, type AnswerSetup, createAnswerer } from './verify-answer.ts'
import type { RefusedJob, VerifyJob } from './verify-request.ts'

/** Jobs that a thread is given at a time: few enough that none waits long for the others at the end. */
const BATCH = 8

/**
 * Answers jobs in several threads, each with its own cache; `take` gets the answers in the order of the jobs, each as
 * soon as those before it are there. @throws what ended a thread, where one ended before its time
 */
export async function answerInThreads(
  jobs: readonly (VerifyJob | RefusedJob)[],
  threads: number,
  setup: AnswerSetup,
  take: (answer: Answer) => void,
): Promise<void> {
  const answerer = createAnswerer(setup)
  const waiting = new Map<number, Answer>()
  let next = 0
  let taken = 0
  const give = (index: number, answer: Answer): void => {
    waiting.set(index, answer)
    for (let first = waiting.get(taken); first; first = waiting.get(taken)) {
      waiting.delete(taken)
      taken += 1
      take(first)
    }
  }

  /** Takes the next jobs for a thread; those that were refused are answered here, as a fault does not travel whole. */
  const nextBatch = (): (readonly [number, VerifyJob])[] => {
    const batch: [number, VerifyJob][] = []
    while (batch.length < BATCH && next < jobs.length) {
      const job = jobs[next]
      if (job && 'refused' in job) give(next, answerer.word(answerer.judge(job)))
      else if (job) batch.push([next, job])
      next += 1
    }
    return batch
  }

  const work = async (worker: Worker): Promise<void> => {
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      worker.postMessage(batch.map(([, job]) => job))
      const [answers]: Answer[][] = await once(worker, 'message')
      for (const [i, [index]] of batch.entries()) {
        const answer = answers?.[i]
        if (answer) give(index, answer)
      }
    }
  }

  const entry = new URL(`./verify-worker${import.meta.url.slice(-3)}`, import.meta.url)
  const count = Math.min(threads, Math.ceil(jobs.length / BATCH))
  const workers = Array.from({ length: count }, () => new Worker(entry, { workerData: setup }))
  try {
    await Promise.all(workers.map(work))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
