import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinCases } from '../../src/casework/index.ts'
import { nameSeenDocuments } from '../../src/model/seen-documents.ts'
import { openApiDocument } from '../../src/web/http/open-api.ts'
import { makeApiToken, revokeApiToken } from '../../src/web/index.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { writePdf } from '../support/make-signed-pdf.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
let token = ''
const ACTOR = { kind: 'system', id: null, name: 'test' } as const
const clock = (): Date => new Date()

beforeAll(async () => {
  gateway = await startRunningGateway()
  token = (await makeApiToken(gateway.store, { name: 'Selvbetjening', days: 30, actor: ACTOR }, clock)).token
})
afterAll(() => gateway.stop())

interface Sent {
  readonly key?: string | null
  readonly by?: string | null
  readonly message?: string
  readonly file?: Uint8Array
}

async function send({ key = 'k', by = token, message = 'Se filen', file = writePdf() }: Sent = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries({
    name: 'Kai',
    email: 'kai@example.org',
    message,
    caseType: 'oil-tank',
  })) {
    form.set(name, value)
  }
  form.append('files', new File([new Uint8Array(file)], 'attest.pdf', { type: 'application/pdf' }))
  const answer = await fetch(`${gateway.running.http}/api/v1/submissions`, {
    method: 'POST',
    headers: {
      ...(by === null ? {} : { authorization: `Bearer ${by}` }),
      ...(key === null ? {} : { 'idempotency-key': key }),
    },
    body: form,
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}

const ask = async (id: string, by = token) => {
  const answer = await fetch(`${gateway.running.http}/api/v1/submissions/${id}`, {
    headers: { authorization: `Bearer ${by}` },
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

describe('what another system hands in', () => {
  it('is a case with its file judged and its receipt, and can be asked for', async () => {
    const { status, headers, body } = await send({ key: 'first' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      state: 'cased',
      duplicate: false,
      case: { caseType: 'oil-tank', indication: 'NO-SIGNATURE' },
    })
    expect(headers.get('location')).toBe(`/api/v1/submissions/${body['id']}`)
    expect((await fetch(String(body['tracking']))).status).toBe(200)
    const asked = await ask(String(body['id']))
    expect(asked).toMatchObject({ status: 200, body: { id: body['id'], case: body['case'] } })
    const [row] = (await gateway.store.listSubmissions()).filter(({ id }) => id === body['id'])
    expect(row).toMatchObject({ channel: 'api' })
    const [receipt] = await gateway.store.lettersOfCase(row?.caseId ?? '')
    expect(receipt?.kind).toBe('receipt')
  })

  it('tells of the case that it opened, and nothing of another that staff joined that with', async () => {
    const [mine, other] = [await send({ key: 'joined' }), await send({ key: 'into', message: 'En anden' })]
    const numberOf = ({ body }: typeof mine): string => (body['case'] as { number: string }).number
    const row = await gateway.store.caseByNumber(numberOf(mine))
    const seen = nameSeenDocuments(await gateway.store.documentsOfCase(row?.id ?? ''))
    const actor = { kind: 'caseworker', id: 'mette', name: 'Mette' } as const
    await joinCases({ caseId: row?.id ?? '', into: numberOf(other), seen, actor }, { store: gateway.store, clock })
    const { body } = await ask(String(mine.body['id']))
    expect(body['case']).toMatchObject({ number: numberOf(mine), state: 'joined', decision: null })
    expect(JSON.stringify([body, (await send({ key: 'joined' })).body])).not.toContain(numberOf(other))
  })

  it('under the same key is the same, with the same link; at once, and after', async () => {
    const once = await Promise.all([send({ key: 'same' }), send({ key: 'same' }), send({ key: 'same' })])
    const again = await send({ key: '"same"' })
    expect(new Set([...once, again].map(({ body }) => body['id'])).size).toBe(1)
    expect(new Set([...once, again].map(({ body }) => body['tracking'])).size).toBe(1)
    expect(again.body['duplicate']).toBe(true)
    expect(once.filter(({ body }) => body['duplicate'] === false)).toHaveLength(1)
  })

  it('under a key that was used for something else is refused, and stored nowhere', async () => {
    await send({ key: 'reused' })
    const before = (await gateway.store.listSubmissions({ limit: 1000 })).length
    const other = await send({ key: 'reused', message: 'Noget andet' })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
    expect((await gateway.store.listSubmissions({ limit: 1000 })).length).toBe(before)
  })

  it('by another token under the same key is another, and each sees its own alone', async () => {
    const other = (await makeApiToken(gateway.store, { name: 'ESDH', days: 1, actor: ACTOR }, clock)).token
    const [mine, theirs] = [await send({ key: 'shared' }), await send({ key: 'shared', by: other })]
    expect(mine.body['id']).not.toBe(theirs.body['id'])
    expect((await ask(String(mine.body['id']), other)).status).toBe(404)
    expect((await ask(String(theirs.body['id']), other)).status).toBe(200)
  })

  it.each<[string, Sent, number, string]>([
    ['without a token', { by: null }, 401, 'unauthenticated'],
    ['by a token that never was', { by: 'pst_AAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 401, 'unauthenticated'],
    ['without a key', { key: null }, 400, 'invalid-request'],
    ['under a key that is too long', { key: 'x'.repeat(129) }, 400, 'invalid-request'],
  ])('%s is refused as a problem with a code', async (_, sent, status, code) => {
    const answer = await send(sent)
    expect(answer).toMatchObject({ status, body: { status, code, type: `urn:poststempel:problem:${code}` } })
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('is refused once its token was taken back, or has ended', async () => {
    const made = await makeApiToken(gateway.store, { name: 'kort', days: 1, actor: ACTOR }, clock)
    const ended = await makeApiToken(
      gateway.store,
      { name: 'gammel', days: 1, actor: ACTOR },
      () => new Date(Date.now() - 2 * 86_400_000),
    )
    await revokeApiToken(gateway.store, { id: made.id, actor: ACTOR }, clock)
    for (const { token: by } of [made, ended]) expect((await send({ key: 'late', by })).status).toBe(401)
    await expect(revokeApiToken(gateway.store, { id: made.id, actor: ACTOR }, clock)).rejects.toMatchObject({
      code: 'not-found',
    })
    expect((await gateway.store.apiTokens()).map(({ name, lastUsedAt }) => [name, lastUsedAt !== null])).toEqual(
      expect.arrayContaining([
        ['Selvbetjening', true],
        ['kort', false],
        ['gammel', false],
      ]),
    )
    const stored = JSON.stringify(await gateway.store.apiTokens())
    expect(stored).not.toContain(made.token)
  })

  it('too large is refused before it is read', async () => {
    const file = Buffer.alloc(gateway.settings.web.maxUploadBytes + 1)
    expect(await send({ key: 'large', file })).toMatchObject({ status: 413, body: { code: 'too-large' } })
  })
})

describe('the description of the API', () => {
  it('holds every route of it, and no other', async () => {
    const served = ROUTES.filter(({ path }) => path.startsWith('/api/')).map(
      ({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`,
    )
    const answer = await fetch(`${gateway.running.http}/api/v1/openapi.json`)
    const { paths } = (await answer.json()) as ReturnType<typeof openApiDocument> & {
      paths: Record<string, Record<string, unknown>>
    }
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((one) => `${one} ${path}`),
    )
    expect(described.sort()).toEqual(served.sort())
  })

  it('names nothing that it does not define', () => {
    const document = JSON.stringify(openApiDocument('https://post.example', 1))
    const schemas = Object.keys((JSON.parse(document) as { components: { schemas: object } }).components.schemas)
    const named = [...document.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name)
    expect(named.filter((name) => !schemas.includes(name ?? ''))).toEqual([])
  })
})
