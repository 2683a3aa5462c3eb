/** What the service worker may keep, for whom, and how a kept page says that it is one. */

export type Kind = 'page' | 'drawer'

/** Reading these offline is promised: Today, the inbox, single tasks. */
const PAGES = [/^\/$/, /^\/inbox\/$/, /^\/tasks\/\d+\/$/]
/** Whoever posts here may be somebody else afterwards. */
const SWITCHING = [/^\/accounts\//, /^\/invitations\//, /^\/setup\//, /^\/sample\//]

/** Which form of a page a request asks for; null for what is never kept. */
export function kindOf(method: string, url: URL, headers: Headers): Kind | null {
  if (method !== 'GET' || url.search || !PAGES.some(page => page.test(url.pathname))) return null
  if (headers.get('HX-Request') !== 'true') return (headers.get('Accept') ?? '').includes('text/html') ? 'page' : null
  return decodeURIComponent(headers.get('HX-Target') ?? '').endsWith('#drawer-content') ? 'drawer' : null
}

/** Whether a request may end with another person, or nobody, being logged in. */
export const mayChangePerson = (method: string, url: URL): boolean => method !== 'GET' && SWITCHING.some(page => page.test(url.pathname))

/** Whether an answer is a page of its own address: no log-in it was led to, no error, no table. */
export function isKeepable(response: { status: number; redirected: boolean; type: string; headers: Headers }): boolean {
  return response.status === 200 && !response.redirected && response.type === 'basic' && (response.headers.get('Content-Type') ?? '').startsWith('text/html')
}

/** Whose page this is, by what it says about itself; null when it does not say. */
export function personOf(html: string): string | null {
  const data = /<script id="frame-data" type="application\/json">([^<]*)<\/script>/.exec(html)?.[1]
  const person = data && /"person": ?(\d+)/.exec(data)?.[1]
  return person || null
}

/** A kept page, marked with the time at which it was kept. */
export function marked(html: string, kind: Kind, keptAt: string): string {
  if (kind === 'drawer') return `<div data-offline-copy="${keptAt}"></div>${html}`
  return html.replace(/<html\b/, `<html data-offline-copy="${keptAt}"`)
}
