/** The board of four quadrants: sorted by keys, drag or menu. A move shows at once; refused, it is taken back. */
import htmx from 'htmx.org'
import { nearest } from '../dom'
import { isComposing, isPlain, isTyping } from '../keys'
import { dispatchTriggers, explain, send } from '../send'
import { sync } from './bulk'
import { currentRow, moveTo, step } from './shortcuts'
import { toast, undoNewest } from './toasts'

const BOARD = '[data-quadrant-board]'
// 1 2 above, 3 4 below.
const NEIGHBOUR: Record<string, Record<string, string>> = {
  ArrowRight: { 1: '2', 3: '4' },
  ArrowLeft: { 2: '1', 4: '3' },
  ArrowDown: { 1: '3', 2: '4' },
  ArrowUp: { 3: '1', 4: '2' },
}

interface Place {
  card: HTMLElement
  list: Element
  before: Element | null
  quadrant: string
}

let dragged: HTMLElement | null = null
let kept = ''
let reason = ''
let moved: { ids: string[]; quadrant: string } | null = null
// One after the other: a reason given to a move must find the version that the move has made.
let queue: Promise<unknown> = Promise.resolve()

const board = () => document.querySelector<HTMLElement>(BOARD)
const cards = (root: ParentNode = document) => [...root.querySelectorAll<HTMLElement>('[data-card]')]
const cardOf = (id: string) => document.getElementById(`card-${id}`)
const column = (quadrant: string) => document.querySelector<HTMLElement>(`[data-quadrant="${quadrant}"]`)
const current = () => currentRow()?.closest<HTMLElement>('[data-card]') ?? null
const menu = () => document.getElementById('row-menu')
const bar = () => document.querySelector<HTMLElement>('[data-why-bar]')

/** The cards an act is meant for: the selected ones if this one is among them (or none is meant), else this one. */
export function meant(card: HTMLElement | null, root: ParentNode = document): HTMLElement[] {
  const chosen = [...root.querySelectorAll<HTMLElement>('[data-card]:has([data-select-row]:checked)')]
  const list = chosen.length && (!card || chosen.includes(card)) ? chosen : card ? [card] : []
  return list.filter(one => one.draggable)
}

function clearSelection(): void {
  const form = board()
  form?.querySelectorAll<HTMLInputElement>('[data-select-row]:checked').forEach(box => (box.checked = false))
  if (form) sync(form)
}

/** The card to go on with once these have left their place: the next of the column, else the one before. */
export function following(leaving: readonly HTMLElement[]): HTMLElement | undefined {
  const first = leaving[0]
  const list = first?.parentElement
  if (!first || !list) return undefined
  const inColumn = cards(list)
  const at = inColumn.indexOf(first)
  const stays = (card: HTMLElement) => !leaving.includes(card)
  return inColumn.slice(at).find(stays) ?? inColumn.slice(0, at).reverse().find(stays) ?? cards().find(stays)
}

function goOn(card: HTMLElement | undefined): void {
  kept = card?.dataset.card ?? ''
  moveTo(card)
}

function count(quadrant: string, by: number): void {
  const place = column(quadrant)?.querySelector('[data-quadrant-count]')
  if (place) place.textContent = String(Number(place.textContent) + by)
}

function put(card: HTMLElement, list: Element, before: Element | null, quadrant: string): void {
  count(card.dataset.place ?? '', -1)
  count(quadrant, 1)
  list.insertBefore(card, before)
  card.dataset.place = quadrant
}

function body(chosen: readonly HTMLElement[], values: Record<string, string>): FormData {
  const data = new FormData()
  for (const card of chosen) {
    data.append('task', card.dataset.card ?? '')
    data.append('version', card.dataset.version ?? '')
  }
  for (const [name, value] of Object.entries(values)) data.set(name, value)
  return data
}

/** Post a change of these cards after those before it; `back` restores the board when it is refused. */
function post(url: string, chosen: readonly HTMLElement[], make: () => FormData, back: () => void): void {
  for (const card of chosen) card.classList.add('is-pending')
  queue = queue.then(async () => {
    try {
      const response = await send(url, make())
      if (!response.ok) throw response
      remember(response)
      release(chosen)
      dispatchTriggers(response)
    } catch (problem) {
      release(chosen)
      back()
      const sentence = (board()?.dataset.failed ?? '').replace('{title}', chosen[0]?.dataset.title ?? '')
      const why = problem instanceof Response ? explain(problem) : ''
      toast({ text: [sentence, why].filter(Boolean).join(' '), error: true })
    }
  })
}

const release = (chosen: readonly HTMLElement[]) => chosen.forEach(card => cardOf(card.dataset.card ?? '')?.classList.remove('is-pending'))

/** Note the versions that a change has made, for the next one. */
function remember(response: Response): void {
  const said = JSON.parse(response.headers.get('HX-Trigger') ?? '{}') as { 'triage:done'?: { versions: Record<string, number> } }
  for (const [id, version] of Object.entries(said['triage:done']?.versions ?? {})) {
    const card = cardOf(id)
    if (card) card.dataset.version = String(version)
  }
}

