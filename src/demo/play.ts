import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { verifyBag } from '../archive/index.ts'
import type { Running } from '../gateway.ts'
import type { Case } from '../model/case.ts'
import { appendAdminHistory } from '../model/history.ts'
import type { Delivery, LetterKind } from '../model/letter.ts'
import { instant } from '../model/time.ts'
import { signPdf } from '../seal/index.ts'
import { addAnchor } from '../trust/index.ts'
import { ATTEST_SIGNATURE_BOX, kaisAttest, makeAttest } from '../typeset/index.ts'
import { describeVerdict, verifyDocument } from '../verify/index.ts'
import { hashPassword } from '../web/index.ts'
import { composeCitizenMail } from './citizen-mail.ts'
import type { Citizen, People } from './people.ts'
import { type OpenedAnswer, openAnswer } from './read-answer.ts'
import { newVisitor } from './visitor.ts'

/** What the demo proved; the contract of `poststempel demo --once`. */
export interface Proof {
  readonly case: string
  readonly indication: string
  readonly receipt: boolean
  readonly tracking: string
  readonly approved: boolean
  readonly replyEncrypted: boolean
  readonly sealed: boolean
  readonly archived: string
}

/** The stage: a running gateway, its people, where files for the audience go, and where each step is said. */
export interface Stage {
  readonly running: Running
  readonly people: People
  readonly folder: string
  say(line: string): void
}

const PATIENCE_MS = 30_000

/** Gives the people of the town hall their sign-ins, and trusts the demo's own CA. A repeat changes nothing. */
export async function prepareStage({ running, people, folder }: Stage): Promise<void> {
  const { store, clock, keys } = running.parts
  if (people.kai.openpgp)
    await writeFile(join(folder, 'kai-private.asc'), people.kai.openpgp.privateKeyArmored, { mode: 0o600 })
  await writeFile(join(folder, 'municipality.asc'), keys.openpgp.publicKeyArmored)
  for (const { username, displayName, role, password } of people.staff) {
    const known = await store.accountByUsername(username)
    if (known?.passwordHash) continue
    const passwordHash = await hashPassword(password)
    await store.commit(async (write) => {
      const account = known?.id ?? randomUUID()
      await appendAdminHistory(write, {
        at: instant(clock()),
        actor: { kind: 'system', id: null, name: 'demo' },
        event: known ? 'account-link-renewed' : 'account-invited',
        payload: { account, username, role: known?.role ?? role },
      })
      if (known) await write.updateAccount(known.id, { passwordHash, displayName })
      else {
        const row = {
          id: account,
          username,
          displayName,
          role,
          passwordHash,
          createdAt: instant(clock()),
          disabledAt: null,
        }
        await write.addAccount(row)
      }
    })
  }
  if ((await store.listAnchors()).some((anchor) => Buffer.from(anchor.der).equals(people.trustedCa))) return
  await store.commit((write) =>
    addAnchor(write, {
      der: people.trustedCa,
      purposes: ['document'],
      source: 'demo',
      note: 'Made by the demo; it says nothing about anybody outside this machine.',
      actor: 'demo',
      at: instant(clock()),
    }),
  )
}

/** Plays the main job from the citizen's mail to the archive; each step is said with its link. @throws Error where a step fails */
export async function playMainJob(stage: Stage): Promise<Proof> {
  const { running, people, say } = stage
  const { parts } = running
  const kai = people.kai
  const messageId = await sendAttest(stage, kai)
  const sentAt = clockTime(stage)
  const opened = await waitFor('the case', () => caseOf(stage, messageId))
  const receipt = await openLetter(stage, opened, 'receipt')
  say(`${kai.name} sendte sin attest ${sentAt} → kvittering ${clockTime(stage)}, sag ${opened.number}`)
  const tracking = /https?:\/\/\S+\/t\/\S+/.exec(receipt.text)?.[0]
  if (!tracking) throw new Error('the receipt carries no tracking link')
  say(`  Kai følger sagen: ${tracking}`)
  const page = await newVisitor(running.http).read(new URL(tracking).pathname)
  if (!page.includes('Kontrolleret')) throw new Error('the tracking page does not show how far the case is')
  await sayVerdict(stage, opened)

  await approveOnPage(stage, opened)
  say(`Mette godkendte sagen ${clockTime(stage)} → GODKENDT-stempel og kommunens segl`)
  const answer = await openLetter(stage, opened, 'decision')
  say(`Kai fik svaret krypteret til sin egen nøgle ${clockTime(stage)}: ${running.http}/staff/outbox`)
  const sealed = await checkSeal(stage, answer)
  if (sealed) say('  Kommunens segl på den godkendte kopi holder; ændres én byte, gør det ikke')

  const filed = await waitFor('the archive', async () =>
    (await parts.store.packagesOfCase(opened.id)).find((p) => p.state === 'acknowledged'),
  )
  const location = filed.location ?? ''
  const bag = await verifyBag(location)
  if (!bag.valid) throw new Error(`the archive package does not hold: ${bag.problems.join('; ')}`)
  say(`Sagen er arkiveret ${clockTime(stage)}: ${location}`)
  const closed = await parts.store.case(opened.id)
  return {
    case: opened.number,
    indication: opened.indication,
    receipt: true,
    tracking,
    approved: closed?.decision === 'approved',
    replyEncrypted: true,
    sealed,
    archived: location,
  }
}

