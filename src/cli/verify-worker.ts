import { parentPort, workerData } from 'node:worker_threads'
import { type AnswerSetup, createAnswerer } from './verify-answer.ts'
import type { VerifyJob } from './verify-request.ts'

/** A thread of `verify --jobs N`: takes lists of jobs, gives their answers in the same order. */
const answerer = createAnswerer(workerData as AnswerSetup)
parentPort?.on('message', (jobs: readonly VerifyJob[]) =>
  parentPort?.postMessage(jobs.map((job) => answerer.word(answerer.judge(job)))),
)
