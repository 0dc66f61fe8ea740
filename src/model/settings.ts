import type { AlgorithmChanges } from '../verify/blocks/algorithm-policy.ts'
import type { SealSettings } from './seal.ts'
import type { AnchorPurpose, WrittenConstraints } from './trust-anchor.ts'
/** The gateway's configuration after config/ checked it whole. Everything below config/ gets it handed in. */
export interface Settings {
  readonly dataDir: string
  readonly municipality: {
    readonly name: string
    readonly cvr: string
    readonly timeZone: string
    /** Language of pages where the browser asks for neither. */
    readonly language: 'da' | 'en'
    /** From of what we send; its domain is ours. */
    readonly mailAddress: string
    readonly phone: string
  }
  readonly smtp: {
    readonly host: string
    readonly port: number
    /** Recipients taken: whole addresses or @domain. postmaster@ of each domain is always taken. */
    readonly recipients: readonly string[]
    readonly maxMessageBytes: number
    readonly tls: { readonly keyFile: string; readonly certFile: string } | null
    readonly maxClients: number
    /** Connections at once from one address. */
    readonly maxClientsPerAddress: number
    /** Who speaks within so long, before the greeting, is turned away (554); 0: nobody waits. */
    readonly greetingDelayMs: number
    /** Where a mail server in front hands over by LMTP; null: nowhere. */
    readonly lmtp: LmtpSettings | null
  }
  readonly web: {
    readonly host: string
    readonly port: number
    /** What links in mails and QR codes begin with, without a slash at the end. */
    readonly publicUrl: string
    readonly tls: { readonly keyFile: string; readonly certFile: string } | null
    /** Behind a proxy: trust X-Forwarded-* from loopback. */
    readonly behindProxy: boolean
    readonly maxUploadBytes: number
  }
  /** A folder that scanners fill; null: none is watched. */
  readonly folder: FolderSettings | null
  /** Mailboxes that mail is fetched from. */
  readonly imap: readonly ImapSettings[]
  /** The scanner of what comes in; null: none. */
  readonly malware: {
    readonly clamd: ClamdAddress
    readonly whenUnavailable: 'wait' | 'not-scanned'
    readonly maximumBytes: number
  } | null
  readonly database: { readonly engine: 'sqlite' } | { readonly engine: 'postgres'; readonly url: string }
  readonly relay: {
    readonly host: string
    readonly port: number
    readonly user: string | null
    readonly password: string | null
    readonly requireTls: boolean
  } | null
  /** Receipts by mail to one address in a day, so that two robots do not write to each other for ever. */
  readonly receiptsPerAddressAndDay: number
  readonly caseTypes: readonly CaseType[]
  /** Days on which the town hall is closed beside weekends and public holidays. */
  readonly closingDays: readonly string[]
  readonly archiveDir: string
  readonly limits: { readonly childMemoryBytes: number; readonly childTimeoutMs: number }
  /** dns: SPF, DKIM and DMARC of incoming mail are looked up. off: nothing is asked, no sender is aligned. */
  readonly senderAuthentication: 'dns' | 'off'
  /** A mail server in front, whose findings about senders count. */
  readonly trustedHop: {
    readonly networks: readonly string[]
    readonly authservId: string | null
    readonly form: 'rfc8601' | 'microsoft-365'
    readonly arcSealers: readonly string[]
  } | null
  readonly checkRevocation: 'require' | 'if-offered' | 'if-present' | 'off'
  /** Whether issuers, CRLs and OCSP answers are fetched, and which private networks may be asked for them. */
  readonly validationData: { readonly fetch: 'on' | 'off'; readonly allowedNetworks: readonly string[] }
  /** Whether keys of citizens are looked up in their domains' directories (WKD). */
  readonly citizenKeys: { readonly lookUp: 'wkd' | 'off' }
  readonly trust: TrustSettings
  /** The RFC 3161 authority that stamps our seals and what is kept; null: none. */
  readonly timestamps: {
    readonly url: string
    readonly user: string | null
    readonly password: string | null
    readonly hash: 'sha256' | 'sha384' | 'sha512'
    /** Object identifier of the authority's policy; null: its own choice. */
    readonly policy: string | null
    /** Private networks in which it may lie; absent: none. */
    readonly allowedNetworks?: readonly string[]
  } | null
  /** Where the key of the municipality's seal lies. */
  readonly seal: SealSettings
  /** Changes to the default algorithm policy; empty: none. */
  readonly algorithms: AlgorithmChanges
  /** The demo's banner: nothing leaves this machine. */
  readonly demo: boolean
}

/** Where clamd listens. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number }

/** A socket in the file system, or a port. */
export type LmtpSettings = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** A mailbox that mail is fetched from. */
export interface ImapSettings {
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'off'
  /** PEM of the CA of the server's certificate; null: a public one. */
  readonly ca: string | null
  readonly user: string
  readonly credentials:
    | { readonly kind: 'password'; readonly password: string }
    | {
        readonly kind: 'oauth2'
        readonly tokenUrl: string
        readonly clientId: string
        readonly clientSecret: string
        readonly scope: string
        readonly allowedNetworks: readonly string[]
      }
  readonly folder: string
  readonly moveTo: string
  /** The address that the mailbox stands for. */
  readonly recipient: string
  readonly pollSeconds: number
}

/** The watched folder. */
export interface FolderSettings {
  readonly path: string
  /** A file that does not change for so long is taken. */
  readonly settleMs: number
  /** Id of the case type of what comes from it; null: the last of the list. */
  readonly caseType: string | null
}

/** How it is guarded whom the municipality relies on. */
export interface TrustSettings {
  /** A change counts only when another admin has confirmed it. */
  readonly secondAdmin: boolean
  /** In force while they stand in the configuration. */
  readonly anchors: readonly {
    readonly from: { readonly file: string } | { readonly catalogue: string }
    readonly purposes: readonly AnchorPurpose[]
    readonly note: string
    /** Whose signatures they vouch for; empty lists bound nothing. */
    readonly constraints: WrittenConstraints
  }[]
  /** Who is told of changes. */
  readonly notify: {
    readonly mail: readonly string[]
    readonly webhook: {
      readonly url: string
      readonly secret: string
      readonly allowedNetworks: readonly string[]
    } | null
  }
}

export interface CaseType {
  readonly id: string
  readonly title: { readonly da: string; readonly en: string }
  /** Mail to this local part (before @, after any +) opens this type. */
  readonly mailLocalPart: string | null
  readonly answerWithinWorkingDays: number
  /** KLE number, e.g. 09.08.16 */
  readonly kle: string
}

/** Under this name the store keeps where a gateway's pages were last, for commands beside it that print links. */
export const PUBLIC_URL_SETTING = 'public-url'
