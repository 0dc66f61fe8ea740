/** Pages: no scripts, nothing from elsewhere, in nobody's frame. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** A page with one script of ours, which the nonce names and which may send to us. Nothing else runs. */
export const scriptPolicy = (nonce: string): string => `${PAGE_POLICY}; script-src 'nonce-${nonce}'; connect-src 'self'`

/** Files that strangers sent: should a browser show one after all, it runs nothing and has no origin. */
export const DOWNLOAD_POLICY =
  "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** A PDF in the browser's own viewer: "sandbox" would keep the viewer itself from running. */
export const PREVIEW_POLICY =
  "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Headers of every answer. @param https adds HSTS for a year */
export function securityHeaders(https: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': PAGE_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cache-Control': 'no-store',
    ...(https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  }
}