/** Sends mails and a form that leave something to look at on every page: a waiting case each. */
export async function playOthers(stage: Stage): Promise<void> {
  const { people, say } = stage
  const { anna, kai } = people
  const unknown = await signedAttest(stage, anna)
  const sent = await send(stage, anna, {
    subject: 'Attest fra oliefirmaet',
    text: 'Hermed attest for Skovvej 3.',
    pdf: unknown,
  })
  say('Anna Møller sendte en attest fra en CA, som kommunen ikke kender: den venter på en administrator')
  say(`  Anna følger sagen: ${await trackingLinkOf(stage, sent)}`)
  const changed = Buffer.from(await signedAttest(stage, kai))
  changed.writeUInt8(changed.readUInt8(600) ^ 1, 600)
  await send(
    stage,
    { ...kai, openpgp: null },
    { subject: 'Attest, rettet', text: 'Jeg har rettet adressen.', pdf: changed },
  )
  say('En attest, der er ændret efter underskriften: det siges, og en sagsbehandler ser på den')
  await send(
    stage,
    { ...anna, name: 'Ole Vind', address: 'ole@vind.example' },
    { subject: 'Question about a bin', text: 'Hello, when is the bin emptied on my street? Thank you.', pdf: null },
    'post',
  )
  await closeBetweenTheYears(stage)
}

/** A closing day of the town hall's own, so that the page about them shows how one looks. */
async function closeBetweenTheYears({ running }: Stage): Promise<void> {
  const { store, clock } = running.parts
  if ((await store.setting('closing-days')) !== null) return
  await store.commit((write) => write.setSetting('closing-days', [`${clock().getFullYear()}-12-28`]))
}

/** Anna has no key, so her receipt carries the link in clear. */
async function trackingLinkOf(stage: Stage, messageId: string): Promise<string> {
  const { store } = stage.running.parts
  const opened = await waitFor('the case', () => caseOf(stage, messageId))
  const receipt = (await store.lettersOfCase(opened.id)).find((one) => one.kind === 'receipt')
  return /https?:\/\/\S+\/t\/\S+/.exec(receipt?.bodyText ?? '')?.[0] ?? ''
}

async function sendAttest(stage: Stage, citizen: Citizen): Promise<string> {
  const pdf = await signedAttest(stage, citizen)
  return send(stage, citizen, {
    subject: 'Attest: olietank sløjfet',
    text: 'Hej\n\nHermed attest for, at min olietank er sløjfet.\n\nVenlig hilsen\nKai Jensen',
    pdf,
  })
}

async function signedAttest({ running }: Stage, citizen: Citizen): Promise<Uint8Array> {
  const signingTime = running.parts.clock()
  const day = new Intl.DateTimeFormat('da-DK', { dateStyle: 'long' }).format(signingTime)
  const person = { ...kaisAttest().citizen, name: citizen.name, email: citizen.address }
  const attest = await makeAttest({ ...kaisAttest(), citizen: person, decommissionedOn: day, signedOn: day })
  return signPdf(attest, citizen.identity, {
    subFilter: 'ETSI.CAdES.detached',
    signingTime,
    name: citizen.name,
    reason: 'Attest for sløjfning af olietank',
    visible: { rectangle: ATTEST_SIGNATURE_BOX, lines: ['Underskrevet digitalt af', citizen.name] },
  })
}

