import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes beside, with mode 0600, flushes, renames: the name never shows half a file. */
export async function writeDurably(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const beside = join(folder, `.${name}.new`)
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, join(folder, name))
}

/** Flushes a folder's list of names to disk. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Gives a file's text; null where there is none of that name. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return null
    throw cause
  }
}

export const isCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code
