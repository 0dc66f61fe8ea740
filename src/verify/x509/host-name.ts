const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const MAX_LENGTH = 253

/**
 * Says whether a text is a host's name in the preferred name syntax, in ASCII; the last label is no number, so that an
 * IPv4 address is none.
 * @see RFC 5280 §4.2.1.6, RFC 1034 §3.5, RFC 1123 §2.1
 */
export function isHostName(text: string): boolean {
  if (text.length > MAX_LENGTH) return false
  const labels = text.split('.')
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
}

/** Says whether a text may stand as dNSName: a host's name, or all names one label below it (RFC 9525 §6.3). */
export const isDnsName = (text: string): boolean => isHostName(text.startsWith('*.') ? text.slice(2) : text)
