/** Refusals and failures as one error class, and the sentence a person reads. */
import i18n from '@/i18n'
import type { FieldProblem, Problem } from './types'

/** What the server answered when it did not do what was asked. `status` 0 means that it could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.problem = problem
  }
  get status(): number {
    return this.problem.status
  }
  get code(): string {
    return this.problem.error_code
  }
  get retryable(): boolean {
    return this.problem.retryable ?? (this.status === 0 || this.status === 429 || this.status >= 500)
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'error_code' in value && 'status' in value
}

/** Reads whatever came back as a problem, also when a proxy answered in HTML. */
export function toProblem(body: unknown, status: number): Problem {
  if (isProblem(body)) return { ...body, errors: body.errors ?? [] }
  const gateway = status === 502 || status === 503 || status === 504
  return {
    type: 'about:blank',
    title: `HTTP ${status}`,
    status: gateway ? 0 : status,
    detail: '',
    error_code: gateway ? 'unreachable' : `http_${status}`,
    errors: [],
  }
}

export function unreachable(): ApiError {
  return new ApiError({ type: 'about:blank', title: '', status: 0, detail: '', error_code: 'unreachable', errors: [] })
}

/** The sentence to show: the server's own where it has one (it says what to do), ours otherwise. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) {
    const { error_code, detail, title } = error.problem
    const key = `problems.${error_code}`
    if (i18n.exists(key)) return i18n.t(key as 'problems.unreachable')
    return detail || title || i18n.t('problems.unknown')
  }
  return i18n.t('problems.unknown')
}

/** Field messages by field name, for forms. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  return Object.fromEntries(error.problem.errors.map((e: FieldProblem) => [e.field, e.message]))
}

export function statusOf(error: unknown): number | null {
  return error instanceof ApiError ? error.status : null
}
