/**
 * Takes an address as RCPT TO gave it and what is taken here (whole addresses or "@domain"); says whether it is ours.
 * Plus-addressing belongs to its address; postmaster is taken for every domain, and without one (RFC 5321 §4.5.1).
 */
export function isOurRecipient(address: string, taken: readonly string[]): boolean {
  const lower = address.toLowerCase()
  if (lower === 'postmaster') return true
  const at = lower.lastIndexOf('@')
  if (at <= 0) return false
  const domain = lower.slice(at + 1)
  const localPart = lower.slice(0, at)
  const [base = ''] = localPart.split('+')
  return taken.some((entry) => {
    const ours = entry.toLowerCase()
    if (domain !== ours.slice(ours.lastIndexOf('@') + 1)) return false
    if (base === 'postmaster') return true
    return ours.startsWith('@') || ours === `${localPart}@${domain}` || ours === `${base}@${domain}`
  })
}
