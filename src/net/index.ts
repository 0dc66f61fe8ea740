export { createSystemResolver, type DnsResolver, offlineResolver } from './resolver.ts'
