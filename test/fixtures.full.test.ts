import { describe, expect, it } from 'vitest'
import { normaliseMail } from '../src/intake/normalise-mail.ts'
import {
  files,
  judge,
  passesOtherwiseWithOctetChanged,
  passesWithOctetChanged,
  passing,
  read,
} from './fixtures-judge.ts'

describe('a fixture that is passed', () => {
  for (const expectation of passing) {
    it(`${expectation.file} is not any more, wherever an octet of what it signs is changed`, () => {
      expect(passesWithOctetChanged(expectation, 60)).toEqual([])
    })
    if (!expectation.file.endsWith('.pdf')) continue
    it(`${expectation.file} says the same of who signed what, or is not passed, wherever another octet is changed`, () => {
      expect(passesOtherwiseWithOctetChanged(expectation, 100)).toEqual([])
    })
  }
})

describe('the mail', () => {
  for (const expectation of files.filter(({ file }) => file.startsWith('mail/'))) {
    const { file, what, mail, parts } = expectation
    it(`${file} is read whole: ${what}`, async () => {
      const message = await normaliseMail(read(file), { openpgp: [], smime: [] })
      expect(message.headers.subject).toBe(mail?.subject)
      expect(message.headers.bodyText).toContain(mail?.bodyHolds)
      const attachments = message.parts.filter((part) => part.role === 'attachment')
      expect(attachments.map((part) => part.name)).toEqual(mail?.attachments)
      const verdicts = attachments
        .filter((part) => part.name.endsWith('.pdf'))
        .map((part) => ({ name: part.name, indication: judge(part.bytes, expectation).indication }))
      if (parts.length > 0) expect(verdicts).toEqual(parts)
      else expect(verdicts.filter(({ indication }) => indication === 'TOTAL-PASSED')).toEqual([])
    })
  }
})
