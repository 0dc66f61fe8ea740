/** What pages say in Danish of the gateway itself: what waits for a person, and what was done to it. */
export const administrationDa = {
  stuck: {
    jobs: (count: number) => `${count} ${count === 1 ? 'opgave' : 'opgaver'} kræver en administrator`,
    letters: (count: number) => `${count} ${count === 1 ? 'brev er' : 'breve er'} ikke nået frem`,
    heading: 'Noget er gået i stå',
    jobsText:
      'Bag en opgave kan der ligge en henvendelse, som borgeren har kvittering for, og som endnu ikke er en sag.',
    lettersText:
      'Brevene hører til sager, der ikke er besvaret. Se, hvorfor de ikke kunne sendes, og nå borgeren på en anden måde.',
    toJobs: 'Se opgaverne',
    toLetters: 'Se udbakken',
  },
  adminHistory: {
    title: 'Hændelser',
    lead: 'Hvad der er gjort ved systemet selv: brugere, login, lukkedage og opgaver. Intet heraf kan ændres eller slettes på siderne.',
    when: 'Hvornår',
    who: 'Hvem',
    what: 'Hvad',
    details: 'Nærmere',
    empty: 'Der er ingen hændelser endnu.',
    unknownAccount: 'ukendt brugernavn',
  },
  adminEvents: {
    'account-invited': 'Bruger inviteret',
    'account-link-renewed': 'Nyt link til adgangskode',
    'account-password-set': 'Adgangskode valgt',
    'account-disabled': 'Bruger spærret',
    'account-enabled': 'Bruger åbnet igen',
    'signed-in': 'Logget ind',
    'sign-in-refused': 'Login afvist',
    'signed-out': 'Logget ud',
    'job-retried': 'Opgave kørt igen',
    'closing-day-added': 'Lukkedag tilføjet',
    'closing-day-removed': 'Lukkedag fjernet',
  },
}