function move(card: HTMLElement | null, quadrant: string): void {
  const chosen = meant(card).filter(one => quadrant === '' || one.dataset.place !== quadrant)
  const form = board() as HTMLFormElement | null
  if (!chosen.length || !form) return
  const next = following(chosen)
  const places: Place[] = chosen.map(one => ({ card: one, list: one.parentElement as Element, before: one.nextElementSibling, quadrant: one.dataset.place ?? '' }))
  const list = column(quadrant)?.querySelector('.quadrant-cards')
  // Where a suggestion leads only the server knows.
  if (list) for (const one of chosen) put(one, list, list.firstElementChild, quadrant)
  clearSelection()
  goOn(next)
  moved = { ids: chosen.map(one => one.dataset.card ?? ''), quadrant }
  const why = reason || (form.dataset.defaultReason ?? '')
  post(form.action, chosen, () => body(chosen, { quadrant, reason: why }), () => {
    for (const place of places.reverse()) put(place.card, place.list, place.before?.isConnected ? place.before : null, place.quadrant)
  })
  if (quadrant) showWhy(chosen, quadrant)
}

function leave(chosen: readonly HTMLElement[], url: string, make: () => FormData, hide: boolean): void {
  if (!chosen.length) return
  const next = following(chosen)
  if (hide) for (const card of chosen) card.hidden = true
  clearSelection()
  goOn(next)
  post(url, chosen, make, () => chosen.forEach(card => (card.hidden = false)))
}

function finish(card: HTMLElement | null): void {
  const chosen = meant(card)
  const form = board()
  const first = chosen[0]
  if (!form || !first) return
  if (chosen.length === 1) return leave(chosen, `${form.dataset.tasks}${first.dataset.card}/closure/`, () => body([], { version: first.dataset.version ?? '' }), true)
  const together = () => {
    const data = new FormData()
    for (const one of chosen) data.append('selected', one.dataset.card ?? '')
    data.set('status', 'done')
    return data
  }
  leave(chosen, form.dataset.bulkUrl ?? '', together, true)
}

function putOff(card: HTMLElement | null, until: string): void {
  const chosen = meant(card)
  leave(chosen, board()?.dataset.deferrals ?? '', () => body(chosen, { until }), false)
}

function today(card: HTMLElement | null): void {
  if (card) leave([card], `${board()?.dataset.tasks}${card.dataset.card}/today/`, () => body([], { version: card.dataset.version ?? '' }), false)
}

/** Open the days to put a card off to, beside its menu button. */
function askUntil(card: HTMLElement | null): void {
  const button = card?.querySelector<HTMLElement>('[data-row-menu]')
  if (!card || !button) return
  void htmx.ajax('GET', `${board()?.dataset.tasks}${card.dataset.card}/triage/?only=deferral`, { source: button, target: '#row-menu', swap: 'innerHTML' })
}

function showWhy(chosen: readonly HTMLElement[], quadrant: string): void {
  const place = bar()
  if (!place) return
  place.hidden = false
  const said = place.querySelector('[data-why-said]')
  const title = chosen.length > 1 ? `${chosen[0]?.dataset.title} +${chosen.length - 1}` : (chosen[0]?.dataset.title ?? '')
  if (said) said.textContent = (board()?.dataset.moved ?? '').replace('{title}', title).replace('{quadrant}', column(quadrant)?.dataset.label ?? '')
}

/** Take a reason for the move just made and for those that follow. */
function explainMove(text: string): void {
  reason = text.trim()
  bar()?.querySelectorAll<HTMLElement>('[data-why]').forEach(chip => chip.setAttribute('aria-pressed', String(chip.dataset.why === reason)))
  const form = board() as HTMLFormElement | null
  const chosen = (moved?.ids ?? []).map(cardOf).filter(card => card !== null)
  const quadrant = moved?.quadrant
  if (!form || !quadrant || !chosen.length || !reason) return
  post(form.action, chosen, () => body(chosen.map(card => cardOf(card.dataset.card ?? '') ?? card), { quadrant, reason }), () => undefined)
}

const closeWhy = () => {
  const place = bar()
  if (place) place.hidden = true
  moved = null
}

function onMenu(button: HTMLElement): void {
  const owner = button.closest<HTMLElement>('[data-triage-menu]')
  const card = owner ? cardOf(owner.dataset.cardId ?? '') : null
  const day = owner?.querySelector<HTMLInputElement>('[data-triage-day]')
  if ('fromDay' in button.dataset && !day?.value) return void day?.showPicker?.()
  if (owner) menu()?.hidePopover()
  const value = 'fromDay' in button.dataset ? (day?.value ?? '') : (button.dataset.value ?? '')
  const act = { move: () => move(card, value), defer: () => putOff(card, value), today: () => today(card), done: () => finish(card) }
  act[button.dataset.triage as keyof typeof act]?.()
}

