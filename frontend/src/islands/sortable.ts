/** A list put in order by dragging, or by Alt+↑ and Alt+↓ on what has the focus. The server answers with the list. */
import htmx from 'htmx.org'
import { nearest } from '../dom'
import { isComposing } from '../keys'

const LIST = '[data-sortable]'
const ITEM = '[data-sort-item]'
let dragged: HTMLElement | null = null
let began = -1

const places = (item: HTMLElement): HTMLElement[] => [...(item.closest(LIST)?.querySelectorAll<HTMLElement>(ITEM) ?? [])]

/** Where an item stands among its neighbours, counted from 0. */
export const placeOf = (item: HTMLElement): number => places(item).indexOf(item)

function send(item: HTMLElement, place: number): void {
  // The address belongs to the item, target and swap to its list.
  void htmx.ajax('POST', item.dataset.sortItem ?? '', { source: item, target: item.closest<HTMLElement>('[data-sort-target], .task-detail') ?? item, swap: 'outerMorph', values: { place } })
}

function onKey(event: KeyboardEvent): void {
  const item = nearest(event, ITEM)
  if (!item || !event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key) || isComposing(event)) return
  event.preventDefault()
  const all = places(item)
  const to = all.indexOf(item) + (event.key === 'ArrowDown' ? 1 : -1)
  if (to >= 0 && to < all.length) send(item, to)
}

/** Put the dragged item before or after the one under the pointer, at once, to be seen. */
export function arrange(over: HTMLElement, item: HTMLElement, y: number): void {
  if (over === item || over.parentElement !== item.parentElement) return
  const { top, height } = over.getBoundingClientRect()
  over[y < top + height / 2 ? 'before' : 'after'](item)
}

export function initSortable(): void {
  document.addEventListener('keydown', onKey)
  document.addEventListener('dragstart', event => {
    dragged = nearest(event, ITEM)
    if (!dragged) return
    began = placeOf(dragged)
    dragged.classList.add('is-dragging')
  })
  document.addEventListener('dragover', event => {
    const over = dragged ? nearest(event, ITEM) : null
    if (!dragged || !over) return
    event.preventDefault()
    arrange(over, dragged, event.clientY)
  })
  document.addEventListener('drop', event => dragged && nearest(event, LIST) && event.preventDefault())
  document.addEventListener('dragend', () => {
    dragged?.classList.remove('is-dragging')
    if (dragged && placeOf(dragged) !== began) send(dragged, placeOf(dragged))
    dragged = null
  })
}
