/**
 * The calendar of a week: pieces are dragged, resized and moved by keys, tasks come in from the tray.
 * A finger has to rest on a piece before it drags it, so that the page can be scrolled.
 * A change shows at once, is sent as the form of the piece, and taken back with the reason if it is refused.
 */
import { nearest } from '../../dom'
import { isComposing } from '../../keys'
import { dispatchTriggers, explain, send } from '../../send'
import { sendWithConsent } from '../consent'
import { toast } from '../toasts'
import { clock, fill, inTheWay, isWorked, moved, type Place, resized, type Shade } from './place'
import { Press, pull } from './press'

const QUARTER = 16
/** So far the pointer goes before a press becomes a drag. */
const SLACK = 5
/** After the last key the piece is sent. */
const REST = 450

interface Drag {
  element: HTMLElement
  kind: 'move' | 'resize' | 'place'
  x: number
  y: number
  grab: number
  started: boolean
  was: Place
  ghost?: HTMLElement
}

let drag: Drag | null = null
let press: Press | null = null
let justDragged = false
const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; was: Place }>()
// One after the other: the second move of a piece must name the version that the first has made.
let queue: Promise<unknown> = Promise.resolve()

const root = (): HTMLElement | null => document.querySelector<HTMLElement>('[data-planner]')
const columns = (): HTMLElement[] => [...(root()?.querySelectorAll<HTMLElement>('[data-column]') ?? [])]
const dayOf = (column: Element): string => column.closest<HTMLElement>('[data-day]')?.dataset.day ?? ''
const columnOf = (day: string): HTMLElement | undefined => columns().find(column => dayOf(column) === day)
const days = (): string[] => columns().map(dayOf)
const first = (): number => Number(root()?.dataset.first ?? 0)
const last = (): number => Number(root()?.dataset.last ?? 96)
const pieces = (): HTMLElement[] => [...(root()?.querySelectorAll<HTMLElement>('[data-piece]') ?? [])]

export const placeOf = (piece: HTMLElement): Place => ({
  day: dayOf(piece),
  from: Number(piece.dataset.from),
  to: Number(piece.dataset.to),
})

function shadesOf(day: string): Shade[] {
  const found = columnOf(day)?.querySelectorAll<HTMLElement>('[data-shade]') ?? []
  return [...found].map(one => ({ kind: one.dataset.shade ?? '', from: Number(one.dataset.from), to: Number(one.dataset.to) }))
}

function words(name: string, values: Record<string, string>): string {
  const all = JSON.parse(document.getElementById('planner-words')?.textContent ?? '{}') as Record<string, string>
  return fill(all[name] ?? '', values)
}

function say(text: string): void {
  const place = document.querySelector('[data-planner-said]')
  if (place) place.textContent = text
}

function sentence(piece: HTMLElement, place: Place): string {
  const name = columnOf(place.day)?.closest<HTMLElement>('[data-day]')?.dataset.dayName ?? place.day
  const key = isWorked(place, shadesOf(place.day)) ? 'moved' : 'offHours'
  return words(key, { title: piece.dataset.title ?? '', day: name, start: clock(place.from), end: clock(place.to) })
}

/** Draw a piece where it would stand. Its focus goes with it. */
export function put(piece: HTMLElement, place: Place): void {
  const column = columnOf(place.day)
  if (!column) return
  const focused = piece.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null
  for (const name of [...piece.classList]) if (/^(at|for)-\d+$/.test(name)) piece.classList.remove(name)
  piece.classList.add(`at-${Math.max(1, place.from - first() + 1)}`, `for-${place.to - place.from}`)
  piece.classList.toggle('is-short', place.to - place.from < 3)
  piece.dataset.from = String(place.from)
  piece.dataset.to = String(place.to)
  const time = piece.querySelector('time')
  if (time) time.textContent = `${clock(place.from)}–${clock(place.to)}`
  if (piece.parentElement !== column) column.append(piece)
  if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true })
}

const othersOf = (piece: HTMLElement): (Place & { title: string })[] =>
  pieces().filter(one => one !== piece).map(one => ({ ...placeOf(one), title: one.dataset.title ?? '' }))

