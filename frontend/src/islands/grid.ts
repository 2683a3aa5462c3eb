/** A table of buttons walked by arrow keys; a letter presses towards that role at once. */
import { nearest } from '../dom'
import { isComposing, isPlain } from '../keys'

const STEPS: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

/** The button `rows` further down and `columns` to the right of one, or null at the edge. */
export function neighbour(button: HTMLElement, rows: number, columns: number): HTMLElement | null {
  const cell = button.closest('td')
  const line = cell?.parentElement as HTMLTableRowElement | null
  const body = line?.parentElement as HTMLTableSectionElement | null
  if (!cell || !line || !body) return null
  const target = body.rows[[...body.rows].indexOf(line) + rows]?.cells[cell.cellIndex + columns]
  return target?.querySelector<HTMLElement>('button') ?? null
}

function onKey(event: KeyboardEvent): void {
  const button = nearest<HTMLButtonElement>(event, '[data-grid] td button')
  if (!button || isComposing(event) || !isPlain(event)) return
  const step = STEPS[event.key]
  if (step) {
    event.preventDefault()
    neighbour(button, ...step)?.focus()
    return
  }
  const letter = event.key.toUpperCase()
  if (!['R', 'A', 'C', 'I', 'BACKSPACE', 'DELETE'].includes(letter)) return
  event.preventDefault()
  event.stopPropagation()
  const [row, person] = button.value.split(':')
  button.value = `${row}:${person}:${letter.length === 1 ? letter : ''}`
  button.click()
}

export function initGrid(): void {
  document.addEventListener('keydown', onKey, true)
}
