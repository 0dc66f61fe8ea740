import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GatewayError } from '../model/errors.ts'
import type { ImapSettings, Settings } from '../model/settings.ts'
import { clamdAddress } from './malware-schema.ts'
import { type Config, configSchema } from './schema.ts'

/** What the command line and the environment say beside the file. */
export interface Overrides {
  readonly configFile?: string | undefined
  readonly dataDir?: string | undefined
  readonly smtpPort?: number | undefined
  readonly httpPort?: number | undefined
  readonly demo?: boolean | undefined
  /** The data folder where neither the command line nor the environment names one. */
  readonly defaultDataDir?: string | undefined
}

/** Of the secret that signs what the webhook is told. */
const MIN_SECRET = 16

/** The folder that holds everything where nobody names another. */
export const DEFAULT_DATA_DIR = 'poststempel-data'

/**
 * Takes --data as given (or nothing) and the environment; gives the absolute data folder.
 */
export function dataFolder(
  given: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  otherwise: string = DEFAULT_DATA_DIR,
): string {
  return resolve(given ?? env['POSTSTEMPEL_DATA'] ?? otherwise)
}

/**
 * Reads the configuration file (JSON) and the environment, checks all of it at once and gives the settings.
 * @throws GatewayError configuration: every bad key is named in the message
 */
export function loadSettings(overrides: Overrides = {}, env: NodeJS.ProcessEnv = process.env): Settings {
  const file = overrides.configFile ?? env['POSTSTEMPEL_CONFIG']
  const parsed = configSchema.safeParse(file === undefined ? {} : readJson(file))
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new GatewayError(
      'configuration',
      `The configuration has ${problems.length} mistake(s):\n${problems.join('\n')}`,
    )
  }
  return toSettings(parsed.data, overrides, env)
}

function toSettings(config: Config, overrides: Overrides, env: NodeJS.ProcessEnv): Settings {
  const dataDir = dataFolder(overrides.dataDir, env, overrides.defaultDataDir)
  const smtpPort = overrides.smtpPort ?? portFrom(env, 'POSTSTEMPEL_SMTP_PORT') ?? config.smtp.port
  const httpPort = overrides.httpPort ?? portFrom(env, 'POSTSTEMPEL_HTTP_PORT') ?? config.web.port
  const scheme = config.web.tls ? 'https' : 'http'
  return {
    ...config,
    dataDir,
    smtp: { ...config.smtp, port: smtpPort },
    web: {
      ...config.web,
      port: httpPort,
      publicUrl: (config.web.publicUrl ?? `${scheme}://${config.web.host}:${httpPort}`).replace(/\/+$/, ''),
    },
    folder: folderFrom(config),
    imap: config.imap.map((one) => imapFrom(one, config.municipality.mailAddress)),
    malware: config.malware && { ...config.malware, clamd: clamdAddress(config.malware.clamd) },
    database: databaseFrom(config, env),
    relay: config.relay && {
      host: config.relay.host,
      port: config.relay.port,
      user: config.relay.user,
      password: config.relay.passwordFile === null ? null : readSecret(config.relay.passwordFile),
      requireTls: config.relay.requireTls,
    },
    citizenKeys: config.citizenKeys,
    trust: {
      secondAdmin: config.trust.secondAdmin,
      anchors: config.trust.anchors.map(({ file, catalogue = '', purposes, note, ...constraints }) => ({
        from: file === undefined ? { catalogue } : { file: resolve(file) },
        purposes,
        note,
        constraints,
      })),
      notify: notifyFrom(config.trust.notify),
    },
    timestamps: timestampsFrom(config),
    seal: sealFrom(config, env),
    archiveDir: resolve(config.archiveDir ?? join(dataDir, 'archive')),
    demo: overrides.demo ?? false,
  }
}

function imapFrom(given: Config['imap'][number], address: string): ImapSettings {
  const { passwordFile, oauth2, caFile, recipient, ...rest } = given
  if (rest.tls === 'off' && !/^(?:127\.|::1$|localhost$)/.test(rest.host)) {
    throw new GatewayError('configuration', `imap: ${rest.host} is asked without TLS: others could read the password.`)
  }
  const credentials: ImapSettings['credentials'] =
    oauth2 === null
      ? { kind: 'password', password: readSecret(passwordFile ?? '') }
      : {
          kind: 'oauth2',
          tokenUrl: oauth2.tokenUrl,
          clientId: oauth2.clientId,
          clientSecret: readSecret(oauth2.clientSecretFile),
          scope: oauth2.scope,
          allowedNetworks: oauth2.allowedNetworks,
        }
  const stands = recipient ?? (rest.user.includes('@') ? rest.user : address)
  return { ...rest, ca: caFile === null ? null : readSecret(caFile), credentials, recipient: stands }
}

