import type { RootsVerb } from './roots-verb.ts'

const HELP = `usage: poststempel keys VERB …

  list                 the municipality's keys for mail, one JSON object per line
  show ID              one of them (the first digits do), with its certificate or request
  make                 an OpenPGP key where none is in use, or an S/MIME key with the request for a CA (--kind smime)
  import FILE          an OpenPGP private key, a PKCS #12 file, or the certificate that a CA issued for a request
  rotate               a new OpenPGP key signs from now on; the one before still opens mail and vouches for the new one
  extend ID            gives an OpenPGP key another end
  revoke ID            takes a key out of use for good
  backup FILE          writes all keys, the seal too, into one file, encrypted with a passphrase
  restore FILE         brings them back

Each has --help. Works beside a running gateway; each change is on record.`

/** Each verb loads what it needs only. */
const VERBS: Readonly<Record<string, () => Promise<RootsVerb>>> = {
  list: async () => (await import('./keys-show.ts')).list,
  show: async () => (await import('./keys-show.ts')).show,
  make: async () => (await import('./keys-make.ts')).make,
  rotate: async () => (await import('./keys-make.ts')).rotate,
  extend: async () => (await import('./keys-make.ts')).extend,
  revoke: async () => (await import('./keys-make.ts')).revoke,
  import: async () => (await import('./keys-import.ts')).importVerb,
  backup: async () => (await import('./keys-backup.ts')).backup,
  export: async () => (await import('./keys-backup.ts')).backup,
  restore: async () => (await import('./keys-backup.ts')).restore,
}

/** Runs `poststempel keys`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  const load = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (load) return (await import('./roots-verb.ts')).runVerb(await load(), rest)
  console.log(HELP)
  return name === '--help' ? 0 : 2
}
