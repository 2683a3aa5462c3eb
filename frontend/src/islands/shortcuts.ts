/** Single keys: ? for help, J/K through rows, a letter for a row's action, and whatever the page declares. */
import { isComposing, isPlain, isTyping } from '../keys'
import { openDialog } from './overlays'

const ROW = '[data-rows] [data-row]'
const OPENER = '[data-row-open]'
const REACHABLE = 'a[href], button, input:not([type="hidden"])'

const scope = (): ParentNode => document.querySelector('dialog#drawer[open]') ?? document.getElementById('main') ?? document

const rows = (): HTMLElement[] => [...scope().querySelectorAll<HTMLElement>(ROW)].filter(row => !row.hidden)

/** The row that keys act on: where the focus is, or where J/K left it. */
export function currentRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>(ROW) ?? document.querySelector<HTMLElement>(`${ROW}.is-current`)
}

/** Make a row the one that keys act on. */
export function moveTo(row: HTMLElement | undefined): void {
  if (!row) return
  document.querySelectorAll('.is-current').forEach(other => other.classList.remove('is-current'))
  row.classList.add('is-current')
  const place = row.querySelector<HTMLElement>(OPENER) ?? row.querySelector<HTMLElement>(REACHABLE)
  place?.focus({ preventScroll: true })
  row.scrollIntoView?.({ block: 'nearest' })
}

/** Move `by` rows from the current one; from none, to the first or last. */
export function step(by: 1 | -1): void {
  const list = rows()
  const at = list.indexOf(currentRow() as HTMLElement)
  moveTo(at < 0 ? list.at(by > 0 ? 0 : -1) : list[Math.max(0, Math.min(list.length - 1, at + by))])
}

let actedAt = -1

/** A row that was acted on may leave the list: the person goes on with the one that took its place. */
function goOn(): void {
  if (actedAt < 0 || document.activeElement !== document.body || document.querySelector('dialog[open]:not(#drawer)')) return
  const list = rows()
  moveTo(list[Math.min(actedAt, list.length - 1)])
}

/** Press what stands behind a letter: first the row's action, then the page's shortcut. */
export function press(key: string): boolean {
  const name = CSS.escape(key)
  const row = currentRow()
  actedAt = row ? rows().indexOf(row) : -1
  const target =
    row?.querySelector<HTMLElement>(`[data-row-action~="${name}"]`) ??
    scope().querySelector<HTMLElement>(`[data-shortcut="${name}"]`) ??
    document.querySelector<HTMLElement>(`[data-shortcut="${name}"]`)
  if (!target) return false
  if (target.matches('input, textarea, select')) target.focus()
  else target.click()
  return true
}

/** List what the page declares beside the keys that work everywhere. */
function fillHelp(): void {
  const place = document.querySelector('[data-shortcut-list]')
  place?.replaceChildren(
    ...[...document.querySelectorAll<HTMLElement>('[data-shortcut]')].map(element => {
      const line = document.createElement('li')
      line.textContent = element.title || element.getAttribute('aria-label') || element.textContent?.trim() || ''
      const cap = document.createElement('kbd')
      cap.textContent = element.dataset.shortcut?.toUpperCase() ?? ''
      line.append(cap)
      return line
    }),
  )
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event) || !isPlain(event) || isTyping(event.target)) return
  if (document.querySelector('dialog[open]:not(#drawer)')) return
  const help = document.getElementById('shortcuts')
  const key = event.key.toLowerCase()
  if (event.key === '?' && help instanceof HTMLDialogElement) {
    fillHelp()
    openDialog(help)
  } else if (key === 'j') step(1)
  else if (key === 'k') step(-1)
  else if (key === 'x' && currentRow()?.querySelector('[data-select-row]')) currentRow()?.querySelector<HTMLElement>('[data-select-row]')?.click()
  else if (!/^[a-z0-9/[\]]$/.test(key) || !press(key)) return
  event.preventDefault()
}

export function initShortcuts(): void {
  document.addEventListener('keydown', onKey)
  document.addEventListener('htmx:after:swap', goOn)
  document.addEventListener('pointerdown', () => (actedAt = -1))
  document.addEventListener('focusin', event => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>(ROW) : null
    if (!row) return
    document.querySelectorAll('.is-current').forEach(other => other !== row && other.classList.remove('is-current'))
    row.classList.add('is-current')
  })
}
