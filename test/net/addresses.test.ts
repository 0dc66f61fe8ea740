import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { isPublicAddress, parseNetworks } from '../../src/net/addresses.ts'

/** First and last address of each network that must be refused, and its neighbours where they are public. */
const REFUSED = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255', '169.254.169.254'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
  ['::', '::1', '0:0:0:0:0:0:0:1', '::8.8.8.8', '::ffff:ffff'],
  ['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.0.0.1', '0:0:0:0:0:ffff:a9fe:a9fe'],
  ['::ffff:0:8.8.8.8'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:0:0:0:0:7f00:1'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:808:808'],
  ['100::', '100::ffff:ffff:ffff:ffff'],
  ['2001::', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002:a00:1::', '2002:7f00:1::1', '2002:c0a8:101:0:1:2:3:4', '2002:a9fe:a9fe::'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['4000::', '1::1', 'e000::1'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::1%eth0', 'fe80::1%25eth0'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2a00:1450:400f:80c::200e%eth0'],
].flat()

const PUBLIC = [
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.0.3.0',
  '192.88.98.255',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '198.51.99.255',
  '203.0.114.0',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
  '2001:200::',
  '2001:4860:4860::8888',
  '2a00:1450:400f:80c::200e',
  '3ffe:ffff::',
]

const NOT_AN_ADDRESS = ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '8.8.8.8:80', '[::1]', '8.8.8.8/32', ' ']

const ipv4 = fc.ipV4()
const groupsOf = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

describe('public addresses', () => {
  it.each(REFUSED)('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(PUBLIC)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each(NOT_AN_ADDRESS)('what is no address is not public: "%s"', (text) => {
    expect(isPublicAddress(text)).toBe(false)
  })

  it('an IPv4 address and every IPv6 address that reaches it agree', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const open = isPublicAddress(address)
        const groups = groupsOf(address)
        expect(isPublicAddress(`::ffff:${address}`)).toBe(open)
        expect(isPublicAddress(`::ffff:${groups}`)).toBe(open)
        expect(isPublicAddress(`0:0:0:0:0:FFFF:${groups}`)).toBe(open)
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(open)
        expect(isPublicAddress(`2002:${groups}::1`)).toBe(open)
        expect(isPublicAddress(`::${address}`)).toBe(false)
      }),
    )
  })

  it('any text is answered, without an exception', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => typeof isPublicAddress(text) === 'boolean'))
  })
})

const codeOf = (networks: readonly string[]): string => {
  try {
    parseNetworks(networks)
    return 'taken'
  } catch (thrown) {
    return thrown instanceof GatewayError ? `${thrown.code}: ${thrown.message}` : String(thrown)
  }
}

describe('configured networks', () => {
  it('hold the addresses within, mapped ones and those with a zone too', () => {
    const isOurs = parseNetworks(['10.2.0.0/16', '::1', '192.168.1.7', 'fe80::/10'])
    expect(['10.2.0.0', '10.2.255.255', '::ffff:10.2.3.4', '::1', '192.168.1.7', 'fe80::1%eth0'].map(isOurs)).toEqual(
      Array(6).fill(true),
    )
    expect(['10.3.0.0', '::ffff:10.3.0.0', '::2', '192.168.1.8', 'localhost', ''].map(isOurs)).toEqual(
      Array(6).fill(false),
    )
  })

  it('are none where none are configured', () => {
    expect(parseNetworks([])('10.0.0.1')).toBe(false)
  })

  it('may be as wide as a family, and do not reach into the other one', () => {
    expect(parseNetworks(['0.0.0.0/0'])('10.0.0.1')).toBe(true)
    expect(parseNetworks(['0.0.0.0/0'])('fc00::1')).toBe(false)
    expect(parseNetworks(['::/0'])('fc00::1')).toBe(true)
    expect(parseNetworks(['::/0'])('10.0.0.1')).toBe(false)
    expect(parseNetworks(['::/0'])('::ffff:10.0.0.1')).toBe(false)
  })

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::1/129',
    '10.0.0.0/8 ',
    '10/8',
    'fe80::1%eth0',
    '1.2.3.4/0x8',
    '::ffff:10.0.0.0/104',
  ])('what is none is a fault of the configuration: "%s"', (network) => {
    expect(codeOf([network])).toContain('configuration')
  })

  it('are all named where several are wrong', () => {
    expect(codeOf(['10.0.0.0/8', 'her', 'der/8'])).toBe(
      'configuration: Not an IP address or network (such as 10.2.0.0/16): "her", "der/8"',
    )
  })
})
