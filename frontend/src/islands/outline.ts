/**
 * The outline of a template: rows of a form that are written, indented and moved by the keyboard.
 *
 * The form works without it: the server reads level, numbers and order from the fields. Numbers in
 * "waits for" follow the rows they mean when something moves.
 */
import { isComposing } from '../keys'

const DEEPEST = 3
const ROW = '[data-outline-row]'
type Verb = 'in' | 'out' | 'up' | 'down' | 'remove' | 'add'

function rowsOf(place: Element): HTMLElement[] {
  return [...place.querySelectorAll<HTMLElement>(`[data-outline-rows] > ${ROW}`)]
}

function field(row: Element, name: string): HTMLInputElement {
  return row.querySelector<HTMLInputElement>(`[name="step-${name}"]`)!
}

export function levelOf(row: Element): number {
  return Number(field(row, 'level').value) || 1
}

function setLevel(row: HTMLElement, level: number): void {
  row.classList.remove(`level-${levelOf(row)}`)
  row.classList.add(`level-${level}`)
  field(row, 'level').value = String(level)
}

/** A row with all that stands below it. */
function family(rows: HTMLElement[], row: HTMLElement): HTMLElement[] {
  const start = rows.indexOf(row)
  let end = start + 1
  while (end < rows.length && levelOf(rows[end]!) > levelOf(row)) end += 1
  return rows.slice(start, end)
}

/** Make levels an outline again, write the numbers, and let what waits for a row follow it. */
function settle(place: Element, waits: Map<HTMLElement, HTMLElement[]>): void {
  const counts: number[] = []
  const names = new Map<HTMLElement, string>()
  let above = 0
  for (const row of rowsOf(place)) {
    const level = Math.min(levelOf(row), above + 1, DEEPEST)
    setLevel(row, level)
    above = level
    counts.length = level
    for (let n = 0; n < level; n += 1) counts[n] ??= 0
    counts[level - 1]! += 1
    const name = counts.join('.')
    names.set(row, name)
    row.querySelector('[data-outline-number]')!.textContent = name
  }
  for (const [row, befores] of waits) {
    field(row, 'after').value = befores.map(one => names.get(one)).filter(Boolean).join(', ')
  }
}

/** Which rows each row waits for, read from their numbers before something moves. */
function readWaits(place: Element): Map<HTMLElement, HTMLElement[]> {
  const rows = rowsOf(place)
  const named = new Map(rows.map(row => [row.querySelector('[data-outline-number]')!.textContent!.trim(), row]))
  const read = (row: HTMLElement): HTMLElement[] =>
    field(row, 'after').value.split(/[,，、\s]+/).flatMap(name => named.get(name) ?? [])
  return new Map(rows.map(row => [row, read(row)]))
}

function added(place: Element, like: HTMLElement | null, after: HTMLElement | null): HTMLElement {
  const template = place.querySelector<HTMLTemplateElement>('template[data-outline-template]')!
  const row = template.content.querySelector<HTMLElement>(ROW)!.cloneNode(true) as HTMLElement
  if (like && after) {
    setLevel(row, levelOf(like))
    for (const name of ['day', 'anchor']) field(row, name).value = field(like, name).value
    after.after(row)
  } else place.querySelector('[data-outline-rows]')!.append(row)
  return row
}

function moved(rows: HTMLElement[], row: HTMLElement, step: 1 | -1): void {
  const group = family(rows, row)
  const other = rows[rows.indexOf(step > 0 ? group.at(-1)! : row) + step]
  if (!other) return
  if (step < 0) other.before(...group)
  else family(rows, other).at(-1)!.after(...group)
}

/** Do one thing to the outline; returns the row that should have the focus. */
export function act(place: Element, verb: Verb, row: HTMLElement | null): HTMLElement | null {
  const waits = readWaits(place)
  const rows = rowsOf(place)
  let focus = row
  if (verb === 'add') {
    const like = row ?? rows.at(-1) ?? null
    focus = added(place, like, like && family(rows, like).at(-1)!)
  } else if (!row) return null
  else if (verb === 'in' || verb === 'out') {
    const step = verb === 'in' ? 1 : -1
    const deepest = Math.max(...family(rows, row).map(levelOf))
    if ((step > 0 && deepest < DEEPEST && rows[0] !== row) || (step < 0 && levelOf(row) > 1)) {
      for (const one of family(rows, row)) setLevel(one, levelOf(one) + step)
    }
  } else if (verb === 'remove') {
    focus = rows[rows.indexOf(row) - 1] ?? rows[rows.indexOf(row) + 1] ?? null
    row.remove()
    waits.delete(row)
  } else moved(rows, row, verb === 'up' ? -1 : 1)
  settle(place, waits)
  return focus
}

let leaving = false

function verbOf(event: KeyboardEvent, input: HTMLInputElement): Verb | null {
  if (event.ctrlKey || event.metaKey) return null
  if (event.key === 'Enter' && !event.altKey && !event.shiftKey) return 'add'
  if (event.key === 'Tab' && !event.altKey && !leaving) return event.shiftKey ? 'out' : 'in'
  if (event.altKey && event.key === 'ArrowUp') return 'up'
  if (event.altKey && event.key === 'ArrowDown') return 'down'
  if (event.key === 'Backspace' && input.value === '') return 'remove'
  return null
}

function onKeydown(event: KeyboardEvent): void {
  const input = event.target
  if (!(input instanceof HTMLInputElement) || input.name !== 'step-title' || isComposing(event)) return
  if (event.key === 'Escape') {
    leaving = true
    event.stopPropagation()
    return
  }
  const verb = verbOf(event, input)
  const place = input.closest('[data-outline]')
  if (event.key !== 'Tab' || leaving) leaving = false
  if (!verb || !place) return
  if (verb === 'remove' && rowsOf(place).length < 2) return
  event.preventDefault()
  const row = act(place, verb, input.closest<HTMLElement>(ROW))
  if (row) field(row, 'title').focus()
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null
  const button = target?.closest<HTMLElement>('[data-outline-do]')
  const place = button?.closest('[data-outline]')
  if (button && place) {
    button.closest('details')?.removeAttribute('open')
    const row = act(place, button.dataset.outlineDo as Verb, button.closest<HTMLElement>(ROW))
    if (row) field(row, 'title').focus()
  }
  const adder = target?.closest('[data-plain-add]')
  const rows = adder?.parentElement?.querySelector('[data-plain-rows]')
  const last = rows?.lastElementChild
  if (!rows || !last) return
  const copy = last.cloneNode(true) as HTMLElement
  for (const one of copy.querySelectorAll<HTMLInputElement>('input[type="text"], input:not([type])')) one.value = ''
  rows.append(copy)
  copy.querySelector('input')?.focus()
}

let isOn = false

/** Listen once for all outlines of the page. */
export function initOutline(): void {
  if (isOn) return
  isOn = true
  document.addEventListener('keydown', onKeydown)
  document.addEventListener('click', onClick)
}
