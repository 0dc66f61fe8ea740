import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How to start a confined Node: the words in front of its path (may be none), and its flags. */
export interface Confinement {
  readonly prefix: readonly string[]
  readonly flags: readonly string[]
}

/** What the kernel adds on Linux, each tried once with a harmless command: [what for, words]. */
const KERNEL_HELP: readonly (readonly [string, readonly string[]])[] = [
  // No network at all: a namespace of its own with nothing in it. Node 24's permission model leaves the network open.
  ['no-network', ['unshare', '--user', '--map-current-user', '--net', '--']],
  // A child in an endless loop does not outlive a gateway that was killed; and nothing it runs gains privileges.
  ['dies-with-parent', ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--']],
]

/**
 * Takes the heap limit and the task modules; gives how children are confined on this machine: Node's permission model (reads code folders only; no writing, no
 * children, no threads, no add-ons) always, the kernel's help where it is there; lacking names what is not.
 */
export function confine(
  maxHeapBytes: number,
  taskModules: readonly URL[],
): Confinement & { readonly lacking: readonly string[] } {
  const offered = KERNEL_HELP.map(([what, words]) => ({ what, words, works: isUsable(words) }))
  const modules = taskModules.map((url) => fileURLToPath(url))
  const readable = [...codeFolders(), ...modules].map((path) => `--allow-fs-read=${path}`)
  const maxHeapMb = Math.max(64, Math.ceil(maxHeapBytes / 2 ** 20))
  return {
    prefix: offered.filter((one) => one.works).flatMap((one) => one.words),
    flags: [
      '--permission',
      ...readable,
      `--max-old-space-size=${maxHeapMb}`,
      '--disallow-code-generation-from-strings',
    ],
    lacking: offered.filter((one) => !one.works).map((one) => one.what),
  }
}

function isUsable(words: readonly string[]): boolean {
  const [command = '', ...args] = words
  // A missing command and a kernel that refuses end alike: without this help.
  return spawnSync(command, [...args, 'true'], { stdio: 'ignore', timeout: 5000 }).status === 0
}

/** Our own code (src/ or dist/), the package.json that says what kind of modules it holds, and installed packages. */
function codeFolders(): readonly string[] {
  const code = realpathSync(fileURLToPath(new URL('..', import.meta.url)))
  const root = dirname(code)
  const folders = [join(code, '*'), join(root, 'package.json')]
  for (let folder = root; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules')
    if (existsSync(packages)) folders.push(join(packages, '*'))
    if (folder === dirname(folder)) return folders
  }
}
