import type { Words } from './words.ts'

/** Who reads: whoever sent the file, whoever decides on it, or whoever only checks one and has sent it to nobody. */
export type Reader = 'citizen' | 'caseworker' | 'visitor'

export type Advice =
  | 'send-again'
  | 'send-signed'
  | 'send-content'
  | 'send-without-password'
  | 'send-as-pdf'
  | 'find-right-file'
  | 'save-anew'
  | 'ask-trust'
  | 'check-fingerprint'
  | 'ask-evidence'
  | 'sign-anew'
  | 'seal-anew'
  | 'person-looks'

const words = (da: string, en: string): Words => ({ da, en })

/** Gives what to do, as it is said to a reader. */
export function adviceWords(advice: Advice, reader: Reader): Words {
  if (reader === 'visitor') return TO_VISITORS[advice] ?? ADVICE_WORDS[advice].citizen
  return ADVICE_WORDS[advice][reader]
}

/** What is said otherwise to who has sent the file to nobody: nobody looks at it, and there is nothing to send again. */
const TO_VISITORS: Readonly<Partial<Record<Advice, Words>>> = {
  'send-again': words(
    'Find den oprindelige fil, som du fik den, og kontrollér den, uden at åbne og gemme den i et andet program.',
    'Find the original file, as you got it, and check it without opening and saving it in another program.',
  ),
  'send-signed': words(
    'Skal den være underskrevet, så kontrollér den underskrevne fil.',
    'If it should be signed, check the signed file.',
  ),
  'send-content': words(
    'Filen hører til et andet dokument, og uden det kan den ikke kontrolleres her.',
    'The file belongs to another document, and cannot be checked here without it.',
  ),
  'send-without-password': words('Kontrollér filen uden adgangskode.', 'Check the file without a password.'),
  'send-as-pdf': words('Kontrollér filen som PDF.', 'Check the file as PDF.'),
  'find-right-file': words('Find den rigtige fil, og kontrollér den.', 'Find the right file, and check it.'),
  'save-anew': words('Gem filen på ny, og kontrollér den igen.', 'Save the file anew, and check it again.'),
  'person-looks': words(
    'Filen er ikke sendt til nogen. Er du i tvivl, så spørg den, du har den fra, eller kommunen.',
    'The file was sent to nobody. If you are in doubt, ask whoever gave it to you, or the municipality.',
  ),
}

