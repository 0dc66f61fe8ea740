import type { Settings } from '../../../src/model/settings.ts'

/** Settings of a small municipality for the pages' tests: loopback, port 0. */
export function webSettings(changes: Partial<Settings> = {}): Settings {
  return {
    dataDir: '/nonexistent',
    municipality: {
      name: 'Demokøbing Kommune',
      cvr: '12345678',
      timeZone: 'Europe/Copenhagen',
      language: 'da',
      mailAddress: 'post@demokobing.example',
      phone: '12 34 56 78',
    },
    smtp: {
      host: '127.0.0.1',
      port: 0,
      recipients: ['@demokobing.example'],
      maxMessageBytes: 1_000_000,
      tls: null,
      maxClients: 10,
    },
    web: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'https://post.demokobing.example',
      tls: null,
      behindProxy: false,
      maxUploadBytes: 1_000_000,
    },
    database: { engine: 'sqlite' },
    relay: null,
    folder: null,
    imap: [],
    malware: null,
    caseTypes: [
      {
        id: 'oil-tank',
        title: { da: 'Olietank', en: 'Oil tank' },
        mailLocalPart: 'olietank',
        answerWithinWorkingDays: 5,
        kle: '09.08.16',
      },
      {
        id: 'general',
        title: { da: 'Anden henvendelse', en: 'Something else' },
        mailLocalPart: null,
        answerWithinWorkingDays: 10,
        kle: '00.01.00',
      },
    ],
    closingDays: ['2026-12-24'],
    archiveDir: '/nonexistent/archive',
    limits: { childMemoryBytes: 512 * 1024 * 1024, childTimeoutMs: 20_000 },
    checkRevocation: 'if-present',
    timestamps: null,
    seal: { kind: 'own' },
    validationData: { fetch: 'off', allowedNetworks: [] },
    citizenKeys: { lookUp: 'off' },
    trust: { secondAdmin: false, anchors: [], notify: { mail: [], webhook: null } },
    algorithms: { digests: {}, schemes: {}, keys: {} },
    senderAuthentication: 'off',
    demo: false,
    ...changes,
  }
}
