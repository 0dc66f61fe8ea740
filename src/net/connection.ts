import { once } from 'node:events'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AddressMatcher } from './addresses.ts'
import { type Destination, hostOf } from './destination.ts'
import { failed, placeOf, refused, systemCode } from './faults.ts'

/** Where a name has several addresses, the next is tried after this; the last one may take all the time that is left. */
const NEXT_ADDRESS_AFTER_MS = 1_000

/**
 * Connects to one of the checked addresses; nothing is sent, not even a TLS greeting, before the address at the other
 * end was checked again. Destroyed by the signal.
 * @throws GatewayError fetch-refused: the other end is not admitted; fetch-failed
 */
export async function openConnection(
  destination: Destination,
  isAdmitted: AddressMatcher,
  signal: AbortSignal,
): Promise<Socket> {
  const { url } = destination
  const socket = await openTcp(destination, signal)
  // 0.0.0.0 leads to 127.0.0.1, and a translator in between may lead anywhere.
  if (!isAdmitted(socket.remoteAddress ?? '')) {
    socket.destroy()
    throw refused('address', placeOf(url), 'the address connected to is not public')
  }
  return url.protocol === 'https:' ? openTls(socket, url) : socket
}

async function openTcp({ url, addresses }: Destination, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({
    host: hostOf(url),
    port: placeOf(url).port,
    lookup: givingOnly(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    signal,
  })
  return ready(socket, 'connect').catch((cause: unknown) => {
    throw failed('connect', placeOf(url), 'no connection', { cause, facts: { system: systemCode(cause) } })
  })
}

/** The name is not resolved again: who owns it could give another address the second time (DNS rebinding). */
function givingOnly(addresses: readonly string[]): LookupFunction {
  const checked = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, done) => {
    if (options.all) return done(null, checked)
    const [first] = checked
    done(null, first?.address ?? '', first?.family ?? 4)
  }
}

async function openTls(socket: Socket, url: URL): Promise<Socket> {
  const host = hostOf(url)
  const secure = connectTls({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    // Said although it is the default: NODE_TLS_REJECT_UNAUTHORIZED would change the default.
    rejectUnauthorized: true,
  })
  return ready(secure, 'secureConnect').catch((cause: unknown) => {
    socket.destroy()
    const isUntrusted = secure.authorizationError !== null && secure.authorizationError !== undefined
    const [reason, why] = isUntrusted
      ? (['certificate', 'its certificate does not hold'] as const)
      : (['connect', 'no TLS connection'] as const)
    throw failed(reason, placeOf(url), why, { cause, facts: { system: systemCode(cause) } })
  })
}

async function ready<S extends Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  // An error after this wait is told to whoever reads or writes; without a listener of its own it would end the process.
  socket.on('error', () => socket.destroy())
  await once(socket, event)
  return socket
}
