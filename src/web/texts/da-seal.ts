/** What pages say in Danish of the municipality's seal. */
export const sealDa = {
  seal: {
    title: 'Segl',
    lead: 'Med seglet forsegler kommunen det, den godkender. Her står, hvilket det er, og hvad andre siger om det.',
    kinds: {
      own: 'En fil i gatewayens egen mappe, lavet af gatewayen selv',
      pkcs12: 'En PKCS #12-fil',
      pkcs11: 'Et token eller en HSM (PKCS #11)',
      csc: 'En signeringstjeneste (CSC)',
    },
    subject: 'Navn',
    where: 'Nøglen ligger i',
    fingerprint: 'Fingeraftryk (SHA-256)',
    algorithm: 'Nøgle',
    validity: 'Gælder',
    issuers: 'Udstedt under',
    noIssuers: 'Ingen kendt udsteder',
    since: 'I brug siden',
    from: 'fra',
    until: 'til',
    none: 'Seglet er ikke nået endnu',
    noneText: 'Gatewayen har ikke kunnet hente seglets certifikat. Godkendelser venter, og intet går tabt.',
    fault: 'Der kan ikke forsegles lige nu',
    faultText: 'Godkendelser venter, og intet går tabt. Når det er rettet, går det videre af sig selv eller fra Job.',
    faults: {
      'seal-unavailable': 'Tokenet eller signeringstjenesten svarer ikke.',
      'key-unusable':
        'Nøglen kan ikke bruges: forkert PIN, forkert certifikat, eller tjenesten afviser. Ret konfigurationen, og start gatewayen igen.',
      'missing-package': 'Programmet pkcs11-tool mangler (Debian: opensc).',
    },
    warnings: {
      expired: 'Certifikatet er udløbet. Der kan ikke forsegles med det.',
      'not-yet-valid': 'Certifikatet gælder ikke endnu.',
      'no-issuers': 'Udstederens certifikat er ikke med. Så kan andre ikke kontrollere seglet uden selv at finde det.',
      'not-for-signing': 'Certifikatet siger, at nøglen ikke er til at underskrive med.',
      'weak-key': 'Nøglen er kortere, end ETSI TS 119 312 anbefaler for de kommende år.',
    },
    incompleteChain: (issuer: string) =>
      `Kæden af udstedere ender, før den når et rodcertifikat: certifikatet for ${issuer} er ikke med. Er det et rodcertifikat, som programmer kender, gør det ikke noget; ellers kan andre ikke kontrollere seglet uden selv at finde det.`,
    expires: (days: number) => `Certifikatet udløber om ${days} ${days === 1 ? 'dag' : 'dage'}. Bestil et nyt nu.`,
    warning: 'Læg mærke til',
    readersTitle: 'Hvad borgerens program siger',
    readers: {
      nobody:
        'Seglets CA er kommunens egen. Den står hverken på EU’s eller Adobes liste. Acrobat og andre programmer viser, at filen ikke er ændret, men at de ikke kender den, der har forseglet den («gyldigheden er ukendt»).',
      qualified:
        'Certifikatet siger om sig selv, at det er kvalificeret efter eIDAS. Så skal dets CA stå på sit lands tillidsliste, som Acrobat læser, og seglet vises som gyldigt. Andre programmer kender det måske ikke.',
      unknown:
        'Certifikatet siger ikke, at det er kvalificeret efter eIDAS. Om dets CA står på Adobes liste (AATL), ved CA’en. Står den der ikke, viser programmer, at filen ikke er ændret, men at de ikke kender den, der har forseglet den («gyldigheden er ukendt»).',
    },
    listing: {
      'no-lists': 'Kommunen bruger ingen tillidslister. Så kan det ikke ses her, om CA’en står på et EU-lands liste.',
      'not-listed': 'CA’en står ikke på nogen af de tillidslister, som kommunen bruger.',
      listed: (country: string) => `CA’en står på tillidslisten fra ${country}.`,
      withdrawn: (country: string) =>
        `CA’en står på tillidslisten fra ${country}, men landet står ikke inde for den nu.`,
    },
    levels: {
      qualified: 'Seglet er et kvalificeret elektronisk segl.',
      'qualified-certificate': 'Seglet er et avanceret elektronisk segl med kvalificeret certifikat.',
      'not-qualified': 'Efter listen er seglet ikke kvalificeret.',
      undetermined: 'Om seglet er kvalificeret, kan ikke afgøres efter listen.',
    },
    readersCheck:
      'Derfor står der på hver forseglet kopi og i hvert brev, hvor enhver kan se, om kopien er ægte. Siden, der kontrollerer filer, kender kommunens segl, også de tidligere.',
    check: 'Kontrollér en forseglet fil',
    formerTitle: 'Tidligere segl',
    noFormer: 'Der er ingen tidligere segl.',
    test: 'Prøv seglet',
    testText: 'Underskriver noget værdiløst og kontrollerer det. Ingen sag ændres.',
    tested: (milliseconds: number) => `Seglet virker. Det tog ${milliseconds} ms.`,
  },
}
