export { createSystemResolver, type DnsResolver } from './resolver.ts'
