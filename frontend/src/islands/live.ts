/** Live refresh: what others change shows by itself. Hidden tabs hold no connection. */
import { announce, all } from '../dom'
import { newestEvent, path, personKey } from '../frame'
import { isTyping } from '../keys'
import { askToLogIn } from './session'

const FIRST_WAIT = 1_000
const LONGEST_WAIT = 60_000
const GATHER = 250
const STILL_WRITING = 2_000

/** What an event of the stream is about: {"kind": "task", "id": 12} → task:12 and tasks. */
export function topicsOf(data: string): string[] {
  try {
    const said = JSON.parse(data) as { topics?: string[]; kind?: string; id?: number }
    if (said.topics) return said.topics
    return said.kind ? [`${said.kind}:${said.id}`, `${said.kind}s`] : []
  } catch {
    return []
  }
}

/** The elements that show one of these topics. */
export function showing(topics: readonly string[], root: ParentNode = document): HTMLElement[] {
  const wanted = new Set(topics)
  return all(root, '[data-live]').filter(element => (element.dataset.live ?? '').split(/\s+/).some(topic => wanted.has(topic)))
}

const waiting = new Set<HTMLElement>()
let timer: ReturnType<typeof setTimeout> | undefined

/** Refresh elements soon, each once; one the person is working in waits until they are done. */
export function refreshSoon(elements: Iterable<HTMLElement>): void {
  for (const element of elements) waiting.add(element)
  clearTimeout(timer)
  if (waiting.size) timer = setTimeout(refreshNow, GATHER)
}

interface RequestDetail {
  ctx: { request: { method: string }; hx?: Record<string, string> }
}

// What is being sent may take away what stands here, and its answer may lead to another page.
const changing = new Set<object>()
let isLeaving = false

function onRequest(event: Event): void {
  const { ctx } = (event as CustomEvent<RequestDetail>).detail
  if (ctx.request.method !== 'GET') changing.add(ctx)
}

function onAnswered(event: Event): void {
  const { ctx } = (event as CustomEvent<RequestDetail>).detail
  changing.delete(ctx)
  if (ctx.hx?.redirect || ctx.hx?.refresh) isLeaving = true
}

function refreshNow(): void {
  if (isLeaving) return
  if (changing.size) {
    timer = setTimeout(refreshNow, GATHER)
    return
  }
  for (const element of [...waiting]) {
    if (element.isConnected && isBusy(element)) continue
    waiting.delete(element)
    // Not bubbling: a list inside another must not refresh both.
    if (element.isConnected) element.dispatchEvent(new CustomEvent('live', { bubbles: false, detail: { refresh: true } }))
  }
  if (waiting.size) timer = setTimeout(refreshNow, STILL_WRITING)
}

function isBusy(element: HTMLElement): boolean {
  const focused = document.activeElement
  return (
    (element.contains(focused) && isTyping(focused)) ||
    element.querySelector('[data-select-row]:checked, details[data-menu][open], .is-dragging, .is-pending, form[data-dirty]') !== null
  )
}

/** Where a stream begins: the first of a page at what the page shows, later ones after the page was fetched anew. */
export function streamAddress(isFirst: boolean, age: number = performance.now()): string {
  return isFirst ? `${path('live')}?since=${newestEvent()}&age=${Math.ceil(age)}` : path('live')
}

class Stream {
  private source: EventSource | undefined
  private wait = FIRST_WAIT
  private retry: ReturnType<typeof setTimeout> | undefined
  private missed = false
  private isFirst = true

  open(): void {
    if (this.source || document.hidden) return
    this.source = new EventSource(streamAddress(this.isFirst))
    this.isFirst = false
    this.source.addEventListener('open', () => this.opened())
    this.source.addEventListener('message', event => this.heard(event.data as string))
    this.source.addEventListener('live', event => this.heard((event as MessageEvent<string>).data))
    this.source.addEventListener('logged-out', () => this.ended())
    this.source.addEventListener('error', () => this.failed())
  }

  close(): void {
    clearTimeout(this.retry)
    this.source?.close()
    this.source = undefined
    this.missed = true
  }

  private opened(): void {
    this.wait = FIRST_WAIT
    // While the connection was gone anything may have happened.
    if (this.missed) refreshSoon(all(document, '[data-live]'))
    this.missed = false
  }

  /** The session is over, perhaps ended on another device. Nobody is torn out of a sentence to be told. */
  private ended(): void {
    this.close()
    if (isTyping(document.activeElement)) this.retry = setTimeout(() => this.ended(), STILL_WRITING)
    else void askToLogIn(() => this.open())
  }

  private heard(data: string): void {
    const topics = topicsOf(data)
    if (topics.length) announce('live', { topics })
  }

  private failed(): void {
    // The browser tries again by itself unless the server refused; then we wait longer each time.
    if (this.source?.readyState !== EventSource.CLOSED) return void (this.missed = true)
    this.close()
    this.retry = setTimeout(() => this.open(), this.wait)
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT)
  }
}

export function initLive(): void {
  document.addEventListener(
    'live',
    event => {
      const { topics } = (event as CustomEvent<{ topics?: string[] }>).detail ?? {}
      if (!topics) return
      // An answer's event starts at what was clicked; what lies around it must not take it for its own.
      event.stopPropagation()
      refreshSoon(showing(topics))
    },
    true,
  )
  document.addEventListener('htmx:before:request', onRequest)
  document.addEventListener('htmx:finally:request', onAnswered)
  addEventListener('pageshow', () => (isLeaving = false))
  if (!personKey() || !path('live') || typeof EventSource === 'undefined') return
  const stream = new Stream()
  document.addEventListener('visibilitychange', () => (document.hidden ? stream.close() : stream.open()))
  addEventListener('pagehide', () => stream.close())
  addEventListener('pageshow', event => event.persisted && stream.open())
  // After the page itself, so that nothing waits for a connection that never ends.
  setTimeout(() => stream.open(), 500)
}
