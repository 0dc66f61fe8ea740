/**
 * Says whether a POST comes from our own pages. Fetch metadata first (browsers set it and scripts cannot), then Origin.
 * Whoever sends neither is no browser of the last years and is refused: a form of ours always brings one.
 * @param ownOrigins what our pages may be reached by, e.g. https://post.example
 */
export function isSameOrigin(
  headers: { readonly secFetchSite: string | undefined; readonly origin: string | undefined },
  ownOrigins: readonly string[],
): boolean {
  // "none" is the person's own doing: a reload that sends the form again.
  if (headers.secFetchSite !== undefined)
    return headers.secFetchSite === 'same-origin' || headers.secFetchSite === 'none'
  return headers.origin !== undefined && ownOrigins.includes(headers.origin)
}
