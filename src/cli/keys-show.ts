import { keyPartsOf, nameOf, readKey, warningLines } from './keys-words.ts'
import { writeToStdout } from './output.ts'
import { badUsage, type RootsVerb } from './roots-verb.ts'

/** `poststempel keys list`: what a page would show, for programs. */
export const list: RootsVerb = {
  help: `usage: poststempel keys list [--format json] [--data DIR] [--config FILE]
Prints the municipality's keys for mail, one JSON object per line, with what to warn of; never a private key.`,
  flags: { format: { type: 'string' } },
  async act(asked) {
    if (asked.words.length > 0) throw badUsage('keys list takes no words')
    for (const { certificate: _certificate, ...key } of await asked.store.ownKeys()) {
      const warnings = await warningLines({ ...key, certificate: '' }, keyPartsOf(asked))
      writeToStdout(`${JSON.stringify({ ...key, warnings })}\n`)
    }
    return 0
  },
}

/** `poststempel keys show`: one key, what was done with it, and what others get of it. */
export const show: RootsVerb = {
  help: `usage: poststempel keys show ID [--data DIR] [--config FILE]
Shows one of the municipality's keys, and its certificate (of a request: what the CA is sent).`,
  flags: {},
  async act(asked) {
    const key = await readKey(asked)
    const changes = (await asked.store.adminHistory()).filter(({ payload }) => payload?.['keyId'] === key.id)
    const lines = [
      nameOf(key),
      `  addresses    ${key.addresses.join(', ')}`,
      `  source       ${key.source}`,
      `  made         ${key.createdAt}`,
      `  ends         ${key.expiresAt ?? 'never'}`,
      `  backup       ${key.backedUpAt ?? 'none'}`,
      `  file         ${key.file}`,
      ...(key.reason ? [`  revoked      ${key.stateSince}: ${key.reason}`] : []),
      ...(await warningLines(key, keyPartsOf(asked))).map((warning) => `  warning      ${warning}`),
      ...changes.map(({ at, event, actor }) => `  ${at} ${event} by ${actor.name ?? actor.kind}`),
      '',
      key.certificate.trimEnd(),
    ]
    console.log(lines.join('\n'))
    return 0
  },
}