/** What to do, as it is said to who sent the file and to who decides on it. */
const ADVICE_WORDS: Readonly<Record<Advice, Readonly<Record<Exclude<Reader, 'visitor'>, Words>>>> = {
  'send-again': {
    citizen: words(
      'Send den oprindelige fil igen, som du fik den, uden at åbne og gemme den i et andet program.',
      'Send the original file again, as you got it, without opening and saving it in another program.',
    ),
    caseworker: words(
      'Bed borgeren om at sende den oprindelige fil igen, uden at åbne og gemme den i et andet program.',
      'Ask the citizen to send the original file again, without opening and saving it in another program.',
    ),
  },
  'send-signed': {
    citizen: words(
      'Skal den være underskrevet, så send den underskrevne fil.',
      'If it should be signed, send the signed file.',
    ),
    caseworker: words(
      'Skal den være underskrevet, så bed borgeren om den underskrevne fil.',
      'If it should be signed, ask the citizen for the signed file.',
    ),
  },
  'send-content': {
    citizen: words(
      'Send også det dokument, som filen hører til.',
      'Send the document that this file belongs to as well.',
    ),
    caseworker: words(
      'Bed borgeren om også at sende det dokument, som filen hører til.',
      'Ask the citizen for the document that this file belongs to as well.',
    ),
  },
  'send-without-password': {
    citizen: words('Send filen uden adgangskode.', 'Send the file without a password.'),
    caseworker: words('Bed borgeren om filen uden adgangskode.', 'Ask the citizen for the file without a password.'),
  },
  'send-as-pdf': {
    citizen: words('Send filen som PDF.', 'Send the file as PDF.'),
    caseworker: words('Bed borgeren om filen som PDF.', 'Ask the citizen for the file as PDF.'),
  },
  'find-right-file': {
    citizen: words('Find den rigtige fil, og send den igen.', 'Find the right file, and send it again.'),
    caseworker: words('Bed borgeren om at finde den rigtige fil.', 'Ask the citizen to find the right file.'),
  },
  'save-anew': {
    citizen: words('Gem filen på ny, og send den igen.', 'Save the file anew, and send it again.'),
    caseworker: words(
      'Bed borgeren om at gemme filen på ny og sende den igen.',
      'Ask the citizen to save the file anew and send it again.',
    ),
  },
  'ask-trust': {
    citizen: words(
      'Kommunen kan undersøge udstederen og sætte den på listen. Filer, den har fået, bedømmes så igen; dem skal du ikke sende på ny.',
      'The municipality can look into the issuer and put it on the list. Files it has received are then judged again; you need not send those anew.',
    ),
    caseworker: words(
      'Bed administratoren om at undersøge udstederen og afgøre, om den skal på listen. Filen bedømmes så igen.',
      'Ask the administrator to look into the issuer and decide whether it goes on the list. The file is then judged again.',
    ),
  },
  'check-fingerprint': {
    citizen: words(
      'Det kan være udstederens nye nøgle, eller en anden, der bruger dens navn. Kommunen kan få nøglens fingeraftryk af udstederen selv og sætte den på listen. Filer, den har fået, bedømmes så igen; dem skal du ikke sende på ny.',
      "It may be the issuer's new key, or somebody else who uses its name. The municipality can get the key's fingerprint from the issuer itself and put it on the list. Files it has received are then judged again; you need not send those anew.",
    ),
    caseworker: words(
      'Det kan være udstederens nye nøgle, eller en anden, der bruger dens navn. Bed administratoren om at få fingeraftrykket af udstederen selv, aldrig fra filen, og sammenligne det, før den kommer på listen. Filen bedømmes så igen.',
      "It may be the issuer's new key, or somebody else who uses its name. Ask the administrator to get the fingerprint from the issuer itself, never from the file, and to compare it before it goes on the list. The file is then judged again.",
    ),
  },
  'ask-evidence': {
    citizen: words(
      'Bed den, du har filen fra, om en, der selv rummer svaret på, om certifikatet er spærret (kaldes ofte LTV).',
      'Ask whoever gave you the file for one that itself holds the answer to whether the certificate is revoked (often called LTV).',
    ),
    caseworker: words(
      'Bed borgeren om en fil, der selv rummer svaret på, om certifikatet er spærret (kaldes ofte LTV), eller spørg administratoren.',
      'Ask the citizen for a file that itself holds the answer to whether the certificate is revoked (often called LTV), or ask the administrator.',
    ),
  },
  'sign-anew': {
    citizen: words(
      'Bed underskriveren om at underskrive igen med et gyldigt certifikat.',
      'Ask the signer to sign again with a valid certificate.',
    ),
    caseworker: words(
      'Bed borgeren om et dokument, der er underskrevet igen med et gyldigt certifikat.',
      'Ask the citizen for a document that is signed again with a valid certificate.',
    ),
  },
  'seal-anew': {
    citizen: words(
      'Bed den, der forseglede filen, om en ny med et gyldigt segl.',
      'Ask whoever sealed the file for a new one with a valid seal.',
    ),
    caseworker: words(
      'Bed borgeren om en fil, der er forseglet igen med et gyldigt segl.',
      'Ask the citizen for a file that is sealed again with a valid seal.',
    ),
  },
  'person-looks': {
    citizen: words('En medarbejder ser på filen.', 'A person looks at the file.'),
    caseworker: words(
      'Se på filen og på kontrolrapporten, og spørg administratoren, hvis du er i tvivl.',
      'Look at the file and at its report, and ask the administrator where you are in doubt.',
    ),
  },
}
