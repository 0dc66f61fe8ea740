import { createHash } from 'node:crypto'

/** A piece that an archive time-stamp is to cover, with its name in the list. */
export interface Listed {
  readonly name: string
  readonly sha512: string
}

/** Gives a piece of a list. */
export const listed = (name: string, bytes: Uint8Array): Listed => ({
  name,
  sha512: createHash('sha512').update(bytes).digest('hex'),
})

/**
 * Writes the list that an archive time-stamp covers: remarks, then SHA-512 and name of each piece, as sha512sum writes them,
 * sorted by name. It needs no software of ours to be checked, and tells nobody anything about the case.
 */
export function writeList(
  about: { readonly caseId: string; readonly seq: number; readonly historySeq: number; readonly historyHash: string },
  pieces: readonly Listed[],
): Uint8Array {
  const sorted = pieces.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const lines = [
    `# Poststempel preservation list 1: SHA-512 of everything that one RFC 3161 time-stamp covers`,
    `# case ${about.caseId}, time-stamp ${about.seq}`,
    `# history up to entry ${about.historySeq}: ${about.historyHash}`,
    ...sorted.map(({ sha512, name }) => `${sha512}  ${name}`),
  ]
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8')
}
