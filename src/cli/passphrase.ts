import { readFileSync } from 'node:fs'
import { GatewayError } from '../model/errors.ts'

/**
 * Gives a passphrase from a file, without the end of its line, or from whoever sits at the terminal. Never from an
 * argument: those stand in the history of the shell and in the list of processes.
 * @throws GatewayError invalid-request where there is neither
 */
export async function readPassphrase(
  file: string | null,
  prompt: string,
  options: { readonly twice?: boolean } = {},
): Promise<string> {
  if (file !== null) return readFromFile(file)
  if (!process.stdin.isTTY) {
    throw new GatewayError(
      'invalid-request',
      'Nobody sits here to be asked: --passphrase-file FILE holds the passphrase',
    )
  }
  const typed = await ask(`${prompt}: `)
  if (options.twice && (await ask('Once more: ')) !== typed) {
    throw new GatewayError('invalid-request', 'The two are not the same')
  }
  return typed
}

function readFromFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new GatewayError('unreadable-input', `${file} cannot be read`, { cause })
  }
}

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const ERASE: ReadonlySet<string> = new Set(['\u007f', '\b'])

/** Reads one line and shows nothing of it. */
function ask(prompt: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(prompt)
  stdin.setRawMode(true)
  stdin.resume()
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const done = (): void => {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const onData = (piece: Buffer): void => {
      for (const character of piece.toString('utf8')) {
        if (character === INTERRUPT) {
          done()
          reject(new GatewayError('invalid-request', 'Nothing was changed'))
          return
        }
        if (ENTER.test(character)) {
          done()
          resolve(typed.join(''))
          return
        }
        typed = ERASE.has(character) ? typed.slice(0, -1) : [...typed, character]
      }
    }
    stdin.on('data', onData)
  })
}
