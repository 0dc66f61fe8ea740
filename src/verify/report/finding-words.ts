/** A sentence in both languages of the pages. */
export interface Words {
  readonly da: string
  readonly en: string
}

/** What each finding says to a citizen. Every code that verify/ gives stands here; a test holds it. */
export const FINDING_WORDS: Readonly<Record<string, Words>> = {
  // the file
  'unsupported-input': {
    da: 'Filen er af en slags, som ikke kan kontrolleres her.',
    en: 'Files of this kind cannot be checked here.',
  },
  encrypted: {
    da: 'Filen er krypteret og kan ikke åbnes uden adgangskode.',
    en: 'The file is encrypted and does not open without a password.',
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
  'stream-length-wrong': {
    da: 'En del af filen er mærket med en forkert længde.',
    en: 'A part of the file states a wrong length.',
  },
  'unreadable-object': { da: 'En del af filen kan ikke læses.', en: 'A part of the file cannot be read.' },
  'evidence-unreadable': {
    da: 'Et certifikat eller en spærreoplysning kunne ikke læses.',
    en: 'A certificate or revocation record could not be read.',
  },
  'usage-rights-signature': {
    da: 'Filen er mærket af softwareproducenten. Det er ingen underskrift.',
    en: 'The file is marked by a software maker. That is no signature of a person.',
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
  'changes-permitted': {
    da: 'Efter underskriften er der kun tilføjet det, som er tilladt.',
    en: 'Only what is permitted was added after the signature.',
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
  'signature-replaced': {
    da: 'Underskriftens egne oplysninger er skiftet ud senere.',
    en: 'The details of the signature itself were replaced later.',
  },
  'coverage-partial': { da: 'Underskriften slutter midt i filen.', en: 'The signature ends in the midst of the file.' },

  // the signature
  'cms-unreadable': { da: 'Underskriften kan ikke læses.', en: 'The signature cannot be read.' },
  'no-signer': { da: 'Underskriften har ingen underskriver.', en: 'The signature has no signer.' },
  'several-signers': {
    da: 'En underskrift rummer flere underskrivere, og det er ikke tilladt her.',
    en: 'One signature holds several signers, which is not allowed here.',
  },
  'content-not-detached': {
    da: 'Underskriften bærer sit eget indhold i stedet for at dække filen.',
    en: 'The signature carries content of its own instead of covering the file.',
  },
  'content-missing': {
    da: 'Underskriften mangler det, den skulle dække.',
    en: 'The signature lacks what it should cover.',
  },
  'forbidden-attribute': {
    da: 'Underskriften rummer en oplysning, som ikke må stå der.',
    en: 'The signature holds a statement that must not stand there.',
  },
  'signed-data-not-found': {
    da: 'Det underskrevne indhold er ikke til stede.',
    en: 'The signed content is not at hand.',
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
  'signing-certificate-not-judged': {
    da: 'Vi kan ikke afgøre, hvilket certifikat underskriften hører til.',
    en: 'We cannot tell which certificate the signature belongs to.',
  },
  'signature-timestamp-not-judged': {
    da: 'Underskriftens tidsstempel er ikke kontrolleret.',
    en: "The signature's time-stamp was not checked.",
  },
  'timestamp-not-judged': {
    da: 'Filens tidsstempel er ikke kontrolleret.',
    en: "The file's time-stamp was not checked.",
  },

  'algorithm-misnamed': {
    da: 'Underskriften angiver en metode, som ikke er nogen underskriftsmetode.',
    en: 'The signature names a method that is no method of signing.',
  },
  'signature-policy-not-available': {
    da: 'Underskriften følger egne regler, som vi ikke kender.',
    en: 'The signature follows rules of its own that we do not know.',
  },
  'document-damaged': {
    da: 'Filen er beskadiget, så programmer kan vise den forskelligt.',
    en: 'The file is damaged, so that programs may show it differently.',
  },
  'document-ambiguous': {
    da: 'Filen viser noget forskelligt i ældre og nyere programmer.',
    en: 'The file shows different things in old and new programs.',
  },
  'change-unknown': {
    da: 'Der er føjet noget til siderne efter underskriften, og vi kan ikke afgøre, om det er harmløst.',
    en: 'Something was added to the pages after the signature, and we cannot tell whether it is harmless.',
  },

  // the certificate and its path
  'no-path-to-anchor': {
    da: 'Certifikatet fører ikke til nogen udsteder på kommunens liste.',
    en: "The certificate leads to no issuer on the municipality's list.",
  },
  'certificate-signature-broken': {
    da: 'Et certifikat er ikke udstedt af den, det siger.',
    en: 'A certificate was not issued by whom it says.',
  },
  'certificate-signature-unsupported': {
    da: 'Et certifikat er udstedt med en metode, som vi ikke kan kontrollere.',
    en: 'A certificate was issued by a method that we cannot check.',
  },
  'certificate-revoked': { da: 'Certifikatet er spærret.', en: 'The certificate is revoked.' },
  'certificate-on-hold': { da: 'Certifikatet er midlertidigt spærret.', en: 'The certificate is on hold.' },
  'certificate-expired': { da: 'Certifikatet er udløbet.', en: 'The certificate has expired.' },
  'certificate-not-yet-valid': { da: 'Certifikatet gælder ikke endnu.', en: 'The certificate is not valid yet.' },
  'revocation-unknown': {
    da: 'Vi ved ikke, om certifikatet er spærret.',
    en: 'We do not know whether the certificate is revoked.',
  },
  'path-budget-exhausted': {
    da: 'Der er for mange mulige veje til en udsteder.',
    en: 'There are too many possible ways to an issuer.',
  },
  'path-length-exceeded': {
    da: 'Der står flere udstedere efter hinanden, end der er tilladt.',
    en: 'There are more issuers in a row than is allowed.',
  },
  'issuer-is-no-ca': {
    da: 'Udstederen har ikke lov til at udstede certifikater.',
    en: 'The issuer may not issue certificates.',
  },
  'issuer-may-not-sign-certificates': {
    da: 'Udstederens nøgle må ikke bruges til at udstede certifikater.',
    en: "The issuer's key may not be used to issue certificates.",
  },
  'issuer-extended-key-usage': {
    da: 'Udstederen må ikke udstede certifikater til dette formål.',
    en: 'The issuer may not issue certificates for this purpose.',
  },
  'key-usage': {
    da: 'Certifikatet må ikke bruges til at underskrive med.',
    en: 'The certificate may not be used for signing.',
  },
  'key-usage-contradicts': {
    da: 'Certifikatet modsiger sig selv om, hvad det må bruges til.',
    en: 'The certificate contradicts itself about its use.',
  },
  'key-usage-empty': { da: 'Certifikatet må ikke bruges til noget.', en: 'The certificate may be used for nothing.' },
  'extended-key-usage': {
    da: 'Certifikatet må ikke bruges til dette formål.',
    en: 'The certificate may not be used for this purpose.',
  },
  'timestamping-not-alone': {
    da: 'Tidsstemplets certifikat må bruges til andet end tidsstempler.',
    en: "The time-stamp's certificate may be used for other things too.",
  },
  'name-chaining': {
    da: 'Navnene i certifikaterne passer ikke sammen.',
    en: 'The names in the certificates do not go together.',
  },
  'name-constraints-in-end-entity': {
    da: 'Certifikatet indeholder noget, som kun udstedere må have.',
    en: 'The certificate holds what only issuers may have.',
  },
  'name-not-permitted': {
    da: 'Udstederen må ikke udstede til dette navn.',
    en: 'The issuer may not issue to this name.',
  },
  'name-excluded': { da: 'Udstederen må ikke udstede til dette navn.', en: 'The issuer may not issue to this name.' },
  'no-valid-policy': {
    da: 'Certifikatet er ikke udstedt efter de krævede regler.',
    en: 'The certificate was not issued by the rules asked for.',
  },
  'any-policy-mapped': {
    da: 'Certifikatets regler er forkert angivet.',
    en: "The certificate's rules are stated wrongly.",
  },
  'unknown-critical-extension': {
    da: 'Certifikatet stiller krav, som vi ikke kender.',
    en: 'The certificate makes demands that we do not know.',
  },
  'extension-must-not-be-critical': {
    da: 'Certifikatet er ikke opbygget efter reglerne.',
    en: 'The certificate is not made by the rules.',
  },
  'malformed-extension': {
    da: 'Certifikatet er ikke opbygget efter reglerne.',
    en: 'The certificate is not made by the rules.',
  },
  'subject-empty': {
    da: 'Certifikatet siger ikke, hvem det tilhører.',
    en: 'The certificate does not say whose it is.',
  },

  // the strength of the methods
  'algorithm-not-in-policy': { da: 'En af metoderne godtages ikke.', en: 'One of the methods is not accepted.' },
  'digest-not-in-policy': {
    da: 'Metoden til at beregne aftryk godtages ikke.',
    en: 'The way of making digests is not accepted.',
  },
  'digest-too-weak': {
    da: 'Metoden til at beregne aftryk er for svag i dag.',
    en: 'The way of making digests is too weak today.',
  },
  'key-not-in-policy': {
    da: 'Nøglen er af en slags, som ikke godtages.',
    en: 'The key is of a kind that is not accepted.',
  },
  'key-too-small': { da: 'Nøglen er for kort til at være sikker.', en: 'The key is too short to be safe.' },
}

/** Takes a finding's code; gives its sentence in both languages, null where it is none of ours. */
export const wordsOf = (code: string): Words | null => FINDING_WORDS[code] ?? null
