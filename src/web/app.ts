import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { WebDeps } from './deps.ts'
import { addressOf, readAssets } from './http/assets.ts'
import { webLimits } from './http/limits.ts'
import { securityHeaders } from './http/security-headers.ts'
import { ROUTES } from './routes.ts'
import { type Shared, serveRoute } from './serve-route.tsx'
import { keptForms } from './sign-in/kept-forms.ts'

/** Takes what the pages need; gives the Express app that answers every request. */
export function webApp(deps: WebDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('trust proxy', deps.settings.web.behindProxy ? 'loopback' : false)
  const assets = readAssets()
  const shared: Shared = {
    deps,
    limits: webLimits(deps.clock),
    keptForms: keptForms(deps.clock),
    stylesheet: addressOf(assets, '/assets/poststempel.css'),
    sendScript: addressOf(assets, '/assets/send.js'),
  }

  app.get('/assets/{*path}', (request, response, next) => {
    const asset = assets.get(request.path)
    if (!asset) return next()
    for (const [name, value] of Object.entries(securityHeaders(request.protocol === 'https'))) {
      response.setHeader(name, value)
    }
    response.setHeader('Cache-Control', `public, max-age=${request.originalUrl.includes('?v=') ? 31_536_000 : 86_400}`)
    response.setHeader('ETag', `"${asset.etag}"`)
    if (request.headers['if-none-match'] === `"${asset.etag}"`) return response.status(304).end()
    return response.type(asset.mediaType).end(asset.bytes)
  })
  for (const route of ROUTES) {
    const serve = (request: Request, response: Response) => serveRoute(shared, route, request, response)
    if (route.method === 'GET') app.get(route.path, serve)
    else app.post(route.path, serve)
  }
  app.use((request: Request, response: Response) => serveRoute(shared, null, request, response))
  // What Express itself refuses (a path that is no percent-encoding) is a page that does not exist.
  app.use((_fault: unknown, request: Request, response: Response, _next: NextFunction) =>
    serveRoute(shared, null, request, response),
  )
  return app
}