function body(place: Place, version: string): FormData {
  const data = new FormData()
  data.set('day', place.day)
  data.set('start', clock(place.from))
  data.set('end', clock(place.to))
  data.set('version', version)
  return data
}

function back(piece: HTMLElement, was: Place, why: string): void {
  const now = document.getElementById(piece.id) ?? piece
  now.classList.remove('is-pending')
  put(now, was)
  toast({ text: why, error: true })
  say(words('back', { title: piece.dataset.title ?? '' }))
}

/** Send where a piece stands now; refused, it goes back to where it `was`. */
function save(piece: HTMLElement, was: Place): void {
  const place = placeOf(piece)
  if (place.day === was.day && place.from === was.from && place.to === was.to) return void piece.classList.remove('is-pending')
  const hit = inTheWay(place, othersOf(piece))
  if (hit) return back(piece, was, words('taken', { title: hit.title }))
  piece.classList.add('is-pending')
  queue = queue.then(() => post(piece, place, was))
}

async function post(piece: HTMLElement, place: Place, was: Place): Promise<void> {
  const data = body(place, piece.dataset.version ?? '')
  if (!isWorked(place, shadesOf(place.day))) {
    if (!(await isMeant(piece, place))) return back(piece, was, words('back', { title: piece.dataset.title ?? '' }))
    data.set('off_hours', 'on')
  }
  try {
    const response = await send(piece.dataset.url ?? '', data)
    if (!response.ok) return back(piece, was, explain(response))
    remember(response)
    document.getElementById(piece.id)?.classList.remove('is-pending')
    dispatchTriggers(response)
  } catch {
    back(piece, was, words('offline', {}))
  }
}

/** Ask whether a piece shall stand outside of working time. */
function isMeant(piece: HTMLElement, place: Place): Promise<boolean> {
  const dialog = document.getElementById('planner-off-hours')
  if (!(dialog instanceof HTMLDialogElement)) return Promise.resolve(false)
  const text = dialog.querySelector('[data-off-hours-text]')
  if (text) text.textContent = sentence(piece, place)
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise(answer => dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'), { once: true }))
}

function remember(response: Response): void {
  const said = JSON.parse(response.headers.get('HX-Trigger') ?? '{}') as { 'placement:saved'?: { id: number; version: number } }
  const saved = said['placement:saved']
  const piece = saved && document.getElementById(`piece-${saved.id}`)
  if (piece) piece.dataset.version = String(saved.version)
}

// ── Keys ─────────────────────────────────────────────────────────────────────────────────────────────

function byKey(event: KeyboardEvent, place: Place): Place | null | undefined {
  const quarters: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 }
  const sideways: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 }
  const by = quarters[event.key]
  if (by !== undefined) {
    if (event.shiftKey) return resized(place, by)
    const next = moved(place, days(), 0, by)
    return next && next.from >= first() && next.to <= last() ? next : null
  }
  const side = sideways[event.key]
  return side === undefined || event.shiftKey ? undefined : moved(place, days(), side, 0)
}

function onKey(event: KeyboardEvent): void {
  if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || !root()) return
  const piece = nearest(event, '[data-piece]')
  if (!piece || !nearest(event, '.plan-piece-link')) return
  if (event.key === 'Escape' && waiting.has(piece.id)) return void stopWaiting(piece)
  const letter: Record<string, string> = { Delete: 'removal', Backspace: 'removal', l: 'pin' }
  const verb = letter[event.key]
  if (verb) {
    event.preventDefault()
    event.stopPropagation()
    return act(piece, verb)
  }
  const next = byKey(event, placeOf(piece))
  if (next === undefined) return
  event.preventDefault()
  event.stopPropagation()
  if (!next) return
  const was = waiting.get(piece.id)?.was ?? placeOf(piece)
  put(piece, next)
  piece.classList.add('is-pending')
  piece.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  say(sentence(piece, next))
  clearTimeout(waiting.get(piece.id)?.timer)
  const timer = setTimeout(() => {
    waiting.delete(piece.id)
    save(document.getElementById(piece.id) ?? piece, was)
  }, REST)
  waiting.set(piece.id, { timer, was })
}

