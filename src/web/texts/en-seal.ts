import type { sealDa } from './da-seal.ts'

/** What pages say in English of the municipality's seal. */
export const sealEn: typeof sealDa = {
  seal: {
    title: 'Seal',
    lead: 'With the seal the municipality seals what it approves. Here is which one it is, and what others say of it.',
    kinds: {
      own: 'A file in the gateway’s own folder, made by the gateway itself',
      pkcs12: 'A PKCS #12 file',
      pkcs11: 'A token or HSM (PKCS #11)',
      csc: 'A signing service (CSC)',
    },
    subject: 'Name',
    where: 'The key lies in',
    fingerprint: 'Fingerprint (SHA-256)',
    algorithm: 'Key',
    validity: 'Valid',
    issuers: 'Issued below',
    noIssuers: 'No known issuer',
    since: 'In use since',
    from: 'from',
    until: 'until',
    none: 'The seal was not reached yet',
    noneText: 'The gateway could not read the certificate of the seal. Approvals wait, and nothing is lost.',
    fault: 'Nothing can be sealed just now',
    faultText: 'Approvals wait, and nothing is lost. Once it is mended they go on by themselves, or from Jobs.',
    faults: {
      'seal-unavailable': 'The token or the signing service does not answer.',
      'key-unusable':
        'The key cannot be used: wrong PIN, wrong certificate, or the service refuses. Mend the configuration and start the gateway again.',
      'missing-package': 'The program pkcs11-tool is missing (Debian: opensc).',
    },
    warnings: {
      expired: 'The certificate has expired. Nothing can be sealed with it.',
      'not-yet-valid': 'The certificate is not valid yet.',
      'no-issuers':
        'The issuer’s certificate is not there. Others cannot check the seal without finding it themselves.',
      'not-for-signing': 'The certificate says that the key is not for signing.',
      'weak-key': 'The key is shorter than ETSI TS 119 312 recommends for the years to come.',
    },
    incompleteChain: (issuer: string) =>
      `The chain of issuers ends before it reaches a root: the certificate of ${issuer} is not there. Where that is a root that programs know, it is no matter; else others cannot check the seal without finding it themselves.`,
    expires: (days: number) => `The certificate ends in ${days} ${days === 1 ? 'day' : 'days'}. Order a new one now.`,
    warning: 'Please note',
    readersTitle: 'What the citizen’s program says',
    readers: {
      nobody:
        'The CA of the seal is the municipality’s own. It is neither on the EU’s nor on Adobe’s list. Acrobat and other programs show that the file was not changed, but that they do not know who sealed it (“validity is unknown”).',
      qualified:
        'The certificate says of itself that it is qualified under eIDAS. Its CA should then be on its country’s trusted list, which Acrobat reads, and the seal is shown as valid. Other programs may not know it.',
      unknown:
        'The certificate does not say that it is qualified under eIDAS. Whether its CA is on Adobe’s list (AATL), the CA knows. If it is not, programs show that the file was not changed, but that they do not know who sealed it (“validity is unknown”).',
    },
    listing: {
      'no-lists':
        'The municipality uses no trusted lists, so it cannot be seen here whether the CA is on the list of a country of the EU.',
      'not-listed': 'The CA is on none of the trusted lists that the municipality uses.',
      listed: (country: string) => `The CA is on the trusted list of ${country}.`,
      withdrawn: (country: string) => `The CA is on the trusted list of ${country}, which does not vouch for it now.`,
    },
    levels: {
      qualified: 'The seal is a qualified electronic seal.',
      'qualified-certificate': 'The seal is an advanced electronic seal with a qualified certificate.',
      'not-qualified': 'By the list the seal is not qualified.',
      undetermined: 'Whether the seal is qualified cannot be told by the list.',
    },
    readersCheck:
      'So each sealed copy and each letter says where anybody can see whether the copy is genuine. The page that checks files knows the municipality’s seals, former ones too.',
    check: 'Check a sealed file',
    formerTitle: 'Former seals',
    noFormer: 'There are no former seals.',
    test: 'Try the seal',
    testText: 'Signs something of no worth and checks it. No case changes.',
    tested: (milliseconds: number) => `The seal works. It took ${milliseconds} ms.`,
  },
}