async function send(
  { running }: Stage,
  citizen: Citizen,
  mail: { readonly subject: string; readonly text: string; readonly pdf: Uint8Array | null },
  mailbox = 'olietank',
): Promise<string> {
  const { clock, settings } = running.parts
  const messageId = `<${randomUUID()}@${citizen.address.split('@')[1]}>`
  const to = `${mailbox}@${settings.municipality.mailAddress.split('@')[1]}`
  const attachments = mail.pdf ? [{ name: 'attest.pdf', mediaType: 'application/pdf', bytes: mail.pdf }] : []
  const raw = await composeCitizenMail(citizen, { ...mail, messageId, date: clock(), to, attachments })
  const [host, port] = running.smtp.split(':')
  const transport = createTransport({ host: host ?? '', port: Number(port), secure: false, ignoreTLS: true })
  await transport.sendMail({ envelope: { from: citizen.address, to: [to] }, raw })
  transport.close()
  return messageId
}

async function caseOf({ running }: Stage, messageId: string): Promise<Case | undefined> {
  const { store } = running.parts
  const submission = (await store.listSubmissions({ limit: 50 })).find((row) => row.headers?.messageId === messageId)
  return (submission?.caseId && (await store.case(submission.caseId))) || undefined
}

/** Waits for a letter of the case and opens it as Kai does; keeps the mail as a file for the audience. */
async function openLetter({ running, people, folder }: Stage, opened: Case, kind: LetterKind): Promise<OpenedAnswer> {
  const { store, keys } = running.parts
  const delivery = await waitFor(`the ${kind}`, async (): Promise<Delivery | undefined> => {
    const letter = (await store.lettersOfCase(opened.id)).find((one) => one.kind === kind)
    const deliveries = letter ? await store.deliveriesOfLetter(letter.id) : []
    return deliveries.find((one) => one.state === 'kept' || one.state === 'accepted')
  })
  if (delivery.channel !== 'openpgp-mail' || !delivery.rawSha256 || !people.kai.openpgp) {
    throw new Error(`the ${kind} went as ${delivery.channel}, not encrypted`)
  }
  const raw = await store.blobs.get(delivery.rawSha256)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${kind}.eml`), raw)
  return openAnswer(raw, people.kai.openpgp, keys.openpgp.publicKeyArmored)
}

async function sayVerdict({ running, say }: Stage, opened: Case): Promise<void> {
  const { store } = running.parts
  const documents = (await store.documentsOfCase(opened.id)).filter((one) => one.mediaType === 'application/pdf')
  for (const verification of await store.verificationsOf(documents.map((one) => one.id))) {
    const report = JSON.parse(Buffer.from(await store.blobs.get(verification.reportSha256)).toString('utf8'))
    say(`  ${verification.indication}: ${describeVerdict(report, 'da').headline}`)
  }
}

/** Mette signs in at the page and presses Godkend, as she would. */
async function approveOnPage({ running, people }: Stage, opened: Case): Promise<void> {
  const mette = people.staff.find((one) => one.role === 'caseworker')
  if (!mette) throw new Error('the demo has no caseworker')
  const browser = newVisitor(running.http)
  await browser.fillIn('/staff/sign-in', '/staff/sign-in', { username: mette.username, password: mette.password })
  await browser.fillIn(`/staff/cases/${opened.number}`, '/approve', { reason: '' })
}

/** Judges the approved copy that came with the answer against the CA of the municipality's seal alone. */
async function checkSeal({ running, folder }: Stage, answer: OpenedAnswer): Promise<boolean> {
  const copy = answer.attachments.find((one) => one.mediaType === 'application/pdf')
  const { seal, clock } = running.parts
  const ca = seal.chain().at(-1)
  if (!copy || !ca) throw new Error('the answer holds no approved copy')
  await writeFile(join(folder, 'attest-godkendt.pdf'), copy.bytes)
  const judge = (bytes: Uint8Array): string | undefined =>
    verifyDocument(bytes, {
      fileName: 'attest-godkendt.pdf',
      validationTime: clock(),
      trustAnchors: [ca],
      checkRevocation: 'if-present',
    }).indication
  const changed = Buffer.from(copy.bytes)
  changed.writeUInt8(changed.readUInt8(changed.length >> 2) ^ 1, changed.length >> 2)
  return judge(copy.bytes) === 'TOTAL-PASSED' && judge(changed) !== 'TOTAL-PASSED'
}

async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s; look at /staff/jobs for what stopped it`)
}

const clockTime = ({ running: { parts } }: Stage): string =>
  new Intl.DateTimeFormat('da-DK', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: parts.settings.municipality.timeZone,
  }).format(parts.clock())
