import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface Asset {
  readonly bytes: Uint8Array
  readonly mediaType: string
  readonly etag: string
}

/** Reads the files that pages use, once, at start: what is not in this list is not served. Keys are paths. */
export function readAssets(folder: string = join(import.meta.dirname, '../assets')): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const mediaType = MEDIA_TYPES[extname(name)]
    if (!mediaType) continue
    const bytes = readFileSync(join(folder, name))
    const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    assets.set(`/assets/${name}`, { bytes, mediaType, etag })
  }
  return assets
}

/** Gives an asset's address, which changes with its bytes, so that browsers may keep it for a year. */
export function addressOf(assets: ReadonlyMap<string, Asset>, path: `/assets/${string}`): string {
  return `${path}?v=${assets.get(path)?.etag ?? ''}`
}
