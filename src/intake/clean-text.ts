/**
 * Takes text from a stranger; gives it without what a database or a page chokes on: NUL and other control characters
 * (line ends and tabs stay), direction overrides, lone surrogates; line ends as \n; at most maxChars UTF-16 units.
 */
export function cleanText(text: string, maxChars: number): string {
  return (
    text
      // Cut first, so that a huge text costs no more than what is kept of it; cut again after, for what grew.
      .slice(0, maxChars * 2)
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
      .slice(0, maxChars)
      .toWellFormed()
  )
}

/** The same for one line: white space of any kind becomes one space. */
export function cleanLine(text: string, maxChars: number): string {
  return cleanText(text, maxChars).replace(/\s+/g, ' ').trim()
}
