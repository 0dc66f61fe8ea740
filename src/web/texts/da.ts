import { administrationDa } from './da-administration.ts'
import { apiTokensDa } from './da-api-tokens.ts'
import { citizenDa } from './da-citizen.ts'
import { deliveryDa } from './da-delivery.ts'
import { guardDa } from './da-guard.ts'
import { historyDa } from './da-history.ts'
import { keysDa } from './da-keys.ts'
import { listsDa } from './da-lists.ts'
import { preservationDa } from './da-preservation.ts'
import { sealDa } from './da-seal.ts'
import { sendingDa } from './da-sending.ts'
import { staffDa } from './da-staff.ts'

/** All that pages say in Danish. English has the same keys: the compiler and a test hold it. */
export const da = {
  ...staffDa,
  ...deliveryDa,
  ...administrationDa,
  ...citizenDa,
  ...guardDa,
  ...historyDa,
  ...keysDa,
  ...listsDa,
  ...preservationDa,
  ...sealDa,
  yes: 'ja',
  lists: { pages: 'Flere sider', previous: 'Forrige', next: 'Næste' },
  frame: {
    skip: 'Gå til sidens indhold',
    solution: 'Digital indsendelse',
    staffSolution: 'Sagsbehandling',
    navigation: 'Sider',
    otherLanguage: 'English',
    signOut: 'Log ud',
    phone: 'Telefon',
  },
  nav: {
    front: 'Forside',
    send: 'Send til kommunen',
    verify: 'Kontrollér en fil',
    key: 'Kommunens nøgle',
    staff: 'For medarbejdere',
    queue: 'Kø',
    all: 'Alle sager',
    outbox: 'Udbakke',
    archive: 'Arkiv',
    jobs: 'Fejlede opgaver',
    roots: 'Rodcertifikater',
    closingDays: 'Lukkedage',
    accounts: 'Brugere',
    history: 'Hændelser',
  },
  demo: {
    label: 'Demonstration',
    nothingLeaves: 'Intet forlader denne maskine. Mails bliver liggende i udbakken, og kommunen findes ikke.',
    hints: 'Login og links til at prøve med',
    signIn: 'log ind med',
    tracking: 'følg sagen',
    typeAddress: 'Bed om en engangskode til',
    codeStands: 'koden ligger i udbakken',
  },
  front: {
    title: 'Send underskrevne dokumenter til kommunen',
    lead: 'Vi kontrollerer underskriften med det samme, kvitterer straks og viser dig hele vejen, hvor din sag er.',
    send: 'Send dokumenter',
    errands: 'Hvad drejer det sig om?',
    answerWithin: (days: number) =>
      `Svar senest ${days} ${days === 1 ? 'arbejdsdag' : 'arbejdsdage'} efter modtagelsen.`,
    byPage: 'Send her på siden',
    byMail: 'eller med mail til',
    whatHappens: 'Sådan går det til',
    steps: [
      { title: 'Du sender.', text: 'Her på siden eller med mail. Dine filer bliver gemt, præcis som du sendte dem.' },
      { title: 'Vi kvitterer.', text: 'Du får et link, hvor du kan følge sagen som en pakke.' },
      {
        title: 'Vi kontrollerer.',
        text: 'Er dokumentet underskrevet, ser vi efter, hvem der underskrev, og om noget er ændret siden.',
      },
      {
        title: 'En sagsbehandler afgør.',
        text: 'Du får et svar, som er stemplet og forseglet, så alle kan se, at det er ægte.',
      },
    ],
    safeTitle: 'Vil du skrive krypteret?',
    safeText: 'Skriver du krypteret til os, svarer vi altid krypteret. Du skal bruge',
    safeLink: 'kommunens nøgle',
  },
  send: {
    title: 'Send til kommunen',
    lead: 'Vedhæft dine dokumenter. Du får en kvittering og et link, så snart vi har gemt dem.',
    caseType: 'Sagstype',
    subject: 'Hvad drejer det sig om? (kan udelades)',
    subjectHint: 'Kort, for eksempel en adresse. Det bliver sagens titel. Skriv ikke CPR-nummer her.',
    name: 'Dit navn',
    email: 'Din e-mailadresse',
    emailHint: 'Hertil sender vi kvitteringen, og hertil får du en engangskode, når du vil se dine dokumenter.',
    message: 'Besked (kan udelades)',
    messageHint: 'Skriv ikke CPR-nummer her.',
    files: 'Dokumenter',
    filesHint: (max: string) => `Helst PDF. Du kan vælge flere. Højst ${max} i alt.`,
    note: 'Når du sender, gemmer vi beskeden og filerne uændret i sagen.',
    submit: 'Send',
  },
  apiTokens: apiTokensDa,
  sending: sendingDa,
  key: {
    title: 'Kommunens nøgle',
    lead: 'Med denne OpenPGP-nøgle kan du skrive krypteret til os og kontrollere vores underskrift.',
    fingerprint: 'Fingeraftryk',
    address: 'Hører til',
    download: 'Hent nøglen (key.asc)',
    howTitle: 'Sådan bruger du den',
    how: [
      'Hent filen, og indlæs den i dit mailprogram, for eksempel Thunderbird.',
      'Sammenlign fingeraftrykket med det, der står her på siden.',
      'Vedhæft din egen offentlige nøgle, når du skriver. Så svarer vi krypteret.',
    ],
    show: 'Vis nøglen som tekst',
    none: 'Kommunen har endnu ingen nøgle.',
  },
  verify: {
    title: 'Kontrollér en fil',
    lead: 'Vælg en fil, og se, om den er underskrevet eller forseglet, af hvem, og om den er ændret siden. Vi gemmer den ikke.',
    asks: 'Om et certifikat er spærret, spørger vi dets udsteder om. Udstederen får at vide, hvilket certifikat det gælder, men får ikke filen.',
    asksNobody:
      'Vi spørger ingen andre. Om et certifikat er spærret, ved vi derfor kun, hvis filen selv rummer svaret.',
    file: 'Fil',
    fileHint: 'Højst 25 MB.',
    submit: 'Kontrollér',
    technical: 'Hele rapporten (JSON)',
  },
  reports: {
    fileName: 'kontrolrapport',
    formats: { pdf: 'PDF', xml: 'ETSI-XML', json: 'JSON' },
    download: (format: string) => `Hent kontrolrapport (${format})`,
    named: (name: string, format: string) => `Hent kontrolrapport (${format}) for ${name}`,
  },
  genuine: {
    title: 'Er dokumentet ægte?',
    approved: (municipality: string) => `${municipality} har godkendt denne sag`,
    compare: 'Sammenlign sagsnummer og dato med det, der står i stemplet på dokumentet.',
    caseNumber: 'Sagsnummer',
    decidedAt: 'Godkendt',
    copy: 'Den stemplede kopis SHA-256',
    original: 'Originalens SHA-256',
    checkFile: 'Har du filen, kan du kontrollere kommunens segl her:',
    notApproved: 'Kommunen kender linket, men sagen er ikke godkendt.',
  },
  indication: {
    'TOTAL-PASSED': 'I orden',
    INDETERMINATE: 'Kan ikke afgøres',
    'TOTAL-FAILED': 'Ikke i orden',
    'NO-SIGNATURE': 'Ikke underskrevet',
    ERROR: 'Kan ikke læses',
  },
  signatureIndication: { 'TOTAL-PASSED': 'Underskrift i orden', 'TOTAL-FAILED': 'Underskrift ikke i orden' },
  sealIndication: { 'TOTAL-PASSED': 'Segl i orden', 'TOTAL-FAILED': 'Segl ikke i orden' },
  documentRoles: {
    message: 'Det, du sendte, som det kom',
    attachment: 'Original',
    body: 'Beskedens tekst',
    opened: 'Åbnet mail',
    rendition: 'Arkivudgave',
    approved: 'Godkendt kopi med stempel og segl',
    letter: 'Brev fra kommunen',
  },
  letterKinds: {
    receipt: 'Kvittering',
    decision: 'Afgørelse',
    'one-time-code': 'Engangskode',
    'key-code': 'Kode til en nøgle',
    notice: 'Besked',
  },
  deliveryStates: {
    planned: 'Planlagt',
    'handing-over': 'Er ved at blive afleveret',
    accepted: 'Afleveret',
    kept: 'Ligger i udbakken',
    available: 'Kan hentes på siden',
    refused: 'Afvist',
    waiting: 'Venter på nyt forsøg',
    unsendable: 'Kan ikke sendes',
  },
  problems: {
    code: 'Kode',
    toFront: 'Til forsiden',
    newForm: 'Åbn formularen igen',
    byStatus: {
      internal: {
        title: 'Noget gik galt hos os',
        text: 'Fejlen er ikke din. Den er noteret, og du kan prøve igen om lidt.',
      },
      unusable: { title: 'Det kan vi ikke bruge', text: 'Filen eller oplysningerne kan ikke læses. Intet er ændret.' },
    },
    byCode: {
      'not-found': {
        title: 'Siden findes ikke',
        text: 'Linket er forkert, udløbet eller spærret. Kontrollér, at hele linket kom med.',
      },
      gone: {
        title: 'Linket gælder ikke længere',
        text: 'Formularen eller invitationen er brugt eller udløbet. Der er ikke modtaget noget.',
      },
      'idempotency-key-reused': {
        title: 'Nøglen er brugt',
        text: 'Denne Idempotency-Key er brugt til et andet indhold. Brug en ny til det, der er nyt.',
      },
      'too-large': {
        title: 'Det er for stort',
        text: 'Filerne er større, end vi kan tage imod. Der er ikke gemt noget. Send færre ad gangen, eller gør dem mindre.',
      },
      'storage-unavailable': {
        title: 'Vi kan ikke tage imod lige nu',
        text: 'Der er ikke modtaget noget. Prøv igen om et par minutter; din formular er stadig åben, når du går tilbage.',
      },
      'storage-full': {
        title: 'Vi kan ikke tage imod lige nu',
        text: 'Der er ikke modtaget noget. Prøv igen senere, eller ring til kommunen.',
      },
      'rate-limited': {
        title: 'For mange forsøg',
        text: 'Vent lidt, og prøv så igen. Andre kan stadig bruge siden.',
      },
      busy: {
        title: 'Der er mange lige nu',
        text: 'Filen er ikke modtaget. Prøv igen om et øjeblik.',
      },
      forbidden: {
        title: 'Det har du ikke adgang til',
        text: 'Din rolle tillader det ikke, eller formularen kom fra en anden side. Åbn siden igen, og prøv derfra.',
      },
      unauthenticated: { title: 'Du er ikke logget ind', text: 'Log ind, og prøv igen. Der er ikke ændret noget.' },
      'wrong-state': {
        title: 'Det kan ikke lade sig gøre nu',
        text: 'Nogen har gjort det i mellemtiden, eller det hører til et andet trin. Se, hvordan det står nu.',
      },
      'invalid-request': {
        title: 'Der mangler noget',
        text: 'Ikke alt er udfyldt, som det skal. Gå tilbage, og se felterne igennem.',
      },
      'private-key-refused': {
        title: 'Filen indeholder en privat nøgle',
        text: 'Filen er ikke gemt. En privat nøgle må aldrig sendes; er det din, så betragt den som kendt af andre.',
      },
      'not-a-ca': {
        title: 'Det er ikke en udsteder',
        text: 'Et certifikat, som ikke må udstede andre, står ikke inde for nogen. Tag certifikatet fra den CA, som har udstedt det.',
      },
      'managed-by-configuration': {
        title: 'Det står i konfigurationen',
        text: 'Certifikatet er taget i brug med gatewayens konfigurationsfil og bliver ændret dér, ikke på siden.',
      },
      'managed-by-list': {
        title: 'Det kommer med en tillidsliste',
        text: 'Certifikatet følger en tillidsliste og ville komme igen med den. Tag det ud af brug, eller tag listen ud af brug.',
      },
      'list-refused': {
        title: 'Listen blev ikke taget i brug',
        text: 'Den er ikke en tillidsliste, eller underskriften holder ikke.',
      },
      'wrong-fingerprint': {
        title: 'Fingeraftrykket passer ikke',
        text: 'Det, du skrev, er ikke certifikatets fulde SHA-256-fingeraftryk på 64 tegn. Kommunen stoler ikke på det. Spørg udstederen igen, og skriv det, den oplyser.',
      },
      'malformed-der': {
        title: 'Filen er ikke et certifikat',
        text: 'Vælg X.509-certifikater i PEM, DER eller PKCS #7, eller en ZIP med dem.',
      },
      'too-many-parts': {
        title: 'Der er for meget i den',
        text: 'Filen har flere dele, end vi tager imod. Del den op.',
      },
      duplicate: { title: 'Det er her allerede', text: 'Der er ikke ændret noget.' },
      'fetch-refused': {
        title: 'Det henter vi ikke',
        text: 'Adressen hører til et lukket net, viser videre til et forkert sted, eller svaret er for stort. Der er ikke hentet noget.',
      },
      'fetch-failed': {
        title: 'En anden server svarede ikke',
        text: 'Det, der skulle hentes, kom ikke, eller det kunne ikke bruges. Prøv igen om lidt.',
      },
      'child-timeout': {
        title: 'Filen tog for lang tid',
        text: 'Kontrollen blev afbrudt, fordi filen krævede mere, end en fil må. Den er ikke bedømt.',
      },
      'child-memory': {
        title: 'Filen krævede for meget',
        text: 'Kontrollen blev afbrudt, fordi filen krævede mere, end en fil må. Den er ikke bedømt.',
      },
    },
  },
}

export type Texts = typeof da
