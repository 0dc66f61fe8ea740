import type { Words } from './words.ts'

/** What findings about certificates, their path and the strength of methods say to a citizen. */
export const CERTIFICATE_WORDS: Readonly<Record<string, Words>> = {
  // the certificate and its path
  'no-path-to-anchor': {
    da: 'Certifikatet fører ikke til nogen udsteder på kommunens liste.',
    en: "The certificate leads to no issuer on the municipality's list.",
  },
  'certificate-signature-broken': {
    da: 'Et certifikat passer ikke til nøglen hos den udsteder, det nævner.',
    en: 'A certificate does not fit the key of the issuer that it names.',
  },
  'issuer-key-differs': {
    da: 'En udsteder har samme navn som en på kommunens liste, men en anden nøgle. Det kan være udstederens nye nøgle, eller en anden, der bruger navnet.',
    en: "An issuer has the name of one on the municipality's list, but another key. It may be the issuer's new key, or somebody else who uses the name.",
  },
  'certificate-signature-unsupported': {
    da: 'Et certifikat er udstedt med en metode, som vi ikke kan kontrollere.',
    en: 'A certificate was issued by a method that we cannot check.',
  },
  'certificate-revoked': { da: 'Certifikatet er spærret.', en: 'The certificate is revoked.' },
  'certificate-invalid-since': {
    da: 'Udstederen oplyser, fra hvornår certifikatet var ugyldigt; det kan være før, det blev spærret.',
    en: 'The issuer states since when the certificate was invalid; that may be before it was revoked.',
  },
  'certificate-on-hold': { da: 'Certifikatet er midlertidigt spærret.', en: 'The certificate is on hold.' },
  'certificate-expired': { da: 'Certifikatet er udløbet.', en: 'The certificate has expired.' },
  'certificate-not-yet-valid': { da: 'Certifikatet gælder ikke endnu.', en: 'The certificate is not valid yet.' },
  'revocation-unknown': {
    da: 'Vi ved ikke, om certifikatet er spærret.',
    en: 'We do not know whether the certificate is revoked.',
  },
  'revocation-data-too-weak': {
    da: 'Et svar om spærring er underskrevet med en metode, som er for svag til at stole på.',
    en: 'An answer about revocation is signed by a method that is too weak to rely on.',
  },
  'revocation-data-from-future': {
    da: 'Et svar om spærring er lavet senere end det tidspunkt, der bedømmes ved, og gælder ikke for det.',
    en: 'An answer about revocation was made later than the time of judging, and does not count for it.',
  },
  'revocation-data-stale': {
    da: 'Et svar om spærring er for gammelt til at gælde for det tidspunkt, der ses på.',
    en: 'An answer about revocation is too old to count for the time that is looked at.',
  },
  'revocation-data-broken': {
    da: 'Et svar om spærring passer ikke til nøglen hos den, der skulle have givet det, og gælder ikke.',
    en: 'An answer about revocation does not fit the key of whoever should have given it, and does not count.',
  },
  'revocation-data-unauthorised': {
    da: 'Et svar om spærring kommer ikke fra en, som vi ved må svare for udstederen, og gælder ikke.',
    en: 'An answer about revocation does not come from anybody of whom we know that they may answer for the issuer, and does not count.',
  },
  'revocation-data-of-other-issuer': {
    da: 'Et svar om spærring kommer fra en udsteder af samme navn med en anden nøgle og gælder ikke.',
    en: 'An answer about revocation comes from an issuer of the same name with another key, and does not count.',
  },
  'revocation-data-not-processed': {
    da: 'Et svar om spærring er ikke opbygget efter reglerne eller stiller krav, som vi ikke kender, og gælder ikke.',
    en: 'An answer about revocation is not made by the rules or makes demands that we do not know, and does not count.',
  },
  'revocation-data-after-expiry': {
    da: 'Et svar om spærring er lavet, efter at certifikatet udløb, og siger derfor ikke, om det var spærret.',
    en: 'An answer about revocation was made after the certificate had expired, and so does not say whether it was revoked.',
  },
  'certificate-short-term': {
    da: 'Certifikatet gælder så kort tid, at det ikke skal kunne spærres.',
    en: 'The certificate is valid for so short a time that it need not be revocable.',
  },
  'short-term-too-long': {
    da: 'Certifikatet siger, at det gælder for kort tid til at blive spærret, men det gælder længe.',
    en: 'The certificate says that it is valid too shortly to be revoked, but it is valid for long.',
  },
  'revocation-not-offered': {
    da: 'Certifikatet siger ikke, hvor det kan ses, om det er spærret.',
    en: 'The certificate does not say where it is told whether it is revoked.',
  },
  'revocation-not-on-web': {
    da: 'Certifikatet henviser til et katalog for at se, om det er spærret, og det katalog spørger vi ikke.',
    en: 'The certificate refers to a directory for whether it is revoked, and we do not ask that directory.',
  },
  'revocation-not-checked': {
    da: 'Om certifikatet er spærret, er ikke kontrolleret.',
    en: 'Whether the certificate is revoked was not checked.',
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
  'name-constraint-violated': {
    da: 'Udstederen må ikke udstede til dette navn.',
    en: 'The issuer may not issue to this name.',
  },
  'name-constraint-not-processed': {
    da: 'Udstederen må kun udstede til visse navne, og vi kan ikke afgøre, om dette er et af dem.',
    en: 'The issuer may issue to certain names only, and we cannot tell whether this is one of them.',
  },
  'anchor-not-trusted-then': {
    da: 'Kommunen stolede ikke på udstederen på det tidspunkt, der skal ses på.',
    en: 'The municipality did not rely on the issuer at the time that counts.',
  },
  'anchor-constraint-violated': {
    da: 'Kommunen stoler kun på udstederen for bestemte underskrivere, og denne er ikke en af dem.',
    en: 'The municipality relies on the issuer for certain signers only, and this is not one of them.',
  },
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
  'unknown-policy-qualifier': {
    da: 'Certifikatet stiller krav, som vi ikke kender.',
    en: 'The certificate makes demands that we do not know.',
  },
  'subject-alt-name-not-critical': {
    da: 'Certifikatet er ikke opbygget efter reglerne.',
    en: 'The certificate is not made by the rules.',
  },
  'dns-name-malformed': {
    da: 'Certifikatet nævner et netnavn, som ikke kan findes.',
    en: 'The certificate names a host that cannot exist.',
  },
  'ip-address-malformed': {
    da: 'Certifikatet nævner en netadresse, som ikke kan findes.',
    en: 'The certificate names a network address that cannot exist.',
  },
  'serial-number-too-long': {
    da: 'Certifikatets nummer er længere, end reglerne tillader.',
    en: 'The number of the certificate is longer than the rules allow.',
  },
  'no-revocation-for-ca': {
    da: 'Udstederens certifikat kan ikke spærres, og det skal det kunne.',
    en: 'The certificate of the issuer cannot be revoked, and must be.',
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
  'signature-scheme-too-weak': {
    da: 'Måden at underskrive på er for svag i dag.',
    en: 'The method of signing is too weak today.',
  },
  'key-not-in-policy': {
    da: 'Nøglen er af en slags, som ikke godtages.',
    en: 'The key is of a kind that is not accepted.',
  },
  'key-too-small': { da: 'Nøglen er for kort til at være sikker.', en: 'The key is too short to be safe.' },
}
