import { asGatewayError } from '../model/errors.ts'
import { createOutput, writeToStdout } from './output.ts'
import { createInputReader } from './read-inputs.ts'
import { type Answer, type AnswerSetup, createAnswerer } from './verify-answer.ts'
import { readVerifyRequest, VERIFY_HELP, type VerifyRequest } from './verify-request.ts'

/** The command `verify`: takes the words behind it, prints a report per input, gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(VERIFY_HELP)
    return 0
  }
  const output = createOutput(writeToStdout)
  let code: 0 | 1 | 2 = 0
  const take = ({ text, passed, unusable }: Answer): void => {
    output.write(text)
    if (unusable) code = 2
    else if (!passed && code === 0) code = 1
  }
  try {
    const { jobs: asked, roots, format, threads, online, dataDir, decryptKeys } = readVerifyRequest(args)
    // Roots that cannot be read are a slip of whoever asks: no verdict is given on the others alone.
    createInputReader().trustStore(roots)
    const jobs = await withOpened(asked, decryptKeys)
    // Only where a job names no roots is the data folder opened, as that loads the store.
    const enabled = jobs.some((job) => 'roots' in job && job.roots === null) ? await readEnabledAnchors(dataDir) : null
    const setup = { format, enabled }
    if (online) {
      const { answerOnline } = await import('./verify-online.ts')
      await answerOnline(jobs, setup, dataDir, take)
    } else if (threads === 1 || jobs.length === 1) {
      const answerer = createAnswerer(setup)
      for (const job of jobs) take(answerer.word(answerer.judge(job)))
    } else {
      const { answerInThreads } = await import('./verify-threads.ts')
      await answerInThreads(jobs, threads, setup, take)
    }
    return code
  } catch (thrown) {
    const { code, message } = asGatewayError(thrown)
    console.error(`poststempel verify: ${message} [${code}]`)
    return 2
  } finally {
    output.end()
  }
}

/** Only where keys are named is what opens mail loaded: it is large. */
async function withOpened(
  jobs: VerifyRequest['jobs'],
  decryptKeys: VerifyRequest['decryptKeys'],
): Promise<VerifyRequest['jobs']> {
  if (decryptKeys.length === 0) return jobs
  const { openJobs, readDecryptKeys } = await import('./decrypt-inputs.ts')
  return openJobs(jobs, readDecryptKeys(decryptKeys))
}

async function readEnabledAnchors(dataDir: string | undefined): Promise<AnswerSetup['enabled']> {
  const { dataFolder } = await import('../config/index.ts')
  const { enabledAnchors } = await import('./data-folder-anchors.ts')
  return enabledAnchors(dataFolder(dataDir))
}
