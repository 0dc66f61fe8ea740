/** What pages say in Danish of the municipality's keys for mail. */
export const keysDa = {
  ownKeys: {
    title: 'Nøgler',
    lead: 'Kommunens nøgler til mail: med dem underskrives svar, og borgere skriver krypteret til kommunen. De private nøgler ligger i filer og vises aldrig.',
    kinds: { openpgp: 'OpenPGP', smime: 'S/MIME' },
    states: {
      requested: 'Venter på udstederen',
      active: 'I brug',
      former: 'Tidligere',
      revoked: 'Tilbagekaldt',
    },
    sources: {
      'self-made': 'Lavet af gatewayen',
      issued: 'Udstedt til gatewayens nøgle',
      imported: 'Hentet ind udefra',
    },
    id: 'Fingeraftryk',
    addresses: 'Adresser',
    algorithm: 'Slags',
    source: 'Kilde',
    made: 'Lavet',
    ends: 'Udløber',
    never: 'aldrig',
    backup: 'Sikkerhedskopi',
    noBackup: 'ingen',
    reason: 'Hvorfor',
    none: 'Kommunen har ingen nøgler endnu.',
    warnings: {
      expired: 'Den er udløbet: intet underskrives med den, og ingen kan kryptere til den.',
      'never-backed-up': 'Den er ikke i nogen sikkerhedskopi. Går den tabt, kan krypteret post aldrig åbnes igen.',
      'private-key-missing': 'Den private nøgle mangler. Hent den fra en sikkerhedskopi.',
    },
    expires: (days: number) => `Den udløber om ${days} ${days === 1 ? 'dag' : 'dage'}.`,
    warning: 'Læg mærke til',
    how: 'Nøgler laves, skiftes, hentes ind, forlænges, tilbagekaldes og sikkerhedskopieres på kommandolinjen, hvor adgangssætninger kan skrives uden at gå over nettet:',
    given: 'Det, borgerne får',
  },
}
