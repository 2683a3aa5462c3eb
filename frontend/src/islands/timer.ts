/** The timer in the top bar: counts on from what the server said, starts and stops by key, asks after idle time. */
import { all, nearest, onContent } from '../dom'
import { path, personKey } from '../frame'
import { currentRow } from './shortcuts'

const INPUTS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const
// Other tabs are told of input this often at most.
const NOTE_EVERY = 10_000

const place = () => document.getElementById('timer')
const seenKey = () => `seen:${personKey()}`

/** Seconds as h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

// When the present fragment came, on a clock that never steps; the server's seconds count from there.
let shown: HTMLElement | null = null
let cameAt = 0

function tick(): void {
  const timer = place()
  const seconds = timer?.dataset.seconds
  if (!timer || seconds === undefined) return
  if (timer !== shown) {
    shown = timer
    cameAt = performance.now()
  }
  const face = timer.querySelector('[data-timer-clock]')
  const text = clock(Number(seconds) + (performance.now() - cameAt) / 1000)
  if (face && face.textContent !== text) face.textContent = text
}

/** The task that a key is meant for: that of the current row, else the one that is open. */
export function meantTask(): string | null {
  const open = document.querySelector<HTMLElement>('dialog#drawer[open]')
  const opener = currentRow()?.querySelector<HTMLAnchorElement>('a[data-row-open]')
  const named = /^\/tasks\/(\d+)\//.exec(opener?.getAttribute('href') ?? '')?.[1]
  if (named && (!open || open.contains(opener ?? null))) return named
  // The buttons of rows mean their rows only; what is left is that of the page or drawer.
  const buttons = all(open ?? document.getElementById('main') ?? document, '[data-timer-start]')
  return buttons.find(button => !button.closest('[data-row]'))?.dataset.timerStart ?? null
}

/** Let the timer run on a task; what ran before is recorded. */
export function startTimer(task: string): void {
  const timer = place()
  if (timer) void window.htmx.ajax('POST', path('timer'), { source: timer, target: timer, swap: 'outerHTML', values: { task } })
}

/** T: stop what runs on this task (or anywhere, if none is meant), else start it on the task, else ask what on. */
function pressKey(): void {
  const timer = place()
  if (!timer) return
  const task = meantTask()
  const runs = timer.dataset.timer !== undefined
  if (runs && (!task || task === timer.dataset.onTask)) timer.querySelector<HTMLElement>('[data-timer-stop]')?.click()
  else if (task) startTimer(task)
  else {
    const menu = timer.querySelector<HTMLDetailsElement>('details[data-menu]')
    if (menu) menu.open = true
    menu?.querySelector('input')?.focus()
  }
}

/** Show on the buttons of tasks which of them is being timed. */
function mark(): void {
  const on = place()?.dataset.onTask ?? ''
  for (const button of all(document, '[data-timer-start]')) {
    const isOn = on !== '' && button.dataset.timerStart === on
    button.classList.toggle('is-timed', isOn)
    button.setAttribute('aria-pressed', String(isOn))
  }
}

/** A button of the task that is timed stops it; the server would take a second start for a double click. */
function onClick(event: MouseEvent): void {
  if (nearest(event, '[data-timer-key]')) return pressKey()
  const button = nearest(event, '[data-timer-start].is-timed')
  if (!button) return
  event.preventDefault()
  event.stopImmediatePropagation()
  place()?.querySelector<HTMLElement>('[data-timer-stop]')?.click()
}

let noted = 0

/** How long ago anybody was seen at this browser, in milliseconds; another tab counts too. */
export function idleFor(now: number): number {
  const seen = Number(localStorage.getItem(seenKey()) ?? now)
  // A clock that was put back says nothing about how long it was.
  return seen > now ? 0 : now - seen
}

function onInput(): void {
  const now = Date.now()
  if (now >= noted && now - noted < NOTE_EVERY) return
  const timer = place()
  const away = idleFor(now)
  noted = now
  localStorage.setItem(seenKey(), String(now))
  const limit = Number(timer?.dataset.idleMinutes ?? 0) * 60_000
  if (!timer || !limit || away < limit || document.querySelector('dialog[open]#timer-idle')) return
  const url = `${timer.dataset.idle}?seconds=${Math.round(away / 1000)}`
  void window.htmx.ajax('GET', url, { source: timer, target: '#dialog-host', swap: 'innerHTML' })
}

export function initTimer(): void {
  if (!place()) return
  setInterval(tick, 1000)
  document.addEventListener('click', onClick, true)
  for (const name of INPUTS) document.addEventListener(name, onInput, { passive: true, capture: true })
  onContent(() => {
    tick()
    mark()
  })
}