function folderFrom({ folder, caseTypes }: Config): Settings['folder'] {
  if (folder === null) return null
  if (folder.caseType !== null && !caseTypes.some(({ id }) => id === folder.caseType)) {
    throw new GatewayError('configuration', `folder.caseType: there is no case type ${folder.caseType}.`)
  }
  return { ...folder, path: resolve(folder.path) }
}

function notifyFrom(config: Config['trust']['notify']): Settings['trust']['notify'] {
  const { mail, webhookUrl, webhookSecretFile, webhookAllowedNetworks } = config
  if (webhookUrl !== null && webhookSecretFile === null) {
    // Unsigned, anybody could tell the receiver what trust has become.
    throw new GatewayError('configuration', 'trust.notify.webhookUrl needs trust.notify.webhookSecretFile.')
  }
  const secret = webhookSecretFile === null ? '' : readSecret(webhookSecretFile)
  if (webhookUrl !== null && secret.length < MIN_SECRET) {
    throw new GatewayError(
      'configuration',
      `The secret in ${webhookSecretFile} has fewer than ${MIN_SECRET} characters.`,
    )
  }
  return {
    mail,
    webhook: webhookUrl === null ? null : { url: webhookUrl, secret, allowedNetworks: webhookAllowedNetworks },
  }
}

function timestampsFrom({ timestamps }: Config): Settings['timestamps'] {
  if (timestamps === null) return null
  const { passwordFile, ...rest } = timestamps
  if (rest.user !== null && !rest.url.startsWith('https:')) {
    throw new GatewayError('configuration', 'timestamps.user goes with an https address only: others could read it.')
  }
  return { ...rest, password: passwordFile === null ? null : readSecret(passwordFile) }
}

/** Of our own environment, secrets among it, a token's library is told nothing. */
const withoutOurs = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:POSTSTEMPEL_|NODE_)/.test(name)))

function sealFrom({ seal }: Config, env: NodeJS.ProcessEnv): Settings['seal'] {
  if (seal === null) return { kind: 'own' }
  if (seal.kind === 'pkcs12') {
    return { kind: 'pkcs12', file: resolve(seal.file), passphrase: readSecret(seal.passphraseFile) }
  }
  if (seal.kind === 'pkcs11') {
    const { module, token, keyLabel, keyId, pinFile, certificateFile } = seal
    const key = keyId === null ? { label: keyLabel ?? '' } : { id: keyId.toLowerCase() }
    const certificate = certificateFile === null ? null : resolve(certificateFile)
    return {
      kind: 'pkcs11',
      module,
      token,
      key,
      pin: readSecret(pinFile),
      certificateFile: certificate,
      environment: withoutOurs(env),
    }
  }
  const url = seal.url.replace(/\/+$/, '')
  const { clientSecretFile, pinFile, tokenUrl, ...rest } = seal
  return {
    ...rest,
    url,
    tokenUrl: tokenUrl ?? `${url}/oauth2/token`,
    clientSecret: readSecret(clientSecretFile),
    pin: pinFile === null ? null : readSecret(pinFile),
  }
}

function databaseFrom(config: Config, env: NodeJS.ProcessEnv): Settings['database'] {
  const fromEnvironment = env['POSTSTEMPEL_DATABASE_URL']
  if (config.database === null && !fromEnvironment) return { engine: 'sqlite' }
  if (config.database?.engine === 'sqlite') return { engine: 'sqlite' }
  const url = config.database?.urlFile ? readSecret(config.database.urlFile) : fromEnvironment
  if (!url) {
    throw new GatewayError(
      'configuration',
      'database.engine is postgres, but neither database.urlFile nor POSTSTEMPEL_DATABASE_URL is given.',
    )
  }
  return { engine: 'postgres', url }
}

function portFrom(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535) {
    throw new GatewayError('configuration', `${name} is no port number.`)
  }
  return value
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const why = isMissing(cause) ? 'is not there' : cause instanceof SyntaxError ? 'is no JSON' : 'cannot be read'
    throw new GatewayError('configuration', `The configuration file ${file} ${why}.`, { cause })
  }
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new GatewayError('configuration', `The secret in ${file} cannot be read.`, { cause })
  }
}

const isMissing = (fault: unknown): boolean => fault instanceof Error && 'code' in fault && fault.code === 'ENOENT'