function onClick(event: MouseEvent): void {
  if (!board()) return
  const verb = nearest(event, '[data-triage]')
  if (verb) onMenu(verb)
  if (nearest(event, '[data-triage-defer]')) askUntil(meant(null)[0] ?? null)
  const chip = nearest(event, '[data-why]')
  if (chip) explainMove(chip.dataset.why ?? '')
  if (nearest(event, '[data-why-close]')) closeWhy()
  const card = nearest(event, '[data-card]')
  if (card && (event.ctrlKey || event.metaKey) && !nearest(event, 'input, button')) {
    event.preventDefault()
    card.querySelector<HTMLElement>('[data-select-row]')?.click()
  }
}

function sideways(card: HTMLElement, key: string): boolean {
  const to = NEIGHBOUR[key]?.[card.dataset.place ?? '']
  const list = to ? cards(column(to) ?? document.createElement('ul')) : []
  if (!list.length) return false
  moveTo(list[Math.min(list.length - 1, cards(card.parentElement ?? document).indexOf(card))])
  return true
}

/** What a key means on the board; false leaves it to everybody else. */
function act(event: KeyboardEvent): boolean {
  const card = current()
  const digit = /^Digit([0-4])$/.exec(event.code)?.[1] ?? (/^[0-4]$/.test(event.key) ? event.key : undefined)
  if (event.shiftKey && digit) {
    const chip = bar()?.hidden ? null : bar()?.querySelector<HTMLElement>(`[data-why-key="${digit}"]`)
    chip?.click()
    return !!chip
  }
  if (digit) {
    const meantByMenu = menu()?.matches(':popover-open') ? menu()?.querySelector<HTMLElement>('[data-card-id]')?.dataset.cardId : undefined
    menu()?.hidePopover()
    move(meantByMenu ? cardOf(meantByMenu) : card, digit === '0' ? '' : digit)
    return true
  }
  if (menu()?.matches(':popover-open')) return false
  const to = card && event.shiftKey ? NEIGHBOUR[event.key]?.[card.dataset.place ?? ''] : undefined
  if (to) move(card, to)
  else if (event.shiftKey) return false
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(event.key === 'ArrowDown' ? 1 : -1)
  else if (card && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) return sideways(card, event.key)
  else if (event.key === 'Escape' && bar()?.hidden === false) closeWhy()
  else return letter(event.key.toLowerCase(), card)
  return true
}

function letter(key: string, card: HTMLElement | null): boolean {
  const meantHere = meant(card).length > 0
  if (key === 's' && meantHere) askUntil(card ?? meant(null)[0] ?? null)
  else if (key === 'd' && meantHere) finish(card)
  else if (key === 'u') return undoNewest()
  else if (key === 'r' && bar()?.hidden === false) bar()?.querySelector<HTMLElement>('[data-why-text]')?.focus()
  else return false
  return true
}

function onKey(event: KeyboardEvent): void {
  if (!board() || isComposing(event) || document.querySelector('dialog[open]')) return
  const text = nearest<HTMLInputElement>(event, '[data-why-text]')
  if (text && (event.key === 'Enter' || event.key === 'Escape')) {
    event.preventDefault()
    if (event.key === 'Enter' && text.value.trim()) explainMove(text.value)
    text.value = ''
    moveTo(cardOf(kept) ?? cards()[0])
    return
  }
  if (!isPlain(event) || isTyping(event.target)) return
  if (act(event)) event.preventDefault()
}

/** A refresh leaves the person where they were: the same card if it is still here, else the one in its place. */
function stay(): void {
  const focused = document.activeElement
  if (!board() || !kept || (focused && focused !== document.body && !focused.closest('[data-card]'))) return
  const card = focused?.closest<HTMLElement>('[data-card]') ?? cardOf(kept)
  if (card && !card.hidden) moveTo(card)
}

const columnAt = (event: DragEvent) => (dragged ? nearest(event, '[data-quadrant]') : null)
const mark = (over: HTMLElement | null) => document.querySelectorAll('[data-quadrant].is-over').forEach(other => other !== over && other.classList.remove('is-over'))

function initDrag(): void {
  document.addEventListener('dragstart', event => {
    dragged = nearest(event, '[data-card]')
    dragged?.classList.add('is-dragging')
  })
  document.addEventListener('dragover', event => {
    const over = columnAt(event)
    mark(over)
    if (!over) return
    event.preventDefault()
    over.classList.add('is-over')
  })
  document.addEventListener('drop', event => {
    const over = columnAt(event)
    if (!over || !dragged || over.contains(dragged)) return
    event.preventDefault()
    move(dragged, over.dataset.quadrant ?? '')
  })
  document.addEventListener('dragend', () => {
    mark(null)
    dragged?.classList.remove('is-dragging')
    dragged = null
  })
}

let isReady = false

export function initQuadrants(): void {
  if (isReady) return
  isReady = true
  initDrag()
  document.addEventListener('click', onClick)
  // Before the keys of every page: here 1 to 4 and D mean the card.
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('htmx:after:swap', stay)
  document.addEventListener('focusin', event => {
    const card = nearest(event, '[data-card]')
    if (card) kept = card.dataset.card ?? ''
  })
}
