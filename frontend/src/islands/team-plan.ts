/** People by days: drag a task onto another day or person, or Shift and an arrow key. Both loads change before the drop. */
import { all, nearest } from '../dom'
import { isComposing, isTyping } from '../keys'
import { csrfToken, dispatchTriggers, explain, LoggedOut } from '../send'
import { sendWithConsent } from './consent'
import { askToLogIn } from './session'
import { toast } from './toasts'

const SLOT = '[data-slot]'
// From this share of the working time on a day is full, as boards/queries/workload.py says.
const ROOM = 0.6
const STATES = ['over', 'full', 'room', 'free', 'off'] as const
type State = (typeof STATES)[number]

let dragged: HTMLElement | null = null
let shown: HTMLElement | null = null

const slotOf = (chip: Element) => chip.closest<HTMLElement>(SLOT)
const rowOf = (slot: Element) => slot.closest<HTMLElement>('[data-plan-row]')
const minutesOf = (slot: HTMLElement) => Number(slot.dataset.planned)
const hours = (minutes: number) => String(Math.round(minutes / 6) / 10)

/** How a day stands, in a word. */
export function stateOf(planned: number, available: number): State {
  if (planned > available) return 'over'
  if (!available) return 'off'
  if (!planned) return 'free'
  return planned >= ROOM * available ? 'full' : 'room'
}

/** What is planned in each slot that changes, were the chip dropped on `to`. */
export function effect(chip: HTMLElement, to: HTMLElement): Map<HTMLElement, number> {
  const planned = new Map<HTMLElement, number>()
  const add = (slot: HTMLElement | null | undefined, minutes: number) => {
    if (slot) planned.set(slot, Math.max(0, (planned.get(slot) ?? minutesOf(slot)) + minutes))
  }
  const from = slotOf(chip)
  const row = from && rowOf(from)
  for (const share of (chip.dataset.shares ?? '').split(' ').filter(Boolean)) {
    const [day = '', minutes = '0'] = share.split(':')
    add(row?.querySelector<HTMLElement>(`[data-slot="${CSS.escape(day)}"]`), -Number(minutes))
  }
  add(to, Number(chip.dataset.minutes))
  return planned
}

/** Show how full a slot is with so many minutes. */
export function show(slot: HTMLElement, planned: number): void {
  const available = Number(slot.dataset.available)
  const state = stateOf(planned, available)
  for (const name of STATES) slot.classList.toggle(`is-${name}`, name === state)
  const words = slot.closest<HTMLElement>('[data-team-plan]')?.dataset ?? {}
  const word = { over: words.over, full: words.full, room: words.room, free: words.room, off: '' }[state] ?? ''
  const place = slot.querySelector<HTMLElement>('.grid-load')
  if (!place) return
  place.hidden = !available && !planned
  place.querySelector('[data-load-text]')!.textContent = `${hours(planned)} / ${hours(available)}`
  place.querySelector('[data-load-word]')!.textContent = word.replace('{n}', hours(Math.abs(available - planned)))
  const percent = available ? Math.round((100 * planned) / available) : planned ? 100 : 0
  place.querySelector('[data-load-bar]')!.setAttribute('width', `${Math.min(100, percent)}%`)
}

/** Show every slot as the server said it. */
function restore(root: ParentNode = document): void {
  for (const slot of all(root, SLOT)) if (slot.hasAttribute('data-previewed')) {
    slot.removeAttribute('data-previewed')
    show(slot, minutesOf(slot))
  }
  all(root, `${SLOT}.is-target`).forEach(slot => slot.classList.remove('is-target'))
}

function preview(chip: HTMLElement, to: HTMLElement): void {
  restore()
  to.classList.add('is-target')
  for (const [slot, planned] of effect(chip, to)) {
    slot.setAttribute('data-previewed', '')
    show(slot, planned)
  }
}

/** What a drop sends: the fields of the form. */
export function payload(chip: HTMLElement, to: HTMLElement): FormData {
  const body = new FormData()
  body.set('csrfmiddlewaretoken', csrfToken())
  body.set('version', chip.dataset.version ?? '')
  body.set('person', rowOf(to)?.dataset.planRow ?? '')
  body.set('day', to.dataset.slot ?? '')
  if (chip.dataset.piece) {
    body.set('piece', chip.dataset.piece)
    body.set('piece_version', chip.dataset.pieceVersion ?? '')
  }
  return body
}

