import { z } from 'zod'
import { imapSchema } from './imap-schema.ts'
import { malwareSchema } from './malware-schema.ts'
import { sealSchema } from './seal-schema.ts'
import { trustSchema } from './trust-schema.ts'
import { trustedHopSchema } from './trusted-hop-schema.ts'

/** A port to listen on; 0 takes a free one. */
const port = z.int().min(0).max(65535)
const tls = z
  .strictObject({
    keyFile: z.string().describe('PEM private key.'),
    certFile: z.string().describe('PEM certificate with its chain.'),
  })
  .nullable()

const caseType = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .describe('Short name in addresses and forms.'),
  title: z
    .strictObject({ da: z.string().min(1).describe('In Danish.'), en: z.string().min(1).describe('In English.') })
    .describe('What people read.'),
  mailLocalPart: z
    .string()
    .nullable()
    .default(null)
    .describe('Mail to this word before the @ opens a case of this type.'),
  answerWithinWorkingDays: z.int().min(1).max(400).describe('From this the answer-by date is counted.'),
  kle: z
    .string()
    .regex(/^\d{2}\.\d{2}\.\d{2}$/)
    .describe('KLE number of the case.'),
})

/** Until when an algorithm is relied on; null: no end is known. */
const until = z.iso.datetime().nullable()

