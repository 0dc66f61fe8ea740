/** RFC 8493 §2.1.3: CR, LF and "%" in paths are percent-encoded in manifests, nothing else. */
export function encodeBagPath(path: string): string {
  return path.replace(
    /[%\r\n]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** The reverse of encodeBagPath; other percent signs stay as they are (§2.1.3 asks for no more). */
export function decodeBagPath(path: string): string {
  return path.replace(/%(25|0[AaDd])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * Says whether a path from a manifest stays inside the bag: relative, with "/" between names, no "..", no "~"
 * (RFC 8493 §5.2: a shell would expand it), no backslash, no NUL.
 */
export function isSafeBagPath(path: string): boolean {
  if (path === '' || path.length > 1024 || path.startsWith('/') || path.startsWith('~') || /[\\\0]/.test(path))
    return false
  if (/^[A-Za-z]:/.test(path)) return false
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')
}
