/** The board: drag a card, press M for a menu, or move it with Shift and the arrow keys; a refusal puts it back. */
import { all, nearest } from '../dom'
import { isComposing, isPlain, isTyping } from '../keys'
import { csrfToken, dispatchTriggers, explain, LoggedOut, send } from '../send'
import { openDialog } from './overlays'
import { placeFor } from './row-menu'
import { askToLogIn } from './session'
import { toast } from './toasts'

const CELL = '[data-column]'
let dragged: HTMLElement | null = null
let marked: Element | null = null

const board = () => document.querySelector<HTMLElement>('[data-board]')
const cellOf = (card: Element) => card.closest<HTMLElement>(CELL)
const listOf = (cell: Element) => cell.querySelector<HTMLElement>('.board-cards')

/** Change the number above a column. */
export function count(column: string, by: number): void {
  const label = document.querySelector(`[data-head="${CSS.escape(column)}"] [data-count]`)
  const now = Number((label?.textContent ?? '').replace(/\D/g, ''))
  if (label) label.textContent = (now + by).toLocaleString('en-US')
}

function reason(): Promise<string | null> {
  const dialog = document.getElementById('board-reason') as HTMLDialogElement | null
  const form = dialog?.querySelector('form')
  if (!dialog || !form) return Promise.resolve(null)
  form.reset()
  openDialog(dialog)
  return new Promise(resolve => {
    let said: string | null = null
    form.onsubmit = event => {
      event.preventDefault()
      said = (form.elements.namedItem('reason') as HTMLInputElement).value.trim()
      if (said) dialog.close()
    }
    dialog.addEventListener('close', () => resolve(said), { once: true })
  })
}

/** What a move sends. */
export function payload(card: HTMLElement, from: HTMLElement, to: HTMLElement, why: string): FormData {
  const place = board()
  const body = new FormData()
  body.set('csrfmiddlewaretoken', csrfToken())
  body.set('version', card.dataset.version ?? '')
  body.set('by', place?.dataset.by ?? '')
  body.set('key', to.dataset.column ?? '')
  if (place?.dataset.lanes) {
    body.set('lanes', place.dataset.lanes)
    body.set('lane', to.dataset.lane ?? '')
    body.set('lane_was', from.dataset.lane ?? '')
  }
  if (card.dataset.begins !== undefined) body.set('begins', '1')
  if (why) body.set('reason', why)
  return body
}

/** Move a card at once, tell the server, and put it back with the reason when it refuses. */
export async function move(card: HTMLElement, to: HTMLElement): Promise<void> {
  const from = cellOf(card)
  const list = listOf(to)
  const place = board()
  if (!from || !list || !place || from === to || card.classList.contains('is-pending')) return
  let why = ''
  if (place.dataset.needsReason !== undefined) {
    const said = await reason()
    if (!said) return
    why = said
  }
  const next = card.nextSibling
  const home = card.parentElement
  const shift = (a: HTMLElement, b: HTMLElement) => {
    count(a.dataset.column ?? '', -1)
    count(b.dataset.column ?? '', 1)
  }
  card.classList.add('is-pending')
  list.prepend(card)
  shift(from, to)
  show(card)
  try {
    const response = await send(`${place.dataset.board}${card.dataset.card}/`, payload(card, from, to, why))
    if (!response.ok) throw response
    const holder = document.createElement('template')
    holder.innerHTML = (await response.text()).trim()
    const fresh = holder.content.firstElementChild as HTMLElement
    const hadFocus = card.contains(document.activeElement)
    card.replaceWith(fresh)
    window.htmx.process(fresh)
    if (hadFocus) show(fresh)
    dispatchTriggers(response)
  } catch (failure) {
    card.classList.remove('is-pending')
    home?.insertBefore(card, next?.parentNode === home ? next : home.firstChild)
    shift(to, from)
    show(card)
    if (failure instanceof LoggedOut) void askToLogIn(() => void move(card, to))
    else toast({ text: failure instanceof Response ? explain(failure) : String(failure), error: true })
  }
}

function show(card: HTMLElement): void {
  card.querySelector<HTMLElement>('[data-row-open]')?.focus({ preventScroll: true })
  card.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
}

/** The cells beside this one, in the order of the columns. */
const row = (cell: Element): HTMLElement[] => [...(cell.parentElement?.querySelectorAll<HTMLElement>(`:scope > ${CELL}`) ?? [])]

export function beside(cell: HTMLElement, by: number): HTMLElement | undefined {
  const cells = row(cell)
  return cells[cells.indexOf(cell) + by]
}

