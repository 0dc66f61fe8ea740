import { cleanLine } from './clean-text.ts'

const MAX_NAME = 120
const MAX_EXTENSION = 12

// Windows opens devices under these names, whatever the extension.
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i

/**
 * Takes a file name as a sender wrote it (null: none) and what to call it otherwise; gives one that is safe on every
 * file system: no path, no control or direction characters, NFC, no reserved device name, at most 120 characters
 * with the extension kept, never empty, never "." or "..".
 */
export function safeName(original: string | null, fallback: string): string {
  const lastSegment = (original ?? '').slice(-4096).split(/[/\\]/).at(-1) ?? ''
  const name = shorten(purify(lastSegment))
  return name === '' ? fallback : name
}

function purify(segment: string): string {
  // Invisible characters go first: they hide what a name ends with, and what stood around them must compose and collapse.
  const visible = segment.toWellFormed().replace(/\p{Cf}|\p{Co}|\p{Cn}|\ufffd/gu, '')
  const name = cleanLine(visible.normalize('NFC'), 1024)
    // Refused by Windows and shells.
    .replace(/[<>:"|?*]/g, '_')
    // Leading dots hide a file, trailing dots and spaces vanish on Windows.
    .replace(/^[.\s]+|[.\s]+$/g, '')
  return RESERVED.test(name) ? `_${name}` : name
}

function shorten(name: string): string {
  if (name.length <= MAX_NAME) return name
  const extension = extensionOf(name)
  return `${cutStem(name, MAX_NAME - extension.length)}${extension}`
}

/** Cuts without leaving half a character, or a dot or space that would vanish. */
function cutStem(stem: string, maxChars: number): string {
  return stem
    .slice(0, maxChars)
    .toWellFormed()
    .replaceAll('\ufffd', '')
    .replace(/[.\s]+$/, '')
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 && name.length - dot <= MAX_EXTENSION ? name.slice(dot) : ''
}

/** Takes safe names in order; gives them with " (2)", " (3)" … where one came before, whatever its case. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  const next = new Map<string, number>()
  return names.map((name) => {
    const key = name.toLowerCase()
    let candidate = name
    let number = next.get(key) ?? 2
    for (; taken.has(candidate.toLowerCase()); number++) candidate = numbered(name, number)
    next.set(key, number)
    taken.add(candidate.toLowerCase())
    return candidate
  })
}

function numbered(name: string, number: number): string {
  const extension = extensionOf(name)
  const suffix = ` (${number})${extension}`
  const stem = name.slice(0, name.length - extension.length)
  return `${cutStem(stem, MAX_NAME - suffix.length)}${suffix}`
}
