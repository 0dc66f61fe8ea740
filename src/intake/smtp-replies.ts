/**
 * What our SMTP server says where a sender's own server will quote it in a bounce: Danish and English on one line.
 * ASCII, as every reply to a client that did not ask for SMTPUTF8. RFC 3463 codes are put in front by the server.
 */
export const SMTP_TEXTS = {
  foreignRecipient: 'Adressen findes ikke her / No such address here',
  tooLarge: 'Mailen er for stor / The message is too large',
  storageTrouble: 'Kan ikke gemmes lige nu, proev igen / Cannot be stored right now, try again',
  tooManyFromThere:
    'For mange forbindelser fra din adresse, proev igen / Too many connections from your address, try again',
  tooEarly: 'Vent paa hilsenen / Wait for the greeting',
  tooManyClients: 'For mange forbindelser, proev igen / Too many connections, try again',
  noRecipient: 'Angiv modtager foerst (RCPT TO) / Name a recipient first (RCPT TO)',
  stopping: 'Serveren genstarter, proev igen / The server is restarting, try again',
  accepted: 'Modtaget / Received',
} as const

/** An error that smtp-server answers with that code and text; nothing of what went wrong inside leaves the house. */
export class SmtpReply extends Error {
  readonly responseCode: number

  constructor(responseCode: number, text: string) {
    super(text)
    this.name = 'SmtpReply'
    this.responseCode = responseCode
  }
}

/** Takes a reply as smtp-server words it; gives our words and the name of the enhanced status code, where we have them. */
export function reword(code: number, text: unknown): { readonly text: string; readonly context: string } | null {
  if (code === 552) return { text: SMTP_TEXTS.tooLarge, context: 'MESSAGE_TOO_BIG' }
  if (code === 503 && text === 'Error: need RCPT command') {
    return { text: SMTP_TEXTS.noRecipient, context: '' }
  }
  if (code === 421 && text === 'Server shutting down') return { text: SMTP_TEXTS.stopping, context: '' }
  // smtp-server's own fault: its text says nothing, and the sender shall try again.
  if (code === 451) return { text: SMTP_TEXTS.storageTrouble, context: '' }
  return null
}
