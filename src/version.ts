/** Gives this version's number, from the package beside src/ and dist/ alike. */
export async function readVersion(): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const manifest: { readonly version: string } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
