/**
 * The service worker: reads Today, the inbox and the tasks opened last without a connection.
 *
 * Network first. What is kept belongs to one person and is forgotten at log-out, at log-in, when somebody else's page
 * comes, and with every new version. Answers to POST are never kept, nor pages of accounts.
 */
import { isKeepable, kindOf, marked, mayChangePerson, personOf, type Kind } from './offline-rules'

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Waiting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker extends EventTarget {
  OPSLOOP: { version: string; shell: string[]; offline: string }
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  location: Location
}

const worker = self as unknown as Worker
const { version, shell, offline } = worker.OPSLOOP
const ASSETS = `opsloop-assets-${version}`
const PAGES = `opsloop-pages-${version}`
const OWNER = '/offline/owner'
const KEPT_AT = 'X-Kept-At'
/** With a kept copy at hand, nobody waits longer than this for the network, in milliseconds. */
const PATIENCE = 6000
/** The tasks opened last, Today and the inbox; the oldest make room. */
const MOST_PAGES = 40
const MOST_ASSETS = 120

/** Counts the times everything was forgotten: an answer that was on its way then is not kept any more. */
let forgotten = 0

async function install(): Promise<void> {
  const cache = await caches.open(ASSETS)
  // Without cookies, so that the page for what is not kept is nobody's.
  await cache.addAll([...shell, new Request(offline, { credentials: 'omit' })])
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter(name => name.startsWith('opsloop-') && name !== ASSETS && name !== PAGES).map(name => caches.delete(name)))
  await worker.clients.claim()
}

async function forget(): Promise<void> {
  forgotten += 1
  const names = await caches.keys()
  await Promise.all(names.filter(name => name.startsWith('opsloop-pages-')).map(name => caches.delete(name)))
}

async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(ASSETS)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) {
    await cache.put(request, response.clone())
    await trim(cache, MOST_ASSETS)
  }
  return response
}

const keyOf = (url: string, kind: Kind): string => `${url}?kept-as=${kind}`

async function page(event: Fetching, kind: Kind): Promise<Response> {
  const { request } = event
  const began = forgotten
  const answer = fetch(request)
  event.waitUntil(answer.then(response => keep(request.url, kind, response.clone(), began)).catch(() => undefined))
  const kept = await (await caches.open(PAGES)).match(keyOf(request.url, kind))
  try {
    return await (kept ? Promise.race([answer, late()]) : answer)
  } catch (error) {
    return (await copy(kept, kind)) ?? fallback(request, error)
  }
}

const late = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new TypeError('late')), PATIENCE))

async function copy(kept: Response | undefined, kind: Kind): Promise<Response | undefined> {
  if (!kept) return undefined
  const headers = new Headers(kept.headers)
  const html = marked(await kept.text(), kind, headers.get(KEPT_AT) ?? '')
  return new Response(html, { status: 200, headers })
}

async function keep(url: string, kind: Kind, response: Response, began: number): Promise<void> {
  if (response.redirected || response.status === 401) return forget()
  if (!isKeepable(response)) return
  const html = await response.text()
  const cache = await caches.open(PAGES)
  const owner = await (await cache.match(OWNER))?.text()
  const person = kind === 'page' ? personOf(html) : (owner ?? null)
  if (!person || began !== forgotten) return
  if (owner !== undefined && owner !== person) {
    await forget()
    return keep(url, kind, new Response(html, { headers: response.headers }), forgotten)
  }
  await store(cache, keyOf(url, kind), html, response.headers)
  await cache.put(OWNER, new Response(person))
  await trim(cache, MOST_PAGES)
  // It may have been forgotten while this was written.
  if (began !== forgotten) await caches.delete(PAGES)
}

async function store(cache: Cache, key: string, html: string, from: Headers): Promise<void> {
  const headers = new Headers({ 'Content-Type': from.get('Content-Type') ?? 'text/html', [KEPT_AT]: new Date().toISOString() })
  const policy = from.get('Content-Security-Policy')
  if (policy) headers.set('Content-Security-Policy', policy)
  await cache.delete(key) // so that it stands last in the order of keeping
  await cache.put(key, new Response(html, { headers }))
}

async function trim(cache: Cache, most: number): Promise<void> {
  const keys = await cache.keys()
  const old = keys.filter(key => new URL(key.url).pathname !== OWNER && !shell.includes(new URL(key.url).pathname) && new URL(key.url).pathname !== offline)
  await Promise.all(old.slice(0, Math.max(0, old.length - most)).map(key => cache.delete(key)))
}

async function fallback(request: Request, error: unknown): Promise<Response> {
  const instead = request.mode === 'navigate' ? await caches.match(offline, { cacheName: ASSETS }) : undefined
  if (instead) return instead
  throw error
}

function onFetch(event: Fetching): void {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== worker.location.origin) return
  if (mayChangePerson(request.method, url)) return event.waitUntil(forget())
  const kind = kindOf(request.method, url, request.headers)
  if (kind) return event.respondWith(page(event, kind))
  if (request.method === 'GET' && url.pathname.startsWith('/static/dist/assets/')) return event.respondWith(asset(request))
  if (request.mode === 'navigate' && request.method === 'GET') event.respondWith(fetch(request).catch(error => fallback(request, error)))
}

worker.addEventListener('install', event => (event as Waiting).waitUntil(install()))
worker.addEventListener('activate', event => (event as Waiting).waitUntil(activate()))
worker.addEventListener('fetch', event => onFetch(event as Fetching))
