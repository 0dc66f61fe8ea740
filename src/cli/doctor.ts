import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { loadSettings } from '../config/index.ts'
import type { Settings } from '../model/settings.ts'
import { checkMailDomain, createSystemResolver, type DnsResolver, type DomainCheck } from '../net/index.ts'
import { sayFault } from './say-fault.ts'

const HELP = `usage: poststempel doctor DOMAIN [--dkim-selector NAME]… [--config FILE] [--format text|json]
Looks at what others' mail servers find of a domain that mail comes to: MX, addresses and their names, SPF, DKIM, DMARC; at
the certificate of the SMTP receiver, and whether this gateway takes the domain, answers, and has a web address that citizens reach.
For what is missing it prints the record to paste. DKIM is looked at for the selectors that are named.
Exit code: 0 nothing is wrong (there may be warnings), 1 something is, 2 it could not look.`

const GREETING_MS = 5000

/** Runs `poststempel doctor`; gives the exit code. @param resolver looks names up, in place of the machine's own */
export async function run(args: readonly string[], resolver: DnsResolver = createSystemResolver()): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'dkim-selector': { type: 'string', multiple: true, default: [] },
      config: { type: 'string' },
      format: { type: 'string', default: 'text' },
      help: { type: 'boolean' },
    },
  })
  const [domain, ...more] = positionals
  const isKnown = domain !== undefined && more.length === 0 && (values.format === 'text' || values.format === 'json')
  if (values.help || !isKnown || !/^[^\s@]+\.[^\s@]+$/.test(domain)) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  try {
    const settings = loadSettings(values.config === undefined ? {} : { configFile: values.config })
    const wanted = {
      domain: domain.toLowerCase().replace(/\.$/, ''),
      dkimSelectors: values['dkim-selector'],
      smtpCertificate: hasServerInFront(settings) ? undefined : certificateOf(settings),
      now: new Date(),
    }
    const checks = [...(await checkMailDomain(wanted, resolver)), ...(await gatewayChecks(wanted.domain, settings))]
    console.log(values.format === 'json' ? JSON.stringify({ domain: wanted.domain, checks }, null, 2) : linesOf(checks))
    return checks.some(({ state }) => state === 'problem') ? 1 : 0
  } catch (thrown) {
    return sayFault(thrown)
  }
}

/** Then that one is the MX, and shows its own certificate. */
const hasServerInFront = ({ smtp, imap, trustedHop }: Settings): boolean =>
  smtp.lmtp !== null || imap.length > 0 || trustedHop !== null

const certificateOf = ({ smtp: { tls } }: Settings): string | null => tls && readFileSync(tls.certFile, 'utf8')

const MARKS: Readonly<Record<DomainCheck['state'], string>> = {
  ok: 'ok      ',
  warning: 'warning ',
  problem: 'PROBLEM ',
  unknown: 'unknown ',
}

const linesOf = (checks: readonly DomainCheck[]): string =>
  checks
    .flatMap(({ state, code, message, paste }) => [
      `${MARKS[state]} ${code}: ${message}`,
      ...(paste === null ? [] : [`          ${paste}`]),
    ])
    .join('\n')

/** What of the gateway itself decides whether mail for the domain comes in, and whether citizens get anywhere. */
async function gatewayChecks(domain: string, settings: Settings): Promise<readonly DomainCheck[]> {
  const { smtp, web, imap, municipality, relay } = settings
  const say = (state: DomainCheck['state'], code: string, message: string): DomainCheck => ({
    ...{ code, state, message, paste: null },
  })
  const taken = [...smtp.recipients, ...imap.map(({ recipient }) => recipient)].map((one) => one.toLowerCase())
  const isTaken = taken.some((one) => one.slice(one.lastIndexOf('@') + 1) === domain)
  const isOwn = municipality.mailAddress.toLowerCase().endsWith(`@${domain}`)
  const place = `${smtp.host}:${smtp.port}`
  const greets = await greetingOf(smtp.host, smtp.port)
  const url = new URL(web.publicUrl)
  const isHere = /^(?:localhost|127\.|\[::1\])/.test(url.hostname)
  return [
    isTaken
      ? say('ok', 'recipients', `this gateway takes mail for ${domain}`)
      : say(
          'problem',
          'recipients-other',
          `this gateway takes no mail for ${domain}: add "@${domain}" to smtp.recipients`,
        ),
    greets
      ? say('ok', 'smtp', `the SMTP receiver answers at ${place}`)
      : say('problem', 'smtp-silent', `no SMTP receiver answers at ${place}: does the gateway run?`),
    isOwn
      ? say('ok', 'from', `what we send is from ${municipality.mailAddress}`)
      : say('warning', 'from-other', `what we send is from ${municipality.mailAddress}: look at that domain as well`),
    relay === null
      ? say('warning', 'relay-missing', 'no relay is configured: what we write stays on the page Udbakke')
      : say('ok', 'relay', `what we write goes out by ${relay.host}:${relay.port}`),
    isHere || url.protocol !== 'https:'
      ? say('problem', 'web-address', `links in mails begin with ${url.origin}: set web.publicUrl to an https address`)
      : say('ok', 'web-address', `links in mails begin with ${url.origin}`),
  ]
}

function greetingOf(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (greets: boolean): void => {
      socket.destroy()
      resolve(greets)
    }
    socket.setTimeout(GREETING_MS, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('data', (first) => end(first.toString('latin1').startsWith('220')))
  })
}
