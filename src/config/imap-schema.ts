import { z } from 'zod'

/** A mailbox that mail is fetched from. */
export const imapSchema = z
  .strictObject({
    host: z.string().min(1).describe('The mail server.'),
    port: z.int().min(1).max(65535).default(993).describe('Its port.'),
    tls: z
      .enum(['implicit', 'starttls', 'off'])
      .default('implicit')
      .describe('TLS from the start (port 993), by STARTTLS (port 143), or none: only on this machine.'),
    caFile: z
      .string()
      .nullable()
      .default(null)
      .describe('PEM of the CA of its certificate, where no public one issued it.'),
    user: z.string().min(1).describe('Name to sign in with, as kommune@example.dk.'),
    passwordFile: z.string().nullable().default(null).describe('File that holds the password; or give oauth2.'),
    oauth2: z
      .strictObject({
        tokenUrl: z
          .url({ protocol: /^https$/ })
          .describe('As https://login.microsoftonline.com/TENANT/oauth2/v2.0/token.'),
        clientId: z.string().min(1).describe('The application.'),
        clientSecretFile: z.string().min(1).describe('File that holds its secret.'),
        scope: z.string().default('https://outlook.office365.com/.default').describe('What it asks for.'),
        allowedNetworks: z.array(z.string()).default([]).describe('Private networks in which tokenUrl may lie.'),
      })
      .nullable()
      .default(null)
      .describe('Sign in as an application (XOAUTH2, client credentials), as Microsoft 365 asks.'),
    folder: z.string().min(1).default('INBOX').describe('Where mail comes in.'),
    moveTo: z
      .string()
      .min(1)
      .default('Poststempel')
      .describe('Where mail goes once it is stored; made where it is not there.'),
    recipient: z
      .email()
      .nullable()
      .default(null)
      .describe("Address that the mailbox stands for; by default user, else the municipality's address."),
    pollSeconds: z.int().min(1).default(60).describe('How often is looked, beside being told by IDLE.'),
  })
  .refine(({ passwordFile, oauth2 }) => (passwordFile === null) !== (oauth2 === null), 'give passwordFile or oauth2')
  .refine(({ folder, moveTo }) => folder !== moveTo, 'folder and moveTo must differ')