function stopWaiting(piece: HTMLElement): void {
  const kept = waiting.get(piece.id)
  if (!kept) return
  clearTimeout(kept.timer)
  waiting.delete(piece.id)
  piece.classList.remove('is-pending')
  put(piece, kept.was)
  say(words('back', { title: piece.dataset.title ?? '' }))
}

/** Pin a piece or let go of it, or take it out. */
function act(piece: HTMLElement, verb: string): void {
  const data = new FormData()
  const off = verb === 'pin' && piece.classList.contains('is-pinned')
  piece.classList.add('is-pending')
  queue = queue.then(async () => {
    data.set('version', piece.dataset.version ?? '')
    if (off) data.set('off', '1')
    try {
      const response = await send(`${piece.dataset.url}${verb}/`, data)
      if (!response.ok) toast({ text: explain(response), error: true })
      else {
        if (verb === 'removal') piece.remove()
        remember(response)
        dispatchTriggers(response)
      }
    } catch {
      toast({ text: words('offline', {}), error: true })
    }
    piece.classList.remove('is-pending')
  })
}

// ── Pointer ──────────────────────────────────────────────────────────────────────────────────────────

/** The column and quarter under the pointer. */
function under(x: number, y: number): { column: HTMLElement; quarter: number } | null {
  for (const column of columns()) {
    const box = column.getBoundingClientRect()
    if (x >= box.left && x < box.right && y >= box.top && y < box.bottom) return { column, quarter: first() + Math.floor((y - box.top) / QUARTER) }
  }
  return null
}

function onDown(event: PointerEvent): void {
  if (event.button || !event.isPrimary || !root()) return
  const next = grabbed(event)
  if (!next) return
  if (event.pointerType !== 'touch') return void (drag = next)
  const began = event
  press = new Press(event.clientX, event.clientY, () => {
    drag = next
    begin(next)
    navigator.vibrate?.(10)
    follow(began)
  })
}

/** What a pointer took hold of. */
function grabbed(event: PointerEvent): Drag | null {
  const piece = nearest(event, '[data-piece]')
  const card = piece ? null : nearest(event, '.plan-card[data-task]')
  const at = { x: event.clientX, y: event.clientY, started: false }
  if (piece && !waiting.has(piece.id)) {
    const kind = nearest(event, '[data-grip]') ? 'resize' : 'move'
    return { ...at, element: piece, kind, grab: event.clientY - piece.getBoundingClientRect().top, was: placeOf(piece) }
  }
  if (!card) return null
  const quarters = Math.max(1, Math.ceil(Number(card.dataset.minutes) / 15))
  return { ...at, element: card, kind: 'place', grab: 8, was: { day: '', from: 0, to: quarters } }
}

function begin(now: Drag): void {
  now.started = true
  now.element.classList.add('is-dragging')
  document.body.classList.add('is-dragging')
  if (now.kind === 'place') now.ghost = ghostOf(now.element)
}

let latest: PointerEvent | undefined
let following: ReturnType<typeof setInterval> | undefined

/** The page goes along with a finger that has come near its edge. */
function follow(event: PointerEvent): void {
  latest = event
  following ??= setInterval(() => {
    if (!drag || !latest) return stopFollowing()
    const by = pull(latest.clientY, 56, innerHeight - 72)
    if (!by) return
    // A piece that is made longer is measured from where the finger began on the page.
    const before = scrollY
    scrollBy(0, by)
    drag.y -= scrollY - before
    aim(drag, latest)
  }, 16)
}

function stopFollowing(): void {
  clearInterval(following)
  following = latest = undefined
}

function onMove(event: PointerEvent): void {
  if (press && !press.move(event.clientX, event.clientY)) press = null
  if (!drag) return
  if (!drag.started) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLACK) return
    begin(drag)
  }
  event.preventDefault()
  if (press) latest = event
  getSelection()?.removeAllRanges()
  aim(drag, event)
}

/** Draw what is dragged where the pointer is. */
function aim(now: Drag, event: PointerEvent): void {
  const place = aimed(now, event)
  columns().forEach(column => column.classList.toggle('is-over', !!place && dayOf(column) === place.day))
  if (place) put(now.ghost ?? now.element, place)
}

