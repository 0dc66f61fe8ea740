/** RFC 5322 §3.6.4, the obsolete forms left out: no spaces, one @, nothing that could end a line. */
const MESSAGE_ID = /^<[!-;=?-~]{1,480}>$/
const MAX_REFERENCES = 20

/**
 * Takes a text for one header field; gives it on one line, at most maxCharacters long: control characters and
 * Unicode's line separators become spaces (RFC 5322 §2.2: a CR or LF would begin a field of the attacker's choice),
 * marks that reverse the reading direction go, for they make "fdp.exe" of "exe.pdf".
 */
export function oneLine(text: string, maxCharacters = 250): string {
  const clean = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
  return [...clean].slice(0, maxCharacters).join('')
}

/** Takes a Message-ID with or without its angle brackets; gives it with them, or null where it is none. */
export function messageIdField(id: string): string | null {
  const bare = id.trim()
  const bracketed = bare.startsWith('<') ? bare : `<${bare}>`
  return MESSAGE_ID.test(bracketed) ? bracketed : null
}

/** Takes the ids of a thread, oldest first; gives those that are sound, each once, the newest ones where there are many. */
export function threadIds(ids: readonly string[]): readonly string[] {
  const sound = ids.map(messageIdField).filter((id) => id !== null)
  return [...new Set(sound)].slice(-MAX_REFERENCES)
}
