/** A long table: the next page comes when its end is near; rows far from what is seen leave the document. */
import { all, debounce, onContent } from '../dom'

const AHEAD = 1200
// Rows leave once the list stands still this long: taking them out costs a frame, bringing them back another.
const STILL = 500
const stored = new WeakMap<Element, { rows: Element[]; place: HTMLTableRowElement }>()

/** Rows that somebody has selected or works in stay, so that nothing selected is forgotten. */
const isNeeded = (chunk: Element): boolean =>
  chunk.contains(document.activeElement) || chunk.querySelector(':checked, [data-menu][open], .htmx-request') !== null

/** Put strips of the same height in place of the rows of these; all heights are read before anything changes. */
export function putAll(chunks: Iterable<HTMLElement>): void {
  const heights = [...chunks].filter(chunk => chunk.isConnected).map(chunk => [chunk, chunk.offsetHeight] as const)
  for (const [chunk, height] of heights) put(chunk, height)
}

function put(chunk: HTMLElement, height: number): void {
  if (stored.has(chunk) || !chunk.children.length || isNeeded(chunk)) return
  const rows = [...chunk.children]
  const place = document.createElement('tr')
  const cell = document.createElement('td')
  cell.colSpan = 99
  cell.style.height = `${height}px`
  place.append(cell)
  place.setAttribute('aria-hidden', 'true')
  stored.set(chunk, { rows, place })
  chunk.replaceChildren(place)
}

/** Bring the rows back. */
export function take(chunk: HTMLElement): void {
  const kept = stored.get(chunk)
  if (!kept) return
  stored.delete(chunk)
  // A refresh may have brought rows of its own meanwhile.
  if (kept.place.parentNode === chunk) kept.place.replaceWith(...kept.rows)
}

let watcher: IntersectionObserver | undefined
let frame: Element | null = null
const far = new Set<HTMLElement>()
const clear = debounce(STILL, () => {
  putAll(far)
  far.clear()
})

function seen(entries: readonly IntersectionObserverEntry[]): void {
  for (const { isIntersecting, target } of entries as readonly (IntersectionObserverEntry & { target: HTMLElement })[]) {
    if (isIntersecting) {
      far.delete(target)
      take(target)
    } else far.add(target)
  }
  clear()
}

function watch(table: Element): void {
  const around = table.closest('.table-frame')
  const root = around && around.scrollHeight > around.clientHeight ? around : null
  if (!watcher || frame !== root) {
    watcher?.disconnect()
    frame = root
    watcher = new IntersectionObserver(seen, { root, rootMargin: `${AHEAD}px 0px` })
    ;(root ?? document).addEventListener('scroll', () => far.size && clear(), { passive: true })
  }
  for (const chunk of all(table, 'tbody[data-chunk]')) watcher.observe(chunk)
}

interface RequestDetail {
  ctx: { sourceElement: HTMLElement; sourceEvent?: Event; request: { action: string } }
}

/** A list that was scrolled down fetches again what it has, not only its first page. */
function onConfig(event: Event): void {
  const { ctx } = (event as CustomEvent<RequestDetail>).detail
  if (ctx.sourceElement.id !== 'rows' || ctx.sourceEvent?.type !== 'live') return
  const pages = ctx.sourceElement.querySelectorAll('[data-page]').length
  if (pages > 1) ctx.request.action += `${ctx.request.action.includes('?') ? '&' : '?'}upto=${pages}`
}

document.addEventListener('htmx:config:request', onConfig)
document.addEventListener('htmx:after:swap', () => all(document, 'table[data-windowed]').forEach(watch))
onContent(() => all(document, 'table[data-windowed]').forEach(watch))
