import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'

/** The calls of the file system that blobs need; tests hand in one whose disk is full. */
export interface FileSystem {
  open(path: string, flags: string, mode?: number): Promise<FileHandle>
  mkdir(path: string, options: { readonly recursive: true; readonly mode: number }): Promise<string | undefined>
  readFile(path: string): Promise<Uint8Array>
  readdir(path: string): Promise<string[]>
  rename(from: string, to: string): Promise<void>
  rm(path: string, options: { readonly force: true }): Promise<void>
  stat(path: string): Promise<{ readonly mtimeMs: number; readonly size: number }>
}

export const nodeFileSystem: FileSystem = { open, mkdir, readFile, readdir, rename, rm, stat }
