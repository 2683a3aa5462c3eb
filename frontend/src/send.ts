/** Requests of our own beside those of htmx: same token, same headers, same answers. */
import { announce } from './dom'
import { path, t } from './frame'

export class LoggedOut extends Error {}

/** The CSRF token of this page. */
export function csrfToken(): string {
  const headers = document.body.getAttribute('hx-headers:inherited') ?? '{}'
  return (JSON.parse(headers) as Record<string, string>)['X-CSRFToken'] ?? ''
}

/** Whether an answer is the log-in page that a lost session was sent to. */
export function isLogin(response: Response): boolean {
  return response.status === 401 || (response.redirected && new URL(response.url).pathname === path('login'))
}

/** The sentence that explains a failed answer, with the request id. */
export function explain(response: Response): string {
  const said = response.headers.get('X-Error')
  const general: Record<number, string> = { 403: 'forbidden', 404: 'notFound', 429: 'tooMany', 503: 'busy' }
  const text = said ? decodeURIComponent(said) : t(general[response.status] ?? (response.status >= 500 ? 'serverError' : 'refused'))
  const id = response.headers.get('X-Request-ID')
  return id && response.status >= 500 ? `${text}\n${t('requestId', { id })}` : text
}

/** Dispatch the events an answer names in HX-Trigger, as htmx does for its own. */
export function dispatchTriggers(response: Response): void {
  const header = response.headers.get('HX-Trigger')
  if (!header) return
  const events = header.startsWith('{') ? (JSON.parse(header) as Record<string, object>) : { [header]: {} }
  for (const [name, detail] of Object.entries(events)) announce(name, detail)
}

/**
 * Post a form and return the answer; GET when there is no body.
 * Throws LoggedOut when the session is over, and TypeError without a connection.
 */
export async function send(url: string, body?: FormData, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { 'HX-Request': 'true', 'X-CSRFToken': csrfToken(), Accept: 'text/html' },
    credentials: 'same-origin',
    ...(body && { body }),
    ...(signal && { signal }),
  })
  if (isLogin(response)) throw new LoggedOut()
  return response
}
