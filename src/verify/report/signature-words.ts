import type { Words } from './words.ts'

/** What findings about a signature itself say to a citizen. */
export const SIGNATURE_WORDS: Readonly<Record<string, Words>> = {
  // the signature
  'cms-unreadable': { da: 'Underskriften kan ikke læses.', en: 'The signature cannot be read.' },
  'bytes-after-cms': {
    da: 'Der står ukendte data ved siden af underskriften.',
    en: 'There is unknown data beside the signature.',
  },
  'no-signer': { da: 'Underskriften har ingen underskriver.', en: 'The signature has no signer.' },
  'several-signers': {
    da: 'En underskrift rummer flere underskrivere, og det er ikke tilladt her.',
    en: 'One signature holds several signers, which is not allowed here.',
  },
  'content-not-detached': {
    da: 'Underskriften bærer sit eget indhold i stedet for at dække filen.',
    en: 'The signature carries content of its own instead of covering the file.',
  },
  'content-type-not-data': {
    da: 'Underskriften er lavet til noget andet end det, den står ved.',
    en: 'The signature was made for something else than what it stands beside.',
  },
  'content-missing': {
    da: 'Underskriften mangler det, den skulle dække.',
    en: 'The signature lacks what it should cover.',
  },
  'forbidden-attribute': {
    da: 'Underskriften rummer en oplysning, som ikke må stå der.',
    en: 'The signature holds a statement that must not stand there.',
  },
  'signing-time-in-cms': {
    da: 'Underskriften angiver sit tidspunkt et sted, hvor det ikke hører til.',
    en: 'The signature states its time in a place where it does not belong.',
  },
  'signed-data-not-found': {
    da: 'Det underskrevne indhold er ikke til stede.',
    en: 'The signed content is not at hand.',
  },
  'openpgp-signature-unreadable': {
    da: 'OpenPGP-underskriften kan ikke læses.',
    en: 'The OpenPGP signature cannot be read.',
  },
  'openpgp-signature-misused': {
    da: 'Underskriften gælder en nøgle og ikke et dokument.',
    en: 'The signature is about a key, not about a document.',
  },
  'openpgp-critical-unknown': {
    da: 'Underskriften stiller en betingelse, vi ikke kender.',
    en: 'The signature makes a condition that we do not know.',
  },
  'openpgp-key-unknown': {
    da: 'Vi kender ikke OpenPGP-nøglen bag.',
    en: 'We do not know the OpenPGP key behind it.',
  },
  'openpgp-key-revoked': {
    da: 'OpenPGP-nøglen er trukket tilbage af sin ejer.',
    en: 'The OpenPGP key was revoked by its owner.',
  },
  'openpgp-key-expired': {
    da: 'OpenPGP-nøglen er udløbet.',
    en: 'The OpenPGP key has expired.',
  },
  'openpgp-key-may-not-sign': {
    da: 'OpenPGP-nøglens ejer har ikke bestemt den til dette.',
    en: 'The owner of the OpenPGP key did not mean it for this.',
  },
  'openpgp-signature-before-key': {
    da: 'Underskriften angiver et tidspunkt, før nøglen blev lavet.',
    en: 'The signature states a time before its key was made.',
  },
  'openpgp-signature-expired': {
    da: 'Underskriften gjaldt kun i en tid, som er gået.',
    en: 'The signature was for a time only, which has passed.',
  },
  'message-digest-mismatch': {
    da: 'Filen er ændret, siden den blev underskrevet.',
    en: 'The file was changed since it was signed.',
  },
  'message-digest-missing': {
    da: 'Underskriften siger ikke, hvad den dækker.',
    en: 'The signature does not say what it covers.',
  },
  'content-type-mismatch': {
    da: 'Underskriften dækker en anden slags indhold.',
    en: 'The signature covers another kind of content.',
  },
  'signature-value-broken': {
    da: 'Underskriften passer ikke til underskriverens nøgle.',
    en: "The signature does not fit the signer's key.",
  },
  'signed-attributes-malformed': {
    da: 'Underskriftens oplysninger er forkert opbygget.',
    en: 'The statements in the signature are malformed.',
  },
  'signed-attributes-missing': {
    da: 'Underskriften mangler de oplysninger, den skal have.',
    en: 'The signature lacks statements that it must have.',
  },
  'content-is-signed-attributes': {
    da: 'Underskriften er taget fra noget andet og sat på denne fil.',
    en: 'The signature was taken from something else and put to this file.',
  },
  'signed-attributes-unsound': {
    da: 'Underskriftens oplysninger hænger ikke sammen.',
    en: 'The statements in the signature do not agree.',
  },
  'signature-not-judged': {
    da: 'Underskriften bruger en metode, som vi ikke kan kontrollere.',
    en: 'The signature uses a method that we cannot check.',
  },
  'signature-algorithm-unknown': {
    da: 'Underskriften bruger en ukendt metode.',
    en: 'The signature uses an unknown method.',
  },
  'digest-algorithm-unknown': {
    da: 'Underskriften bruger en ukendt metode til at beregne aftryk.',
    en: 'The signature uses an unknown way of making digests.',
  },
  'algorithms-disagree': {
    da: 'Underskriftens metoder passer ikke sammen.',
    en: 'The methods of the signature do not go together.',
  },
  'no-signing-certificate': { da: 'Underskriverens certifikat mangler.', en: "The signer's certificate is missing." },
  'signing-certificate-mismatch': {
    da: 'Underskriften nævner et andet certifikat end det, der er brugt.',
    en: 'The signature names another certificate than the one used.',
  },
  'signing-certificate-not-bound': {
    da: 'Underskriften siger ikke selv, hvilket certifikat den hører til.',
    en: 'The signature does not itself say which certificate it belongs to.',
  },
  'signing-certificate-digest-weak': {
    da: 'Underskriften nævner sit certifikat på en forældet måde.',
    en: 'The signature names its certificate in an outdated way.',
  },
  'signing-certificate-not-judged': {
    da: 'Vi kan ikke afgøre, hvilket certifikat underskriften hører til.',
    en: 'We cannot tell which certificate the signature belongs to.',
  },
  'algorithm-misnamed': {
    da: 'Underskriften angiver en metode, som ikke er nogen underskriftsmetode.',
    en: 'The signature names a method that is no method of signing.',
  },
  'signature-policy-not-available': {
    da: 'Underskriften følger egne regler, som vi ikke kender.',
    en: 'The signature follows rules of its own that we do not know.',
  },
  'seed-value-not-kept': {
    da: 'Underskriften er ikke lavet sådan, som formularen beder om.',
    en: 'The signature is not made in the way that the form asks for.',
  },
  'document-damaged': {
    da: 'Filen er beskadiget, så programmer kan vise den forskelligt.',
    en: 'The file is damaged, so that programs may show it differently.',
  },
  'offsets-counted-twice': {
    da: 'Filen kan læses fra to steder, og programmer kan vise den forskelligt.',
    en: 'The file can be read from two places, and programs may show it differently.',
  },
  'document-ambiguous': {
    da: 'Filen kan vise noget forskelligt i forskellige programmer.',
    en: 'The file may show different things in different programs.',
  },
  'change-unknown': {
    da: 'Der er føjet noget til siderne efter underskriften, og vi kan ikke afgøre, om det er harmløst.',
    en: 'Something was added to the pages after the signature, and we cannot tell whether it is harmless.',
  },
}