function onKey(event: KeyboardEvent): void {
  if (isComposing(event) || !isPlain(event) || isTyping(event.target)) return
  const stride = Number(board()?.dataset.stride ?? 0)
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: stride, ArrowUp: -stride }[event.key] ?? 0
  const card = nearest(event, '[data-card]') ?? document.querySelector<HTMLElement>('[data-card].is-current')
  const cell = card && cellOf(card)
  if (!by || !card || !cell || document.querySelector('dialog[open]')) return
  event.preventDefault()
  const to = beside(cell, by)
  if (!to) return
  if (event.shiftKey) return void (card.draggable && move(card, to))
  const others = all(to, '[data-card]')
  const target = others[Math.min(all(cell, '[data-card]').indexOf(card), others.length - 1)]
  if (target) show(target)
}

/** Ask for a day: one that is not on the page is told to the server, and the page is fetched again. */
function askDay(form: HTMLFormElement, menu: HTMLElement, card: HTMLElement, cell: HTMLElement): void {
  const field = form.elements.namedItem('day') as HTMLInputElement
  field.value = cell.dataset.column ?? ''
  form.onsubmit = event => {
    event.preventDefault()
    menu.hidePopover()
    const known = document.querySelector<HTMLElement>(`[data-column="${CSS.escape(field.value)}"]`)
    if (known) return void move(card, known)
    const elsewhere = document.createElement('section')
    elsewhere.dataset.column = field.value
    elsewhere.innerHTML = '<ul class="board-cards"></ul>'
    void move(card, elsewhere)
  }
}

function openMenu(card: HTMLElement, button: HTMLElement): void {
  const menu = document.getElementById('board-menu')
  const cell = cellOf(card)
  if (!menu || !cell) return
  const form = menu.querySelector<HTMLFormElement>('[data-card-day]')
  if (form) askDay(form, menu, card, cell)
  else menu.replaceChildren(
    ...row(cell).map(to => {
      const item = document.createElement('button')
      item.type = 'button'
      item.className = 'menu-item'
      item.setAttribute('role', 'menuitem')
      item.textContent = document.querySelector(`[data-head="${CSS.escape(to.dataset.column ?? '')}"] .board-name`)?.textContent?.trim() ?? ''
      if (to === cell) item.setAttribute('aria-current', 'true')
      item.addEventListener('click', () => {
        menu.hidePopover()
        void move(card, to)
      })
      return item
    }),
  )
  menu.style.margin = '0'
  menu.showPopover()
  const { left, top } = placeFor(button.getBoundingClientRect(), menu.offsetWidth, menu.offsetHeight, { width: innerWidth, height: innerHeight })
  menu.style.inset = `${top}px auto auto ${left}px`
  menu.querySelector<HTMLElement>('.menu-item:not([aria-current]), input')?.focus()
}

function onMenuKey(event: KeyboardEvent): void {
  const menu = nearest(event, '#board-menu')
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (!menu || !by || isComposing(event) || isTyping(event.target)) return
  event.preventDefault()
  const items = all(menu, '.menu-item')
  items[(items.indexOf(document.activeElement as HTMLElement) + by + items.length) % items.length]?.focus()
}

function mark(cell: Element | null): void {
  if (marked !== cell) marked?.classList.remove('is-over')
  cell?.classList.add('is-over')
  marked = cell
}

let last = ''

/** A board that was fetched again may have put the card elsewhere that the person is at. */
function stay(): void {
  if (!last || document.activeElement !== document.body || document.querySelector('dialog[open]')) return
  const card = document.querySelector<HTMLElement>(`[data-card="${CSS.escape(last)}"]`)
  if (card) show(card)
}

function start(): void {
  document.addEventListener('focusin', event => (last = nearest(event, '[data-card]')?.dataset.card ?? ''))
  document.addEventListener('htmx:after:swap', stay)
  document.addEventListener('keydown', onKey)
  document.addEventListener('keydown', onMenuKey)
  document.addEventListener('click', event => {
    const button = nearest(event, '[data-card-menu]')
    const card = button?.closest<HTMLElement>('[data-card]')
    if (button && card) openMenu(card, button)
  })
  document.addEventListener('dragstart', event => {
    dragged = nearest(event, '[data-card]')
    dragged?.classList.add('is-dragging')
    event.dataTransfer?.setData('text/plain', dragged?.textContent?.trim() ?? '')
  })
  document.addEventListener('dragover', event => {
    const cell = dragged ? nearest(event, CELL) : null
    mark(cell)
    if (cell) event.preventDefault()
  })
  document.addEventListener('drop', event => {
    const cell = dragged ? nearest(event, CELL) : null
    if (!cell || !dragged) return
    event.preventDefault()
    void move(dragged, cell)
  })
  document.addEventListener('dragend', () => {
    mark(null)
    dragged?.classList.remove('is-dragging')
    dragged = null
  })
}

start()
