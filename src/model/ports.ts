/**
 * What the stages get handed in. Rooms never import each other: they meet in these types,
 * and gateway.ts hands the parts round.
 */

import type { AlgorithmChanges } from '../verify/blocks/algorithm-policy.ts'
import type { EmbeddedChain } from '../verify/pdf/embedded-certificates.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import type { ReportInWords } from '../verify/report/sheet-words.ts'
import type { SmimeKey } from '../verify/smime/decrypt.ts'
import type { TrustAnchorInput } from '../verify/x509/anchor-terms.ts'
import type { Document } from './document.ts'
import type { Settings } from './settings.ts'
import type { MessageHeaders } from './submission.ts'
import type { Instant } from './time.ts'

/** Structured log: facts never hold secrets, personal numbers, mail contents, addresses' query strings or tokens. */
export interface Log {
  info(facts: Readonly<Record<string, unknown>>, message: string): void
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
  error(facts: Readonly<Record<string, unknown>>, message: string): void
}

/** Asks the web, within limits and never this machine or its neighbours. */
export interface WebFetcher {
  /** @throws GatewayError fetch-refused (it may not be asked, or gave too much), fetch-failed (it gave no answer) */
  fetch(request: {
    readonly url: string
    readonly method?: 'GET' | 'POST'
    readonly body?: Uint8Array
    readonly contentType?: string
    /** Beside those that every request has; lower-case names. */
    readonly headers?: Readonly<Record<string, string>>
    /** The Authorization header; a redirect never takes it along. */
    readonly authorization?: string
    readonly maxBytes?: number
    readonly timeoutMs?: number
  }): Promise<{ readonly bytes: Uint8Array; readonly freshUntil: Date | null }>
}

/** Runs one task in a child process under Node's permission model; limits are enforced from outside. */
export interface Sandbox {
  /**
   * @throws GatewayError child-timeout, child-memory, child-crashed, or the coded error that the task itself reported
   */
  normalise(
    raw: Uint8Array,
    rawMediaType: string,
    secrets?: { readonly openpgpPrivateKeys: readonly string[]; readonly smimeKeys?: readonly SmimeKey[] },
  ): Promise<NormalisedMessage>
  verify(input: VerifyInput): Promise<VerificationReport>
  /** The certificates that a PDF's signatures carry; that they stand there makes none of them trusted. */
  certificates(pdf: Uint8Array): Promise<readonly EmbeddedChain[]>
  /** The typesetter's, run on the citizen's PDF in a child. */
  readonly stampApproved: Typesetter['stampApproved']
  close(): Promise<void>
}

/** What a raw mail or form holds, as plain data. */
export interface NormalisedMessage {
  readonly headers: MessageHeaders
  readonly parts: readonly NormalisedPart[]
  /** Fields of a form (name → value); empty for mail. */
  readonly fields: Readonly<Record<string, string>>
  /** OpenPGP certificates found attached (application/pgp-keys) or in Autocrypt, armoured. */
  readonly openpgpKeys: readonly {
    readonly source: 'attached' | 'autocrypt'
    readonly armored: string
    readonly address: string | null
  }[]
  /** What was encrypted to us, and is judged in the place of the mail; null where nothing was, or could not be opened. */
  readonly opened?: OpenedMail | null
  /** What the reader repaired or gave up on, as stable codes: charset-guessed, boundary-missing, nesting-cut … */
  readonly notes: readonly string[]
}

/** What a mail's encryption held. */
export interface OpenedMail {
  /** A MIME entity, or the packets of an OpenPGP message, which are told by their first octet. */
  readonly bytes: Uint8Array
  /** What encrypted it also shows whether it was changed on the way. */
  readonly authenticated: boolean
}

export interface NormalisedPart {
  /** MIME part number, "1", "1.2"; "0" for the body of a mail that is no multipart. */
  readonly path: string
  readonly role: 'attachment' | 'body'
  readonly name: string
  readonly originalName: string | null
  readonly mediaType: string
  readonly declaredMediaType: string | null
  readonly bytes: Uint8Array
}

/** All that judging needs, as bytes: the child reads no disk and no network. */
export interface VerifyInput {
  readonly bytes: Uint8Array
  readonly fileName: string
  readonly validationTime: Instant
  /** Proof of existence of the bytes: when we received them (EN 319 102-1 clause 5.6). */
  readonly poe: Instant | null
  /** The enabled anchors: DER, with the terms that they are trusted under where there are any. */
  readonly trustAnchors: readonly (Uint8Array | TrustAnchorInput)[]
  /** As they were fetched: DER, PEM or a PKCS #7 bag. */
  readonly intermediates: readonly Uint8Array[]
  readonly crls?: readonly Uint8Array[]
  readonly ocsps?: readonly Uint8Array[]
  /** OpenPGP keys that are proven to be the sender's, armoured, each with the address that it is known to be of. */
  readonly openpgpKeys?: readonly { readonly certificate: string; readonly address: string }[]
  /** What was encrypted in a mail, as it was opened. */
  readonly opened?: Uint8Array | null
  readonly checkRevocation: Settings['checkRevocation']
  /** What the municipality decided about algorithms otherwise than the default. */
  readonly algorithms: AlgorithmChanges
}

