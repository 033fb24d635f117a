/** The HTTP client: adds the token, refreshes it once when it has expired, and turns every refusal into an ApiError. */
import createClient from 'openapi-fetch'
import { auth, refresh } from './auth'
import { ApiError, toProblem, unreachable } from './problem'
import type { paths } from './schema'
import { through } from './viewAs'

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
}

async function authorized(asked: Request): Promise<Response> {
  const request = through(asked)
  const spare = request.clone()
  const token = await auth.token()
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  const response = await send(request)
  const signingIn = /\/api\/v1\/(auth\/(login|register)|setup)$/.test(new URL(request.url).pathname)
  if (response.status !== 401 || signingIn || !token) return response
  const fresh = await refresh()
  if (!fresh) return response
  spare.headers.set('Authorization', `Bearer ${fresh}`)
  return send(spare)
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? 'http://localhost',
  credentials: 'same-origin',
  headers: { 'X-Skald': '1' },
  fetch: authorized,
})

interface Result<D> {
  data?: D
  error?: unknown
  response: Response
}

/** Data, or an ApiError thrown. */
export async function data<D>(result: Promise<Result<D>>): Promise<D> {
  const { data, error, response } = await result
  if (!response.ok) throw new ApiError(toProblem(error, response.status))
  return data as D
}

export const ifMatch = (version: number): { 'If-Match': string } => ({ 'If-Match': `"${version}"` })
