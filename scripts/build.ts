import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packCommand, packFolder } from './pack.ts'

const HELP = `usage: node scripts/build.ts
Compiles src/ to dist/, packs the verifier and its command into one file each so that they load at once, and copies what the pages need
(src/web/assets). npm runs it after 'npm ci'.`

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}

const root = join(import.meta.dirname, '..')
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
// Only where no roots are given is the store opened, which is a whole program.
await packCommand(join(root, 'dist/cli/verify.js'), [
  '../config/index.js',
  './data-folder-anchors.js',
  './verify-online.js',
  './decrypt-inputs.js',
])
await packFolder(join(root, 'dist/verify'))
const assets = join(root, 'src/web/assets')
if (existsSync(assets)) cpSync(assets, join(root, 'dist/web/assets'), { recursive: true })
chmodSync(join(root, 'bin/poststempel.js'), 0o755)
