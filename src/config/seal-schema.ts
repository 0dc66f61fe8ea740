import { z } from 'zod'

const file = (what: string) => z.string().min(1).describe(what)

const pkcs12 = z.strictObject({
  kind: z.literal('pkcs12').describe('A PKCS #12 file.'),
  file: file('The file, with the key, its certificate and the issuers.'),
  passphraseFile: file('File that holds its passphrase.'),
})

const pkcs11 = z
  .strictObject({
    kind: z.literal('pkcs11').describe('A key on a token or HSM, by PKCS #11; needs pkcs11-tool (Debian: opensc).'),
    module: file("The token's library, as /usr/lib/softhsm/libsofthsm2.so."),
    token: file('Label of the token.'),
    keyLabel: z.string().min(1).nullable().default(null).describe('Label of the private key; or give keyId.'),
    keyId: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{2})+$/)
      .nullable()
      .default(null)
      .describe('Its id, in hex.'),
    pinFile: file('File that holds the PIN.'),
    certificateFile: z
      .string()
      .nullable()
      .default(null)
      .describe('PEM: the certificate, then its issuers; by default the certificate that lies on the token.'),
  })
  .refine(({ keyLabel, keyId }) => (keyLabel === null) !== (keyId === null), 'give either keyLabel or keyId')

const csc = z.strictObject({
  kind: z.literal('csc').describe('A remote signing service, by the API of the Cloud Signature Consortium.'),
  url: z.url({ protocol: /^https$/ }).describe('Base of its API, as https://host/csc/v1.'),
  version: z.enum(['v1', 'v2']).default('v1').describe('Version of the API: 1.0.4 or 2.'),
  tokenUrl: z
    .url({ protocol: /^https$/ })
    .nullable()
    .default(null)
    .describe('Where OAuth 2.0 tokens are given; by default oauth2/token below url.'),
  clientId: z.string().min(1).describe('Name to sign in with.'),
  clientSecretFile: file('File that holds the secret of that name.'),
  credentialId: z.string().min(1).describe('The credential: which key.'),
  pinFile: z.string().nullable().default(null).describe('File that holds the PIN, where the credential has one.'),
  allowedNetworks: z
    .array(z.string())
    .default([])
    .describe('Private networks (CIDR) that may be asked all the same, for a service of your own.'),
})

/** Where the key of the municipality's seal lies. */
export const sealSchema = z.discriminatedUnion('kind', [pkcs12, pkcs11, csc])
