import { rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadSettings } from '../config/index.ts'
import { demoHints } from '../demo/hints.ts'
import { readOwnPdf } from '../demo/own-file.ts'
import { ensurePeople, type People } from '../demo/people.ts'
import { playMainJob, playOthers, prepareStage, type Stage } from '../demo/play.ts'
import { sendFromOutside } from '../demo/send-from-outside.ts'
import { createGateway, type Running } from '../gateway.ts'
import { createLog } from '../log.ts'
import { sayFault } from './say-fault.ts'
import { toldToStop } from './serve.ts'

const HELP = `usage: poststempel demo [--once] [--data DIR]
       poststempel demo send FILE [--data DIR]
Plays the main job against a gateway that it starts: a citizen's signed attest comes in by mail, is judged, gets a
receipt, is approved, answered encrypted, and filed. Then the gateway stays on http://127.0.0.1:8025.
  --once   ends after it; 0 only if each step was proven; the last line is a JSON object with the proof
  send     plays a citizen with a PDF of your own, against the demo that is running
The demo's keys, mails and cases lie in ./poststempel-demo (--data, POSTSTEMPEL_DATA). Nothing leaves this machine.`

const DEFAULT_FOLDER = 'poststempel-demo'

/** Runs `poststempel demo`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { once: { type: 'boolean' }, data: { type: 'string' }, help: { type: 'boolean' } },
  })
  const [verb, file] = positionals
  if (values.help || (verb !== undefined && (verb !== 'send' || !file))) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const settings = demoSettings(values.data, values.once ?? false)
  if (verb === 'send' && file) {
    try {
      const bytes = await readOwnPdf(file)
      return await sendFromOutside(settings, { name: basename(file), bytes }, console.log)
    } catch (thrown) {
      return sayFault(thrown)
    }
  }
  return play(settings, values.once ?? false)
}

/** The demo asks nobody: no DNS, no relay. --data wins over POSTSTEMPEL_DATA over ./poststempel-demo. */
function demoSettings(data: string | undefined, once: boolean) {
  // A proof must not fail because somebody's demo runs beside it: it takes free ports.
  const ports = once ? { smtpPort: 0, httpPort: 0 } : {}
  const settings = loadSettings({ dataDir: data, demo: true, defaultDataDir: DEFAULT_FOLDER, ...ports })
  return { ...settings, senderAuthentication: 'off' as const, relay: null }
}

async function play(settings: ReturnType<typeof demoSettings>, once: boolean): Promise<number> {
  const folder = join(settings.dataDir, 'demo')
  const stateFile = join(folder, 'running.json')
  let people: People | null = null
  let tracking: string | null = null
  const gateway = createGateway(settings, {
    log: createLog('warn'),
    demoHints: () => demoHints(people, tracking),
  })
  try {
    people = await ensurePeople(folder, new Date())
    const running = await gateway.start()
    await writeFile(stateFile, JSON.stringify({ http: running.http, smtp: running.smtp }))
    const stage: Stage = { running, people, folder, say: (line) => console.log(line) }
    await prepareStage(stage)
    const proof = await playMainJob(stage)
    tracking = proof.tracking
    if (!once) {
      await playOthers(stage)
      await running.idle()
      const told = toldToStop()
      sayFarewell(running, people, folder, proof.tracking)
      await told
    }
    await gateway.stop()
    await rm(stateFile, { force: true })
    if (once) console.log(JSON.stringify(proof))
    const proven =
      proof.indication === 'TOTAL-PASSED' && proof.receipt && proof.approved && proof.replyEncrypted && proof.sealed
    return proven ? 0 : 1
  } catch (thrown) {
    await gateway.stop()
    return sayFault(thrown)
  }
}

function sayFarewell({ http, parts }: Running, people: People, folder: string, tracking: string): void {
  const { dataDir } = parts.settings
  const elsewhere = resolve(dataDir) === resolve(DEFAULT_FOLDER) ? '' : ` --data ${dataDir}`
  const signIns = people.staff.map(
    (one) =>
      `  ${one.role === 'admin' ? 'Administrator' : 'Sagsbehandler'}: ${one.username} / ${one.password}   ${http}/staff`,
  )
  console.log(`
Se dig om (intet forlader denne maskine) · Look around (nothing leaves this machine):
  Forside:       ${http}/
  Borger:        ${tracking}
                 (engangskoden kommer som mail til Kai: ${http}/staff/outbox)
${signIns.join('\n')}

Åbn Kais krypterede svar med gpg · Open Kai's encrypted answer with gpg:
  mkdir -m 700 -p ${folder}/gnupg && gpg --homedir ${folder}/gnupg --quiet --batch --import ${folder}/kai-private.asc ${folder}/municipality.asc
  gpg --homedir ${folder}/gnupg --decrypt ${folder}/decision.eml

Prøv med din egen PDF · Try a PDF of your own:  npx poststempel demo send FILE.pdf${elsewhere}
Stop: Ctrl-C`)
}
