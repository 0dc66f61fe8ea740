/** What a mail server found out about a mail's sender, as it wrote it into the header. */
export interface AuthenticationResults {
  /** Lower-case; null where the field names none, as Microsoft 365 writes it. */
  readonly authservId: string | null
  readonly results: readonly {
    /** Lower-case, as "dmarc". */
    readonly method: string
    /** Lower-case, as "pass". */
    readonly result: string
    /** By lower-case "ptype.property", as "header.from". */
    readonly properties: ReadonlyMap<string, string>
  }[]
}

const MAX_LENGTH = 16 * 1024
const PAIR = /([^\s=";]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))/gy
const SPACE = /[ \t\r\n]*/y

/**
 * Takes the value of an Authentication-Results field, unfolded; gives what it says (RFC 8601 §2.2), or null where it cannot be read: what
 * two readers may read differently proves nothing. A first part that is a result already, without a name, is read as Microsoft 365 means it.
 */
export function parseAuthenticationResults(value: string): AuthenticationResults | null {
  const parts = value.length > MAX_LENGTH ? null : splitOutsideQuotes(value)
  if (parts === null) return null
  const [first = '', ...rest] = parts
  const isNameless = first.includes('=')
  // authserv-id [CFWS authres-version]: the one version there is is 1.
  const named = /^"?([^\s"=]+)"?(?:\s+1)?$/.exec(first)?.[1]
  if (!isNameless && named === undefined) return null
  const infos = (isNameless ? parts : rest).filter((part) => part !== '' && part.toLowerCase() !== 'none')
  const results: AuthenticationResults['results'][number][] = []
  for (const info of infos) {
    const result = readResult(info)
    if (result === null) return null
    results.push(result)
  }
  return { authservId: isNameless ? null : (named?.toLowerCase() ?? null), results }
}

/** methodspec [reasonspec] *propspec, comments gone. */
function readResult(info: string): AuthenticationResults['results'][number] | null {
  const pairs: (readonly [string, string])[] = []
  for (let at = 0; at < info.length; ) {
    PAIR.lastIndex = at
    const found = PAIR.exec(info)
    if (found === null) return null
    const [, name = '', quoted, plain] = found
    pairs.push([name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''])
    SPACE.lastIndex = PAIR.lastIndex
    SPACE.exec(info)
    at = SPACE.lastIndex
  }
  const [method, ...more] = pairs
  if (method === undefined) return null
  const properties = new Map<string, string>()
  for (const [name, content] of more) {
    // Said twice: which one is meant?
    if (properties.has(name) && properties.get(name) !== content) return null
    properties.set(name, content)
  }
  // "dkim/1": the one version that there is; another method is not this one.
  return { method: method[0].replace(/\/1$/, ''), result: method[1].toLowerCase(), properties }
}

/** Takes comments out (RFC 5322 §3.2.2, nested) and splits at ";"; null where a comment or a string has no end. */
function splitOutsideQuotes(value: string): readonly string[] | null {
  const parts: string[] = []
  let part = ''
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at += 1) {
    const char = value.charAt(at)
    const isInText = isQuoted || depth > 0
    if (isInText && char === '\\') {
      if (isQuoted) part += value.slice(at, at + 2)
      at += 1
    } else if (isQuoted) {
      part += char
      isQuoted = char !== '"'
    } else if (char === '(') depth += 1
    else if (char === ')') {
      if (depth === 0) return null
      depth -= 1
      part += ' '
    } else if (depth > 0) continue
    else if (char === ';') {
      parts.push(part.trim())
      part = ''
    } else {
      part += char
      isQuoted = char === '"'
    }
  }
  return isQuoted || depth > 0 ? null : [...parts, part.trim()]
}

/**
 * Takes what one server wrote, in one field or several; gives what it says of DMARC and the domain of the From that it
 * means. Null where it says nothing of it, or two different things.
 */
export function dmarcOf(
  said: readonly AuthenticationResults[],
): { readonly result: 'pass' | 'fail' | 'other'; readonly from: string | null } | null {
  const dmarc = said.flatMap(({ results }) => results.filter(({ method }) => method === 'dmarc'))
  const [first] = dmarc
  if (first === undefined) return null
  const from = first.properties.get('header.from')?.toLowerCase() ?? null
  const agree = dmarc.every(
    ({ result, properties }) =>
      result === first.result && (properties.get('header.from')?.toLowerCase() ?? null) === from,
  )
  if (!agree) return null
  return { result: first.result === 'pass' || first.result === 'fail' ? first.result : 'other', from }
}
