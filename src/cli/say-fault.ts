import { asGatewayError, type ErrorCode } from '../model/errors.ts'

/** What a person can do about a fault that ends a command. */
const WAY_OUT: Partial<Record<ErrorCode, string>> = {
  'port-in-use':
    'Another program listens there. End it, or choose other ports: POSTSTEMPEL_SMTP_PORT=3525 POSTSTEMPEL_HTTP_PORT=8026',
  'data-folder-in-use': 'Stop the gateway that runs on it, or name another folder with --data.',
  configuration: 'All keys are explained in docs/configuration.md.',
  'migration-mismatch': 'The data folder was written by another version of Poststempel: use that version, or a backup.',
  'storage-unavailable': 'Look whether the database runs and the data folder can be written.',
  'not-a-ca': 'Take the certificate of the CA that issued it.',
  'private-key-refused': 'Take the certificate alone. If that key is yours, take it as known to whoever saw the file.',
  'key-unusable': 'What may become a key of the municipality stands in docs/keys.md.',
  'storage-full': 'Make room on the disk of the data folder.',
}

/** Prints a fault with its stable code and the way out; gives the exit code 2. */
export function sayFault(thrown: unknown): number {
  const fault = asGatewayError(thrown)
  console.error(`poststempel: ${fault.message} [${fault.code}]`)
  const wayOut = WAY_OUT[fault.code]
  if (wayOut) console.error(wayOut)
  if (fault.code === 'internal' && fault.cause instanceof Error) console.error(fault.cause.stack)
  return 2
}
