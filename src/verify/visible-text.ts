/**
 * Control characters, line and paragraph separators, what turns the direction of what follows, and all that is not seen at
 * all (zero width, fillers, tags): by these, a name can look like another, or like a line of ours.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu

/** Takes a text that a stranger wrote; gives it with all that is not seen written out, as \u{202e}. */
export const visibleText = (text: string): string =>
  text.replace(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ''}}`)
