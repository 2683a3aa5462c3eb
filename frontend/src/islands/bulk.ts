/** Rows selected for one action together: Shift takes a range, the bar says how many. */
import { all, nearest, onContent } from '../dom'
import { t } from '../frame'

const BOX = '[data-select-row]'
const last = new WeakMap<Element, HTMLInputElement>()

const boxes = (form: Element) => [...form.querySelectorAll<HTMLInputElement>(BOX)]

/** Bring bar, count and head box in line with what is selected. */
export function sync(form: Element): void {
  const every = boxes(form)
  const count = every.filter(box => box.checked).length
  const bar = form.querySelector<HTMLElement>('[data-bulk-bar]')
  if (bar) bar.hidden = count === 0
  const label = form.querySelector('[data-bulk-count]')
  if (label) label.textContent = t('selected', { count })
  const head = form.querySelector<HTMLInputElement>('[data-select-all]')
  if (head) {
    head.checked = count > 0 && count === every.length
    head.indeterminate = count > 0 && count < every.length
  }
  const everything = form.querySelector<HTMLElement>('[data-bulk-everything]')
  if (everything) {
    everything.hidden = count === 0 || count < every.length
    if (everything.hidden) everything.querySelectorAll('input').forEach(box => (box.checked = false))
  }
}

/** Give all rows between the one clicked before and this one the same state. */
export function selectRange(form: Element, box: HTMLInputElement): void {
  const every = boxes(form)
  const from = every.indexOf(last.get(form) ?? box)
  const to = every.indexOf(box)
  if (from < 0) return
  for (const between of every.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked
}

function onClick(event: MouseEvent): void {
  const form = nearest(event, '[data-bulk]')
  if (!form) return
  const box = nearest<HTMLInputElement>(event, BOX)
  if (box) {
    if (event.shiftKey) selectRange(form, box)
    last.set(form, box)
  }
  const head = nearest<HTMLInputElement>(event, '[data-select-all]')
  if (head) boxes(form).forEach(row => (row.checked = head.checked))
  if (nearest(event, '[data-bulk-clear]')) boxes(form).forEach(row => (row.checked = false))
  sync(form)
}

function clear(form: Element): void {
  boxes(form).forEach(row => (row.checked = false))
  sync(form)
}

/** What was selected has been dealt with; a list with a selection would not refresh. */
function onDone(event: Event): void {
  const { ctx } = (event as CustomEvent<{ ctx: { sourceElement: Element; response?: { status: number } } }>).detail
  const form = ctx.sourceElement.matches('[data-bulk-verb]') ? ctx.sourceElement.closest('[data-bulk]') : null
  if (form && (ctx.response?.status ?? 500) < 300) clear(form)
}

export function initBulk(): void {
  document.addEventListener('htmx:after:request', onDone)
  // Said by an answer to what was sent from somewhere else, like the dialog of many fields.
  document.addEventListener('bulk:done', () => all(document, '[data-bulk]').forEach(clear))
  document.addEventListener('click', onClick)
  onContent(root => all(root, '[data-bulk]').forEach(sync))
  document.addEventListener('htmx:after:swap', () => all(document, '[data-bulk]').forEach(sync))
}
