import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { archiveCase, createBag, packageObjid } from '../../src/archive/index.ts'
import { answeredCase } from './answered-case.ts'

const run = promisify(execFile)
const cache = join(import.meta.dirname, '../../node_modules/.cache/bagit')

/** The Library of Congress' own reader, from PyPI, kept between runs. */
async function installBagit(): Promise<void> {
  if (existsSync(join(cache, 'bin/bagit.py'))) return
  await mkdir(join(cache, '..'), { recursive: true })
  // What an interrupted run left is thrown away: scripts in a venv name its path, so it cannot be made beside and renamed.
  await rm(cache, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', cache])
  await run(join(cache, 'bin/pip'), ['-q', 'install', 'bagit==1.9.0', 'setuptools'])
}

const validate = (bag: string): Promise<unknown> =>
  run(join(cache, 'bin/python'), [join(cache, 'bin/bagit.py'), '--validate', bag])

describe('bagit.py', () => {
  beforeAll(installBagit)

  it('accepts the bag of an archived case, and refuses it with one byte more', async () => {
    const { job, archive, row, dir } = await answeredCase()
    await archiveCase(job, archive)
    const objid = packageObjid('12345678', row.id, 1)
    await validate(join(dir, objid))
    await appendFile(join(dir, objid, 'data', objid, 'metadata/descriptive/case.json'), ' ')
    await expect(validate(join(dir, objid))).rejects.toThrow(/invalid|Payload-Oxum/)
    await rm(dir, { recursive: true })
  })

  it('finds the file behind a name with a line break', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'poststempel-bagit-'))
    const bag = createBag(dir)
    await bag.addFile('a\r\nb.txt', Buffer.from('x'))
    await bag.finish([])
    await validate(dir)
    await rm(dir, { recursive: true })
  })
})
