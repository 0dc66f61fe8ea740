import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { parsePostgresUrl } from '../../src/store/postgres/address.ts'
import { fromPostgres } from '../../src/store/postgres/errors.ts'

describe('the URL of the database', () => {
  it('names the schema, keeps the options given, and always asks for flushed commits', () => {
    const { connectionString, options, schema } = parsePostgresUrl(
      'postgres://u:p@db.example.dk:5433/gateway?sslmode=require&search_path=post&options=-c%20work_mem%3D8MB',
    )
    expect(connectionString).toBe('postgres://u:p@db.example.dk:5433/gateway?sslmode=require')
    expect(schema).toBe('post')
    expect(options).toMatch(/^-c work_mem=8MB .*-c synchronous_commit=on .*-c search_path=post$/)
    expect(parsePostgresUrl('postgresql://db/x').schema).toBeNull()
  })

  it.each(['', 'mysql://db/x', 'postgres', 'postgres://db/x?search_path=a;drop', 'postgres://db/x?search_path=A'])(
    'is refused where it is %j',
    (text) => {
      expect(() => parsePostgresUrl(text)).toThrow(expect.objectContaining({ code: 'configuration' }))
    },
  )

  it('of any kind ends in an address or a configuration fault that does not repeat the password', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((it) => `postgres://u:s3cret@h/d?search_path=${it}`),
        ),
        (text) => {
          try {
            expect(parsePostgresUrl(text).options).toContain('synchronous_commit=on')
          } catch (fault) {
            expect(fault).toBeInstanceOf(GatewayError)
            expect(String(fault)).not.toContain('s3cret')
          }
        },
      ),
    )
  })
})

describe('a fault of PostgreSQL', () => {
  it.each([
    ['53100', 'storage-full', true],
    ['53300', 'storage-unavailable', true],
    ['40001', 'storage-unavailable', true],
    ['40P01', 'storage-unavailable', true],
    ['57P01', 'storage-unavailable', true],
    ['08006', 'storage-unavailable', true],
    ['23505', 'duplicate', false],
    ['28P01', 'configuration', false],
    ['42601', 'internal', false],
    ['ECONNREFUSED', 'storage-unavailable', true],
    ['', 'storage-unavailable', true],
  ])('%s is %s', (code, expected, retryable) => {
    const fault = fromPostgres(Object.assign(new Error('x'), { code, detail: 'Key (username)=(secret) exists' }))
    expect(fault).toMatchObject({ code: expected, retryable })
    expect(JSON.stringify({ ...fault, message: fault.message, cause: fault.cause })).not.toContain('secret')
  })
})
