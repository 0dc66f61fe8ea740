import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../model/errors.ts'
import type { Settings } from '../model/settings.ts'
import { ensurePeople } from './people.ts'
import { newVisitor } from './visitor.ts'

/**
 * Plays a citizen with the newcomer's own file against the demo that runs beside: hands the form in at the page, as a
 * browser does, and says where to go from there. Gives the exit code.
 * @throws GatewayError not-found where no demo runs on that data folder; too-large
 */
export async function sendFromOutside(
  { dataDir, caseTypes }: Pick<Settings, 'dataDir' | 'caseTypes'>,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  say: (line: string) => void,
): Promise<number> {
  const http = await runningDemo(dataDir)
  const address = `nina.${randomUUID().slice(0, 8)}@borger.example`
  const caseType = caseTypes[0]?.id ?? ''
  const fields = { caseType, name: 'Nina Ny', email: address, message: `Hej\n\nHermed min egen fil ${name}.` }
  const files = [{ field: 'files', name, mediaType: 'application/pdf', bytes }]
  const { path } = await newVisitor(http).sendFiles('/send', '/send', fields, files)
  const { staff } = await ensurePeople(join(dataDir, 'demo'), new Date())
  const signIn = (role: string): string => {
    const one = staff.find((person) => person.role === role)
    return one ? `${one.username} / ${one.password}` : role
  }
  say(`Nina Ny sendte ${name} på hjemmesiden · Nina Ny sent it on the page

  Hendes sag · her case:
    ${http}${path}
  Hendes adresse til engangskoden · her address for the one-time code:
    ${address}
  Koden ligger her · the code is here (${signIn('caseworker')}):
    ${http}/staff/outbox

Kender kommunen ikke underskriverens CA, siger sagen det. En administrator tilføjer den, og sagen kontrolleres igen.
If the municipality does not know the signer's CA, the case says so. An admin adds it, and the case is checked again.
    ${http}/staff/roots   (${signIn('admin')})`)
  return 0
}

async function runningDemo(dataDir: string): Promise<string> {
  try {
    const { http } = JSON.parse(await readFile(join(dataDir, 'demo', 'running.json'), 'utf8'))
    await fetch(`${http}/health`)
    return http
  } catch (cause) {
    throw new GatewayError(
      'not-found',
      `No demo runs on ${dataDir}. Start one with 'npm run demo', then try again in another window.`,
      { cause },
    )
  }
}
