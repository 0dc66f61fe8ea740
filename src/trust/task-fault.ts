import { type ErrorCode, GatewayError } from '../model/errors.ts'

/** Faults of the verifier that the gateway names alike; every other one is "unreadable-input". */
const SAME_NAME: ReadonlySet<string> = new Set<ErrorCode>([
  'not-a-pdf',
  'malformed-pdf',
  'malformed-der',
  'malformed-mime',
  'too-deep',
  'too-large',
])

/** Takes a fault's code and message as verify/ names them; gives the GatewayError that leaves the child. */
export function faultOfVerify(fault: { readonly code: string; readonly message: string }): GatewayError {
  const code = SAME_NAME.has(fault.code) ? (fault.code as ErrorCode) : 'unreadable-input'
  return new GatewayError(code, fault.message, { cause: fault })
}
