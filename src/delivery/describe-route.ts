import type { DeliveryState } from '../model/letter.ts'
import type { Language } from '../model/time.ts'

type Words = Readonly<Record<Language, string>>

/** Every code that can stand in Delivery.routeReason, in one sentence each. */
const REASONS: Readonly<Record<string, Words>> = {
  'key-from-sender': {
    da: 'Krypteret til den nøgle, der fulgte med henvendelsen.',
    en: 'Encrypted to the key that came with the submission.',
  },
  'key-from-directory': {
    da: 'Krypteret til en nøgle fra modtagerens eget domæne.',
    en: 'Encrypted to a key from the recipient’s own domain.',
  },
  'key-uploaded': {
    da: 'Krypteret til en nøgle, som modtageren har givet os.',
    en: 'Encrypted to a key that the recipient gave us.',
  },
  'nothing-chosen': {
    da: 'Modtageren har ikke valgt noget: mailen har kun sagsnummer og link, dokumenterne hentes på siden.',
    en: 'The recipient chose nothing: the mail has only the case number and the link, documents are fetched on the page.',
  },
  'key-unusable': {
    da: 'Modtagerens nøgle kan ikke bruges: mailen har kun sagsnummer og link, dokumenterne hentes på siden.',
    en: 'The recipient’s key cannot be used: the mail has only the case number and the link, documents are fetched on the page.',
  },
  'chosen-plain': { da: 'Modtageren har valgt almindelig mail.', en: 'The recipient chose plain mail.' },
  'chosen-pickup': {
    da: 'Modtageren har valgt at hente svaret på siden.',
    en: 'The recipient chose to fetch the answer on the page.',
  },
  'receipt-without-documents': {
    da: 'Kvitteringen har ingen dokumenter med og sendes som almindelig mail.',
    en: 'The receipt carries no documents and goes as plain mail.',
  },
  'code-to-address': {
    da: 'Engangskoden sendes til sagens adresse.',
    en: 'The one-time code goes to the address of the case.',
  },
  'key-to-be-proven': {
    da: 'Koden sendes krypteret til den nøgle, som borgeren har indleveret.',
    en: 'The code goes encrypted to the key that the citizen handed in.',
  },
  'wrote-encrypted-no-key': {
    da: 'Modtageren skrev krypteret, men vi har ingen nøgle, der kan bruges: der sendes ingen mail.',
    en: 'The recipient wrote encrypted, but we have no usable key: no mail is sent.',
  },
  'chosen-openpgp-no-key': {
    da: 'Modtageren har valgt krypteret mail, men vi har ingen nøgle, der kan bruges: der sendes ingen mail.',
    en: 'The recipient chose encrypted mail, but we have no usable key: no mail is sent.',
  },
  'answered-often': {
    da: 'Adressen har fået mange kvitteringer i dag: denne ligger på siden, og der sendes ingen mail.',
    en: 'The address got many receipts today: this one lies on the page, and no mail is sent.',
  },
  'mail-refused': {
    da: 'Mailen blev afvist af modtagerens mailserver.',
    en: 'The mail was refused by the recipient’s mail server.',
  },
  'mail-refused-with-documents': {
    da: 'Mailen med dokumenter blev afvist: denne mail har kun sagsnummer og link, dokumenterne hentes på siden.',
    en: 'The mail with documents was refused: this mail has only the case number and the link, documents are fetched on the page.',
  },
  'encryption-impossible': { da: 'Mailen kunne ikke krypteres.', en: 'The mail could not be encrypted.' },
  'no-key': { da: 'Modtagerens nøgle er der ikke længere.', en: 'The recipient’s key is there no longer.' },
  unreadable: { da: 'Modtagerens nøgle kan ikke læses.', en: 'The recipient’s key cannot be read.' },
  'private-key': {
    da: 'Der fulgte en privat nøgle med; den bruges ikke.',
    en: 'A private key came along; it is not used.',
  },
  'several-keys': { da: 'Der fulgte flere nøgler med i én.', en: 'Several keys came in one.' },
  revoked: { da: 'Modtagerens nøgle er tilbagekaldt.', en: 'The recipient’s key is revoked.' },
  expired: { da: 'Modtagerens nøgle er udløbet.', en: 'The recipient’s key has expired.' },
  'not-yet-valid': { da: 'Modtagerens nøgle gælder endnu ikke.', en: 'The recipient’s key is not valid yet.' },
  weak: { da: 'Modtagerens nøgle er for svag.', en: 'The recipient’s key is too weak.' },
  'no-encryption-subkey': {
    da: 'Modtagerens nøgle kan ikke bruges til kryptering.',
    en: 'The recipient’s key is not meant for encryption.',
  },
  'no-address': { da: 'Vi har ingen mailadresse.', en: 'We have no mail address.' },
  'bad-address': { da: 'Mailadressen kan der ikke sendes til.', en: 'The mail address cannot be sent to.' },
  'may-not-answer': { da: 'Der svares ikke automatisk på denne mail.', en: 'This mail is not answered automatically.' },
  'null-sender': {
    da: 'Mailen var en automatisk meddelelse uden afsender.',
    en: 'The mail was an automatic notice without a sender.',
  },
  'no-from': { da: 'Mailen havde ingen afsender.', en: 'The mail had no sender.' },
  'several-from': { da: 'Mailen havde flere afsendere.', en: 'The mail had several senders.' },
  'own-address': { da: 'Mailen kom fra vores egen adresse.', en: 'The mail came from our own address.' },
  'no-reply-address': { da: 'Afsenderens adresse læses ikke af nogen.', en: 'Nobody reads the sender’s address.' },
  'auto-submitted': { da: 'Mailen var sendt af et program.', en: 'The mail was sent by a program.' },
  'precedence-bulk': { da: 'Mailen var en masseudsendelse.', en: 'The mail was sent in bulk.' },
  'mailing-list': { da: 'Mailen kom fra en mailliste.', en: 'The mail came from a mailing list.' },
  'auto-response-suppress': {
    da: 'Afsenderen bad om intet automatisk svar.',
    en: 'The sender asked for no automatic answer.',
  },
  'reply-to-differs': {
    da: 'Svaradressen er en anden end afsenderens.',
    en: 'The address for answers is not the sender’s.',
  },
  'return-path-differs': {
    da: 'Returadressen er en anden end afsenderens, så der sendes ingen mail af sig selv.',
    en: 'The return path is not the sender’s, so no mail is sent by itself.',
  },
}

const STATES: Readonly<Record<DeliveryState, Words>> = {
  planned: { da: 'planlagt', en: 'planned' },
  'handing-over': { da: 'afleveres nu', en: 'being handed over' },
  accepted: { da: 'modtaget af næste mailserver', en: 'taken by the next mail server' },
  kept: { da: 'ligger i udbakken', en: 'kept in the outbox' },
  available: { da: 'kan hentes på siden', en: 'can be fetched on the page' },
  refused: { da: 'afvist af næste mailserver', en: 'refused by the next mail server' },
  waiting: { da: 'venter på nyt forsøg', en: 'waiting for another try' },
  unsendable: { da: 'kan ikke sendes; en medarbejder skal se på det', en: 'cannot be sent; a person must look at it' },
}

/** Takes a Delivery's routeReason; gives it in words, or as it stands where it is not one of ours. */
export function describeRoute(reason: string, language: Language): string {
  return REASONS[reason]?.[language] ?? reason
}

/** Takes a Delivery's state; gives it in words. */
export function describeDeliveryState(state: DeliveryState, language: Language): string {
  return STATES[state][language]
}

/** All codes that describeRoute has words for. */
export const ROUTE_REASONS: readonly string[] = Object.keys(REASONS)