function aimed(now: Drag, event: PointerEvent): Place | null {
  const at = under(event.clientX, event.clientY - (now.kind === 'resize' ? 0 : now.grab) + (now.kind === 'resize' ? 0 : QUARTER / 2))
  if (now.kind === 'resize') {
    const by = Math.round((event.clientY - now.y) / QUARTER)
    return resized(now.was, by)
  }
  const found = at ?? under(event.clientX, event.clientY)
  if (!found) return null
  const length = now.was.to - now.was.from
  const from = Math.max(first(), Math.min(last() - Math.min(length, last() - first()), found.quarter))
  return { day: dayOf(found.column), from, to: Math.min(last(), from + length) }
}

/** A piece for a task of the tray while it is over the calendar. */
function ghostOf(card: HTMLElement): HTMLElement {
  const made = document.createElement('article')
  made.className = 'plan-piece is-new is-dragging'
  made.dataset.title = card.dataset.title ?? ''
  const inner = document.createElement('span')
  inner.className = 'plan-piece-link'
  const title = document.createElement('span')
  title.className = 'plan-piece-title'
  title.textContent = card.dataset.title ?? ''
  const time = document.createElement('time')
  time.className = 'plan-piece-time num'
  inner.append(title, time)
  made.append(inner)
  return made
}

function onUp(event: PointerEvent): void {
  const done = drag
  letGo()
  if (!done?.started) return
  tidy(done)
  justDragged = true
  setTimeout(() => (justDragged = false))
  if (done.kind === 'place') {
    if (done.ghost?.isConnected && aimed(done, event)) void drop(done.element, done.ghost)
    else done.ghost?.remove()
    return
  }
  say(sentence(done.element, placeOf(done.element)))
  save(done.element, done.was)
}

/** Nothing is held any more. */
function letGo(): void {
  press?.end()
  drag = press = null
  stopFollowing()
}

function tidy(done: Drag): void {
  done.element.classList.remove('is-dragging')
  done.ghost?.classList.remove('is-dragging')
  document.body.classList.remove('is-dragging')
  columns().forEach(column => column.classList.remove('is-over'))
}

function cancel(): void {
  const done = drag
  letGo()
  if (!done) return
  tidy(done)
  done.ghost?.remove()
  if (done.started && done.kind !== 'place') put(done.element, done.was)
}

/** Put a task of the tray where it was dropped. */
async function drop(card: HTMLElement, ghost: HTMLElement): Promise<void> {
  const place = placeOf(ghost)
  ghost.classList.add('is-pending')
  card.classList.add('is-pending')
  const data = new FormData()
  data.set('day', place.day)
  data.set('start', clock(place.from))
  data.set('minutes', card.dataset.minutes ?? '60')
  say(sentence(ghost, place))
  try {
    if (!isWorked({ ...place, to: place.from + 1 }, shadesOf(place.day))) {
      if (!(await isMeant(ghost, place))) return
      data.set('off_hours', 'on')
    }
    const { response, declined } = await sendWithConsent(card.dataset.url ?? '', data, 'over-full')
    if (response.ok) dispatchTriggers(response)
    else if (!declined) toast({ text: explain(response), error: true })
  } catch {
    toast({ text: words('offline', {}), error: true })
  } finally {
    card.classList.remove('is-pending')
    ghost.classList.remove('is-pending')
    // What the server made of it comes with the fragment; refused, nothing stands there.
    setTimeout(() => ghost.remove(), 400)
  }
}

let isReady = false

export function initPlanner(): void {
  if (isReady) return
  isReady = true
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('pointerdown', onDown)
  document.addEventListener('pointermove', onMove)
  document.addEventListener('pointerup', onUp)
  document.addEventListener('pointercancel', cancel)
  // What a finger holds is not scrolled away under it, and its long press opens no menu of the browser.
  document.addEventListener('touchmove', event => void (press?.isHeld && event.cancelable && event.preventDefault()), { passive: false })
  document.addEventListener('contextmenu', event => void (press && event.preventDefault()))
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') cancel()
  })
  // The links of pieces would be dragged as addresses.
  document.addEventListener('dragstart', event => {
    if (root() && nearest(event, '[data-piece], .plan-card')) event.preventDefault()
  })
  document.addEventListener(
    'click',
    event => {
      if (!justDragged) return
      event.preventDefault()
      event.stopPropagation()
    },
    true,
  )
}