/** Makes the municipality's signatures. */
export interface Sealer {
  /** Certificate of the seal, DER, and its issuers. */
  readonly certificateChain: readonly Uint8Array[]
  /**
   * Adds our PAdES seal as the last revision (ETSI.CAdES.detached, B-B, DocMDP P=1).
   * @param signingTime is a claim, written into /M. @throws GatewayError malformed-pdf, key-unusable
   */
  sealPdf(
    pdf: Uint8Array,
    options: { readonly reason: string; readonly location: string; readonly signingTime: Date },
  ): Promise<Uint8Array>
}

/** Makes PDFs. */
export interface Typesetter {
  /**
   * Takes the citizen's PDF; gives a copy in which signatures are flattened to their appearance and the GODKENDT
   * stamp stands. Deterministic for the same input. @throws GatewayError malformed-pdf, encrypted-input
   */
  stampApproved(pdf: Uint8Array, stamp: ApprovalStamp): Promise<Uint8Array>
  /** Where the original cannot be stamped (no PDF, unreadable): a page that says what was approved. */
  approvalPage(stamp: ApprovalStamp & { readonly originalName: string }): Promise<Uint8Array>
}

/** What the sheet on a verdict says, in words already. */
export interface VerificationSheet {
  readonly municipality: string
  readonly language: 'da' | 'en'
  /** Shown in the municipality's zone. */
  readonly timeZone: string
  /** Null for a file that came with no case. */
  readonly caseNumber: string | null
  readonly judgedAt: Instant
  readonly report: ReportInWords
}

export interface ApprovalStamp {
  readonly municipality: string
  readonly caseNumber: string
  readonly decidedAt: Instant
  readonly decidedBy: string
  readonly language: 'da' | 'en'
  /** Shown in the municipality's zone. */
  readonly timeZone: string
  readonly originalSha256: string
  /** The verdict in one sentence, in the stamp's language. */
  readonly verdict: string
  /** What the QR code holds: the genuineness page, with its own token. */
  readonly genuineUrl: string
}

/** What DMARC says of a mail; the resolver behind it is handed in. */
export interface MailAuthenticator {
  authenticate(
    raw: Uint8Array,
    envelope: { readonly from: string; readonly remoteAddress: string | null; readonly helo: string | null },
  ): Promise<{
    readonly dmarc: 'pass' | 'fail' | 'none'
    readonly alignedDomain: string | null
    /** Whose finding it is: ours, or that of the mail server in front, written down or sealed. */
    readonly foundBy: 'gateway' | 'trusted-hop' | 'arc'
  }>
}

/** The municipality's OpenPGP key and what it makes. */
export interface MailComposer {
  /** The municipality's certificate in force, armoured. @throws GatewayError configuration where there is none */
  publicKeyArmored(): Promise<string>
  /** Composes the whole mail. The bytes are stored and repeated unchanged. @throws GatewayError key-unusable, encryption-impossible */
  compose(mail: OutgoingMail): Promise<Uint8Array>
}

export interface OutgoingMail {
  readonly messageId: string
  readonly date: Date
  readonly from: { readonly name: string; readonly address: string }
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly language: 'da' | 'en'
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }[]
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  /** RFC 3834: answers made by us say so. */
  readonly autoSubmitted: 'auto-replied' | 'auto-generated' | null
  /** Armoured certificate to encrypt to; null for a mail in clear. */
  readonly encryptTo: string | null
}

/** The next hop for outgoing mail. */
export interface MailRelay {
  /** outbox: keeps it where the web shows it. smtp: hands it over. */
  readonly kind: 'outbox' | 'smtp'
  handOver(mail: { readonly envelopeFrom: string; readonly to: string; readonly raw: Uint8Array }): Promise<HandOver>
}

/** deferred: a passing no (4xx, no connection before DATA). unknown: the line broke after DATA, it may have been taken. */
export type HandOver =
  | { readonly outcome: 'accepted' | 'kept'; readonly response: string }
  | {
      readonly outcome: 'refused' | 'deferred' | 'unknown'
      readonly response: string
      readonly smtpCode: number | null
      /** Whom or what a definite no was about, by the command that it answered; absent where that is not known. */
      readonly refusedAt?: 'sender' | 'recipient' | 'content'
    }

/** A connector to an archive: repeatable puts, an acknowledgement that it looked up itself. */
export interface ArchiveConnector {
  readonly name: string
  put(
    packageId: string,
    writePackage: (folder: string) => Promise<{ readonly fixity: string }>,
  ): Promise<{ readonly location: string; readonly fixity: string }>
  acknowledge(
    location: string,
    fixity: string,
  ): Promise<{ readonly acknowledged: boolean; readonly problem: string | null }>
}

/** One case with all that is kept of it, for the package builder. */
export interface CaseFile {
  readonly documents: readonly {
    readonly document: Document
    readonly bytes: Uint8Array
    readonly report: VerificationReport | null
  }[]
}
