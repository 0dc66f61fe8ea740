import type { keysDa } from './da-keys.ts'

/** What pages say in English of the municipality's keys for mail. */
export const keysEn: typeof keysDa = {
  ownKeys: {
    title: 'Keys',
    lead: 'The municipality’s keys for mail: answers are signed with them, and citizens write encrypted to the municipality. The private keys lie in files and are never shown.',
    kinds: { openpgp: 'OpenPGP', smime: 'S/MIME' },
    states: { requested: 'Waits for its issuer', active: 'In use', former: 'Former', revoked: 'Revoked' },
    sources: { 'self-made': 'Made by the gateway', issued: 'Issued to the gateway’s key', imported: 'Imported' },
    id: 'Fingerprint',
    addresses: 'Addresses',
    algorithm: 'Kind',
    source: 'Source',
    made: 'Made',
    ends: 'Ends',
    never: 'never',
    backup: 'Backup',
    noBackup: 'none',
    reason: 'Why',
    none: 'The municipality has no keys yet.',
    warnings: {
      expired: 'It has expired: nothing is signed with it, and nobody can encrypt to it.',
      'never-backed-up': 'It is in no backup. If it is lost, encrypted mail can never be opened again.',
      'private-key-missing': 'The private key is missing. Restore it from a backup.',
    },
    expires: (days: number) => `It ends in ${days} ${days === 1 ? 'day' : 'days'}.`,
    warning: 'Please note',
    how: 'Keys are made, rotated, imported, extended, revoked and backed up on the command line, where passphrases can be typed without going over the network:',
    given: 'What citizens get',
  },
}
