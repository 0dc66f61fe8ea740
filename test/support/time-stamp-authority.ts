import type { TimeStampAuthority } from '../../src/model/preservation.ts'
import type { TrustAnchor } from '../../src/model/trust-anchor.ts'
import { createTimeStampAuthority } from '../../src/seal/index.ts'
import { judgeTimeStamp } from '../../src/trust/index.ts'
import { settings, silentLog } from '../casework/scene.ts'
import { memoryStore } from './memory-store.ts'
import { type TimeStampWorld, TSA_URL } from './time-stamp-world.ts'

/** The world's root as an admin's anchor, for time-stamps where nothing else is said. */
export function anchorOf({ root }: TimeStampWorld, purposes: TrustAnchor['purposes'] = ['timestamp']): TrustAnchor {
  const { certificate } = root
  return {
    sha256: certificate.sha256,
    der: certificate.bytes,
    subject: certificate.subject.display,
    purposes,
    source: 'file',
    note: '',
    addedAt: '2026-01-01T00:00:00.000Z',
    addedBy: 'admin',
    disabledAt: null,
    countsFrom: null,
    countsUntil: null,
    constraints: null,
    periods: null,
    listed: null,
  }
}

/** The client of the world's authority, with a list of anchors of its own. */
export async function authorityOf(
  world: TimeStampWorld,
  asked: {
    readonly policy?: string
    readonly purposes?: TrustAnchor['purposes']
    readonly anchors?: readonly TrustAnchor[]
  } = {},
): Promise<TimeStampAuthority> {
  const store = memoryStore({ clock: world.clock })
  const anchors = asked.anchors ?? [anchorOf(world, asked.purposes)]
  await store.commit(async (write) => {
    for (const anchor of anchors) await write.addAnchor(anchor)
  })
  const parts = { store, clock: world.clock, log: silentLog, fetcher: world.fetcher, settings }
  return createTimeStampAuthority({
    authority: { url: TSA_URL, user: null, password: null, hash: 'sha512', policy: asked.policy ?? null },
    fetcher: world.fetcher,
    clock: world.clock,
    judge: (token, digestOf, at) => judgeTimeStamp(token, digestOf, at, parts),
  })
}

/** The list that the root publishes now. */
export const publishedCrl = async ({ fetcher }: TimeStampWorld): Promise<Uint8Array> =>
  (await fetcher.fetch({ url: 'http://crl.example/root.crl' })).bytes
