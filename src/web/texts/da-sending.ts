/** What the form for sending says while it is filled in and sent, in Danish. {…} is filled in by the page's script. */
export const sendingDa = {
  empty: 'tom fil',
  remove: 'Fjern',
  removeNamed: 'Fjern {name}',
  tooLarge: 'Filerne fylder {total} i alt. Vi kan tage imod {max} ad gangen. Fjern noget, og send resten bagefter.',
  sending: 'Sender dine dokumenter. Lad siden stå åben.',
  sendingAgain: 'Prøver igen.',
  percent: '{percent} % sendt',
  storing: 'Alt er sendt. Vi gemmer det nu.',
  stored: 'Vi har gemt det. Du kommer til din sag om et øjeblik.',
  broken: 'Forbindelsen blev afbrudt. Vi prøver igen om {seconds} sekunder. Du får ikke to sager af det.',
  gaveUp: 'Vi kan ikke komme igennem lige nu. Kontrollér din forbindelse, og prøv igen. Du får ikke to sager af det.',
  refused: 'Det blev ikke modtaget.',
  again: 'Prøv igen nu',
  cancel: 'Annullér',
}
