import type { Letter } from '../model/letter.ts'
import type { Settings } from '../model/settings.ts'
import type { Language } from '../model/time.ts'

type Municipality = Settings['municipality']

/**
 * What goes out unencrypted and unasked of a letter: that there is one, the case number, and the link. Nothing of
 * its text, its subject or its documents.
 * @param trackingLink null where the letter holds none: the text then sends the reader to the link of the receipt
 */
export function noticeText(
  language: Language,
  facts: { readonly caseNumber: string; readonly trackingLink: string | null },
): { readonly subject: string; readonly text: string } {
  const { caseNumber, trackingLink } = facts
  if (language === 'da') {
    const where = trackingLink
      ? `Læs det her:\n${trackingLink}`
      : 'Læs det på din sags side. Linket står i den kvittering, som du fik.'
    return {
      subject: `Sag ${caseNumber}: der er svar til dig`,
      text: `Hej\n\nDer er svar til dig i sag ${caseNumber}.\n\n${where}\n\nFor at se svaret og hente dokumenterne får du en engangskode tilsendt på denne mailadresse.\n`,
    }
  }
  const where = trackingLink
    ? `Read it here:\n${trackingLink}`
    : 'Read it on the page of your case. The link stands in the receipt that you were sent.'
  return {
    subject: `Case ${caseNumber}: there is an answer for you`,
    text: `Hello\n\nThere is an answer for you in case ${caseNumber}.\n\n${where}\n\nTo see the answer and fetch the documents you will be sent a one-time code to this mail address.\n`,
  }
}

/** Takes the municipality; gives the block that ends every mail, after the "-- " by which mail programs know it (RFC 3676 §4.3). */
export function signatureBlock(language: Language, municipality: Municipality): string {
  const phone = municipality.phone ? [`${language === 'da' ? 'Telefon' : 'Phone'} ${municipality.phone}`] : []
  return ['-- ', municipality.name, ...phone, municipality.mailAddress].join('\n')
}

/** Takes a letter; gives the tracking link in its text, or null. Never the genuineness link, which is for others. */
export function findTrackingLink(letter: Pick<Letter, 'bodyText'>, publicUrl: string): string | null {
  const prefix = `${publicUrl}/t/`
  const start = letter.bodyText.indexOf(prefix)
  if (start < 0) return null
  const token = /^[A-Za-z0-9_-]+/.exec(letter.bodyText.slice(start + prefix.length))?.[0]
  return token === undefined ? null : `${prefix}${token}`
}
