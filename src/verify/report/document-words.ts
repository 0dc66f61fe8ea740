import type { Words } from './words.ts'

/** What findings about a file, about what a signature covers, and about later changes say to a citizen. */
export const DOCUMENT_WORDS: Readonly<Record<string, Words>> = {
  'encrypted-opened': {
    da: 'Mailen var krypteret, og vi har åbnet den.',
    en: 'The mail was encrypted, and we opened it.',
  },
  'parts-left-out': {
    da: 'Filen rummer flere filer, end vi har kontrolleret.',
    en: 'The file holds more files than were checked.',
  },
  // the file
  'unsupported-input': {
    da: 'Filen er af en slags, som ikke kan kontrolleres her.',
    en: 'Files of this kind cannot be checked here.',
  },
  'empty-file': {
    da: 'Filen er tom: den rummer slet ingen data.',
    en: 'The file is empty: it holds no data at all.',
  },
  encrypted: {
    da: 'Filen er krypteret og kan ikke åbnes uden adgangskode.',
    en: 'The file is encrypted and does not open without a password.',
  },
  'encrypted-to-recipients': {
    da: 'Filen er krypteret til bestemte modtagere, og kun de kan åbne den.',
    en: 'The file is encrypted to certain recipients, and only they can open it.',
  },
  'encryption-unknown': {
    da: 'Filen er krypteret på en måde, som vi ikke kender.',
    en: 'The file is encrypted in a way that we do not know.',
  },
  'wrong-password': { da: 'Adgangskoden åbner ikke filen.', en: 'The password does not open the file.' },
  'bytes-before-header': {
    da: 'Der står data foran selve PDF-filen.',
    en: 'There is data in front of the PDF itself.',
  },
  'cross-reference-rebuilt': {
    da: 'Filens indholdsfortegnelse er beskadiget.',
    en: "The file's internal index is damaged.",
  },
  'hybrid-cross-reference': {
    da: 'Ældre og nyere programmer kan vise filen forskelligt.',
    en: 'Old and new programs may show this file differently.',
  },
  'object-stream-open': {
    da: 'Hvad filen indeholder, kan læses på flere måder.',
    en: 'What the file holds can be read in several ways.',
  },
  'stream-length-wrong': {
    da: 'En del af filen er mærket med en forkert længde.',
    en: 'A part of the file states a wrong length.',
  },
  'unreadable-object': { da: 'En del af filen kan ikke læses.', en: 'A part of the file cannot be read.' },
  'evidence-unreadable': {
    da: 'Et certifikat eller en spærreoplysning kunne ikke læses.',
    en: 'A certificate or revocation record could not be read.',
  },

  // what the signature covers
  'byte-range-malformed': {
    da: 'Det fremgår ikke, hvad underskriften dækker.',
    en: 'What the signature covers is not stated properly.',
  },
  'byte-range-unsound': {
    da: 'Underskriften dækker ikke filen fra begyndelsen.',
    en: 'The signature does not cover the file from its start.',
  },
  'byte-range-gap': {
    da: 'Underskriften lader en del af filen stå udækket.',
    en: 'The signature leaves a part of the file uncovered.',
  },
  'byte-range-repeated': {
    da: 'Underskriften modsiger sig selv om, hvad den dækker.',
    en: 'The signature contradicts itself about what it covers.',
  },
  'contents-malformed': {
    da: 'Selve underskriften mangler eller er ødelagt.',
    en: 'The signature itself is missing or broken.',
  },
  'contents-padding': {
    da: 'Der står ukendte data ved siden af underskriften.',
    en: 'There is unknown data beside the signature.',
  },
  'signature-hidden': {
    da: 'Underskriften er skjult: almindelige programmer viser den ikke.',
    en: 'The signature is hidden: ordinary programs do not show it.',
  },
  'signature-damaged': {
    da: 'Filen er beskadiget: der er rester af en underskrift, som ikke kan læses.',
    en: 'The file is damaged: it holds what is left of a signature that cannot be read.',
  },
  'sub-filter-not-judged': {
    da: 'Underskriften er af en slags, som vi ikke kan kontrollere.',
    en: 'The signature is of a kind that we cannot check.',
  },
  'signature-format-not-judged': {
    da: 'Underskriften er af en slags, som vi endnu ikke kan kontrollere.',
    en: 'The signature is of a kind that we cannot check yet.',
  },
  'signature-covers-part': {
    da: 'Underskriften dækker kun en del af mailen.',
    en: 'The signature covers only a part of the mail.',
  },
  'signer-is-not-sender': {
    da: 'Underskriveren er ikke den, der står som afsender.',
    en: 'The signer is not the person named as sender.',
  },
  'sender-name-misleads': {
    da: 'Navnet ved afsenderens adresse er en anden mailadresse.',
    en: "The name beside the sender's address is another mail address.",
  },

  'signed-mail-malformed': {
    da: 'Den underskrevne mail er ikke opbygget, som den skal.',
    en: 'The signed mail is not made as it must be.',
  },
  'mail-ambiguous': {
    da: 'Mailen er opbygget, så programmer kan vise den forskelligt.',
    en: 'The mail is made so that programs may show it differently.',
  },
  'headers-not-signed': {
    da: 'Mailens emne og adresser er ikke dækket af underskriften.',
    en: 'The subject and addresses of the mail are not covered by the signature.',
  },

  // what was changed afterwards
  'changes-not-judged': {
    da: 'Der er føjet noget til filen efter underskriften, og vi kan ikke afgøre, om det er harmløst.',
    en: 'Something was added to the file after the signature, and we cannot tell whether it is harmless.',
  },
  'change-forbidden': {
    da: 'Filens indhold er ændret efter underskriften.',
    en: 'The content of the file was changed after the signature.',
  },
  'change-annotation': {
    da: 'Der er sat kommentarer på siderne efter underskriften.',
    en: 'Comments were put on the pages after the signature.',
  },
  'change-form-filled': {
    da: 'Der er udfyldt felter efter underskriften.',
    en: 'Form fields were filled in after the signature.',
  },
  'change-metadata': {
    da: 'Filen har fået en titel eller andre oplysninger om sig selv efter underskriften.',
    en: 'The file was given a title or other details about itself after the signature.',
  },
  'change-form-overwritten': {
    da: 'Felter, der var udfyldt ved underskriften, er ændret siden.',
    en: 'Form fields that were filled in when it was signed were changed since.',
  },
  'bytes-behind-end': {
    da: 'Der står noget bag ved filens slutning, som ingen har skrevet under på.',
    en: 'There is something behind the end of the file that nobody signed.',
  },
  'signature-replaced': {
    da: 'Underskriftens egne oplysninger er skiftet ud senere.',
    en: 'The details of the signature itself were replaced later.',
  },
  'coverage-partial': { da: 'Underskriften slutter midt i filen.', en: 'The signature ends in the midst of the file.' },
}
