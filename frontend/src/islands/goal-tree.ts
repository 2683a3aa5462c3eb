/** A tree in a table: rows with data-depth, folded by their button, by ← and →, or all at once. */
import { nearest } from '../dom'
import { isComposing, isPlain, isTyping } from '../keys'
import { currentRow } from './shortcuts'

const STORED = 'goal-tree:folded'
const UNFOLDED = 'goal-tree:unfolded'
const depthOf = (row: HTMLElement): number => Number(row.dataset.depth ?? 0)
const toggleOf = (row: HTMLElement): HTMLElement | null => row.querySelector<HTMLElement>('[data-tree-toggle]')
const tree = (): HTMLElement | null => document.querySelector<HTMLElement>('table[data-tree]')
const rowsOf = (table: HTMLElement): HTMLElement[] => [...table.querySelectorAll<HTMLElement>('tr[data-depth]')]

const belowOf = (row: Element): HTMLTemplateElement | null =>
  row.nextElementSibling instanceof HTMLTemplateElement ? row.nextElementSibling : null

/** The ids of the rows that are folded in (or, of a long tree, were unfolded), kept while the tab is open. */
export function folded(stored = STORED): Set<string> {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(stored) ?? '[]')
    return new Set(Array.isArray(read) ? read.map(String) : [])
  } catch {
    return new Set()
  }
}

function keep(ids: Set<string>, stored = STORED): void {
  sessionStorage.setItem(stored, JSON.stringify([...ids]))
}

/** Lay out what waits in templates below these rows: a long tree comes with its top alone. */
function unpack(rows: HTMLElement[]): void {
  const waiting = rows.filter(row => belowOf(row))
  if (!waiting.length) return
  keep(new Set([...folded(UNFOLDED), ...waiting.map(row => row.id)]), UNFOLDED)
  for (const row of waiting) {
    const below = belowOf(row)!
    row.querySelector('.goal-meta .count')?.remove()
    below.replaceWith(below.content)
  }
  document.dispatchEvent(new CustomEvent('tree:unpacked'))
}

/** Show and hide rows as they are folded: what stands below a folded row is hidden. */
export function apply(table: HTMLElement): void {
  const unfolded = folded(UNFOLDED)
  unpack(rowsOf(table).filter(row => unfolded.has(row.id)))
  const ids = folded()
  let hiddenBelow = Infinity
  for (const row of rowsOf(table)) {
    const depth = depthOf(row)
    if (depth <= hiddenBelow) hiddenBelow = Infinity
    row.hidden = depth > hiddenBelow
    const toggle = toggleOf(row)
    const isFolded = toggle !== null && (ids.has(row.id) || belowOf(row) !== null)
    toggle?.setAttribute('aria-expanded', String(!isFolded))
    if (isFolded && !row.hidden) hiddenBelow = depth
  }
}

/** Fold one row in or out; says whether anything changed. */
export function fold(row: HTMLElement, isFolded: boolean): boolean {
  const table = row.closest<HTMLElement>('table[data-tree]')
  const ids = folded()
  const isWaiting = belowOf(row) !== null
  if (!table || !toggleOf(row) || (isWaiting || ids.has(row.id)) === isFolded) return false
  if (isWaiting) unpack([row])
  if (isFolded) ids.add(row.id)
  else ids.delete(row.id)
  keep(ids)
  apply(table)
  return true
}

function foldAll(isFolded: boolean): void {
  const table = tree()
  if (!table) return
  if (!isFolded) unpack(rowsOf(table))
  keep(new Set(isFolded ? rowsOf(table).filter(row => toggleOf(row)).map(row => row.id) : []))
  apply(table)
}

/** The row that the given one stands below. */
function above(row: HTMLElement): HTMLElement | undefined {
  const table = row.closest<HTMLElement>('table[data-tree]')
  if (!table) return undefined
  const rows = rowsOf(table)
  return rows.slice(0, rows.indexOf(row)).reverse().find(other => depthOf(other) < depthOf(row))
}

function focusOn(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>('[data-row-open]')?.focus()
}

/** ← folds in, or goes up to the goal above; → folds out. */
function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event) || !isPlain(event) || event.shiftKey || isTyping(event.target)) return
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
  if (document.querySelector('dialog[open]')) return
  const row = currentRow()
  if (!row?.closest('table[data-tree]')) return
  event.preventDefault()
  const isLeft = event.key === 'ArrowLeft'
  if (!fold(row, isLeft) && isLeft) focusOn(above(row))
}

function onClick(event: MouseEvent): void {
  const toggle = nearest(event, '[data-tree-toggle]')
  const row = toggle?.closest<HTMLElement>('tr[data-depth]')
  if (toggle && row) fold(row, toggle.getAttribute('aria-expanded') === 'true')
  if (nearest(event, '[data-tree-fold]')) foldAll(true)
  if (nearest(event, '[data-tree-unfold]')) foldAll(false)
}

let isListening = false

/** Make the tree fold; called again for what htmx brings. */
export function upgrade(): void {
  const table = tree()
  if (table) apply(table)
  if (isListening) return
  isListening = true
  document.addEventListener('keydown', onKey)
  document.addEventListener('click', onClick)
  document.addEventListener('htmx:after:swap', () => {
    const fresh = tree()
    if (fresh) apply(fresh)
  })
}