/** Move a chip at once, tell the server, and put it back with the reason when it refuses. */
export async function move(chip: HTMLElement, to: HTMLElement): Promise<void> {
  const home = chip.parentElement
  const next = chip.nextSibling
  const list = to.querySelector('.grid-chips')
  if (!home || !list || slotOf(chip) === to || to.hasAttribute('data-closed') || chip.classList.contains('is-pending')) return restore()
  preview(chip, to)
  to.classList.remove('is-target')
  const hadFocus = chip.contains(document.activeElement)
  chip.classList.add('is-pending')
  list.append(chip)
  if (hadFocus) focus(chip)
  try {
    const { response, declined } = await sendWithConsent(chip.dataset.chip ?? '', payload(chip, to), 'over-full')
    if (!response.ok) throw declined ? null : response
    chip.classList.remove('is-pending')
    dispatchTriggers(response)
  } catch (failure) {
    chip.classList.remove('is-pending')
    home.insertBefore(chip, next?.parentNode === home ? next : null)
    restore()
    if (hadFocus) focus(chip)
    if (failure instanceof LoggedOut) void askToLogIn(() => void move(chip, to))
    else if (failure) toast({ text: failure instanceof Response ? explain(failure) : String(failure), error: true })
  }
}

function focus(chip: HTMLElement): void {
  chip.querySelector<HTMLElement>('a[href]')?.focus({ preventScroll: true })
  chip.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
}

/** The slot one step away: a day to either side, a person up or down. */
export function beside(slot: HTMLElement, key: string): HTMLElement | null {
  const row = rowOf(slot)
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const slots = row ? all(row, SLOT) : []
    return slots[slots.indexOf(slot) + (key === 'ArrowRight' ? 1 : -1)] ?? null
  }
  const rows = all(row?.parentElement ?? document, '[data-plan-row]')
  const other = rows[rows.indexOf(row as HTMLElement) + (key === 'ArrowDown' ? 1 : -1)]
  return other?.querySelector<HTMLElement>(`[data-slot="${CSS.escape(slot.dataset.slot ?? '')}"]`) ?? null
}

function onKey(event: KeyboardEvent): void {
  if (isComposing(event) || isTyping(event.target) || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(event.key)) return
  const chip = nearest(event, '[data-chip]')
  const slot = chip && slotOf(chip)
  const to = slot && beside(slot, event.key)
  if (!chip || !slot) return
  event.preventDefault()
  if (to) void move(chip, to)
}

let last = ''

/** A grid that was fetched again has the moved task somewhere: the person stays at it. */
function stay(): void {
  if (!last || document.activeElement !== document.body || document.querySelector('dialog[open]')) return
  const chip = document.querySelector<HTMLElement>(`[data-team-plan] [data-chip="${CSS.escape(last)}"]`)
  if (chip) focus(chip)
}

function start(): void {
  document.addEventListener('keydown', onKey)
  document.addEventListener('focusin', event => (last = nearest(event, '[data-chip]')?.dataset.chip ?? ''))
  document.addEventListener('htmx:after:swap', stay)
  document.addEventListener('dragstart', event => {
    dragged = nearest(event, '[data-chip]')
    dragged?.classList.add('is-dragging')
    event.dataTransfer?.setData('text/plain', dragged?.querySelector('.grid-title')?.textContent ?? '')
  })
  document.addEventListener('dragover', event => {
    const slot = dragged ? nearest(event, SLOT) : null
    if (!dragged || !slot || slot.hasAttribute('data-closed')) return
    event.preventDefault()
    if (slot === shown) return
    shown = slot
    if (slot === slotOf(dragged)) restore()
    else preview(dragged, slot)
  })
  document.addEventListener('drop', event => {
    const slot = dragged ? nearest(event, SLOT) : null
    if (!slot || !dragged) return
    event.preventDefault()
    void move(dragged, slot)
    dragged.classList.remove('is-dragging')
    dragged = null
  })
  document.addEventListener('dragend', () => {
    if (dragged) restore()
    dragged?.classList.remove('is-dragging')
    dragged = shown = null
  })
}

start()