/** The configuration file, key by key. Every key has a default: an empty file is a working gateway on loopback. */
export const configSchema = z.strictObject({
  municipality: z
    .strictObject({
      name: z.string().min(1).default('Demokøbing Kommune').describe('Name in pages, letters and stamps.'),
      cvr: z
        .string()
        .regex(/^\d{8}$/)
        .default('00000000')
        .describe('CVR number: the tenant in archive packages.'),
      timeZone: z.string().default('Europe/Copenhagen').describe('Zone in which days and times are shown and counted.'),
      language: z.enum(['da', 'en']).default('da').describe('Language where nobody asked for another.'),
      mailAddress: z.email().default('post@demokobing.example').describe('From of all mail that we send.'),
      phone: z.string().default('').describe('Telephone shown to citizens.'),
    })
    .prefault({})
    .describe('Who runs this gateway.'),
  smtp: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on.'),
      port: port.default(2525).describe('Port to listen on.'),
      recipients: z
        .array(z.string().regex(/^[^\s@]*@[^\s@]+$/))
        .min(1)
        .default(['@demokobing.example'])
        .describe('Addresses taken: whole ones, or @domain for all of a domain. Others get 550.'),
      maxMessageBytes: z
        .int()
        .min(1024)
        .default(50 * 1024 * 1024)
        .describe('Larger mail gets 552.'),
      tls: tls.default(null).describe('Certificate for STARTTLS.'),
      maxClients: z.int().min(1).default(200).describe('Connections at once; more get 421.'),
      maxClientsPerAddress: z
        .int()
        .min(1)
        .default(50)
        .describe(
          'Connections at once from one address; more get 421. Behind a mail server of your own, as many as it opens.',
        ),
      greetingDelayMs: z
        .int()
        .min(0)
        .max(30_000)
        .default(0)
        .describe(
          'Who speaks within so long, before the greeting, gets 554: robots do. 3000 is good for a server open to the internet.',
        ),
      lmtp: z
        .union([
          z.strictObject({ socketPath: z.string().min(1).describe('A socket in the file system.') }),
          z.strictObject({ host: z.string().default('127.0.0.1'), port }),
        ])
        .nullable()
        .default(null)
        .describe('Takes mail by LMTP as well, from a mail server in front (docs/mail-intake.md).'),
    })
    .prefault({})
    .describe('The SMTP receiver.'),
  web: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on.'),
      port: port.default(8025).describe('Port to listen on.'),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .nullable()
        .default(null)
        .describe('What links in mails and QR codes begin with; by default the address listened on.'),
      tls: tls.default(null).describe('Certificate for HTTPS; or put a proxy in front and set behindProxy.'),
      behindProxy: z.boolean().default(false).describe('Trust X-Forwarded-* from a proxy on loopback.'),
      maxUploadBytes: z
        .int()
        .min(1024)
        .default(50 * 1024 * 1024)
        .describe('Larger submissions get 413.'),
    })
    .prefault({})
    .describe('The pages.'),
  folder: z
    .strictObject({
      path: z.string().min(1).describe('The folder; files that were stored go to received/ in it, others to refused/.'),
      settleMs: z.int().min(50).default(3000).describe('A file that does not change for so long is taken.'),
      caseType: z.string().nullable().default(null).describe('Case type (id) of what comes; by default the last one.'),
    })
    .nullable()
    .default(null)
    .describe('A folder that is watched, as a scanner fills it; each file becomes a case.'),
  imap: z.array(imapSchema).default([]).describe('Mailboxes that mail is fetched from (docs/mail-intake.md).'),
  malware: malwareSchema
    .nullable()
    .default(null)
    .describe(
      'A malware scanner for what comes in (docs/malware.md); without one, nothing is scanned, and that is said.',
    ),
  database: z
    .discriminatedUnion('engine', [
      z.strictObject({ engine: z.literal('sqlite') }),
      z.strictObject({
        engine: z.literal('postgres'),
        urlFile: z.string().optional().describe('File that holds the connection URL; or set POSTSTEMPEL_DATABASE_URL.'),
      }),
    ])
    .nullable()
    .default(null)
    .describe(
      'SQLite in the data folder, or PostgreSQL. By default PostgreSQL where POSTSTEMPEL_DATABASE_URL is set, else SQLite.',
    ),
  relay: z
    .strictObject({
      host: z.string().describe('Your mail server.'),
      port: port.default(25).describe('Its port.'),
      user: z.string().nullable().default(null).describe('Name to sign in with, where it asks.'),
      passwordFile: z.string().nullable().default(null).describe('File that holds the password.'),
      requireTls: z.boolean().default(true).describe('Refuse to hand over without TLS.'),
    })
    .nullable()
    .default(null)
    .describe('Next hop for outgoing mail; without one it is kept in the outbox page.'),
  receiptsPerAddressAndDay: z
    .int()
    .min(1)
    .default(50)
    .describe(
      'Receipts by mail to one address within a day; further ones lie on the page, so that two robots do not write to each other for ever.',
    ),
  caseTypes: z
    .array(caseType)
    .min(1)
    .default([
      {
        id: 'oil-tank',
        title: { da: 'Olietank', en: 'Oil tank' },
        mailLocalPart: 'olietank',
        answerWithinWorkingDays: 5,
        kle: '09.08.16',
      },
      {
        id: 'general',
        title: { da: 'Anden henvendelse', en: 'Something else' },
        mailLocalPart: null,
        answerWithinWorkingDays: 10,
        kle: '00.01.00',
      },
    ])
    .describe('Kinds of errand. The last one takes what fits no other.'),
  closingDays: z
    .array(z.iso.date())
    .default([])
    .describe('Days on which the town hall is closed beside weekends and public holidays.'),
  archiveDir: z
    .string()
    .nullable()
    .default(null)
    .describe('Folder for archive packages; by default archive/ in the data folder.'),
  senderAuthentication: z
    .enum(['dns', 'off'])
    .default('dns')
    .describe('Look up SPF, DKIM and DMARC of incoming mail; off asks nobody and proves no sender by them.'),
  trustedHop: trustedHopSchema
    .nullable()
    .default(null)
    .describe(
      'A mail server in front of this one, whose findings about senders count (docs/mail-intake.md); without one, only our own do.',
    ),
  checkRevocation: z
    .enum(['require', 'if-offered', 'if-present', 'off'])
    .default('if-offered')
    .describe(
      "Whose revocation must be known: everybody's; of who says where it is told (the default); nobody's, but what is at hand counts; it is not looked at. Where nothing can be fetched, if-present is the one to choose.",
    ),
  validationData: z
    .strictObject({
      fetch: z
        .enum(['on', 'off'])
        .default('on')
        .describe('Fetch issuers, CRLs and OCSP answers from where certificates say that they lie.'),
      allowedNetworks: z
        .array(z.string())
        .default([])
        .describe('Private networks (CIDR) that may be asked all the same, for a CA of your own.'),
    })
    .prefault({})
    .describe('Validation data of the signatures that are judged.'),
  citizenKeys: z
    .strictObject({
      lookUp: z
        .enum(['wkd', 'off'])
        .default('off')
        .describe(
          "Look for the key of a sender who brought none in the directory of the address's domain (Web Key Directory). The domain's operator learns that somebody there wrote to you.",
        ),
    })
    .prefault({})
    .describe("Citizens' OpenPGP keys (docs/keys.md)."),
  timestamps: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('Where the authority takes RFC 3161 requests.'),
      user: z.string().nullable().default(null).describe('Name to sign in with, where it asks (then by https only).'),
      passwordFile: z.string().nullable().default(null).describe('File that holds the password.'),
      hash: z.enum(['sha256', 'sha384', 'sha512']).default('sha512').describe('Digest that is stamped.'),
      policy: z
        .string()
        .regex(/^[0-2](\.\d+)+$/)
        .nullable()
        .default(null)
        .describe("Object identifier of the authority's policy to ask for; by default its own choice."),
      allowedNetworks: z
        .array(z.string())
        .default([])
        .describe('Private networks (CIDR) in which the authority may lie.'),
    })
    .nullable()
    .default(null)
    .describe(
      'A time-stamping authority for our seals and for what is kept (docs/preservation.md); without one, neither is time-stamped.',
    ),
  seal: sealSchema
    .nullable()
    .default(null)
    .describe("Where the key of the municipality's seal lies (docs/seal.md); without it, keys/ in the data folder."),
  algorithms: z
    .strictObject({
      digests: z
        .record(z.string(), until)
        .default({})
        .describe("Digests by name (sha1, sha256, ...): until when one is relied on, or null for 'still'."),
      schemes: z
        .record(z.string(), until)
        .default({})
        .describe('How signatures are made (rsa-pkcs1, rsa-pss, ecdsa, ...): until when it is relied on, or null.'),
      keys: z
        .record(z.string(), z.array(z.strictObject({ fromBits: z.int().min(0), until })))
        .default({})
        .describe('Key types (rsa, rsa-pss, dsa, ec, ...): from how many bits on, and until when.'),
    })
    .prefault({})
    .describe('Exchanges single entries of the algorithm policy (src/verify/blocks/algorithm-policy.ts).'),
  trust: trustSchema.prefault({}).describe('Who guards which roots count.'),
  limits: z
    .strictObject({
      childMemoryBytes: z
        .int()
        .min(128 * 1024 * 1024)
        .default(512 * 1024 * 1024)
        .describe('Resident memory.'),
      childTimeoutMs: z.int().min(100).default(20_000).describe('Wall-clock time.'),
    })
    .prefault({})
    .describe('What one hostile file may cost before its process is ended.'),
})

export type Config = z.infer<typeof configSchema>
