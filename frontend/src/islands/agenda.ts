/**
 * The clocks of a meeting: `[data-clock="seconds"][data-clock-runs]` counts on from what the server said, shows by how
 * much it is over `data-clock-limit`, and stays silent; `[data-cost="person-seconds"][data-cost-rate]` counts what the
 * meeting costs. Time comes from the server, and here only how much of it has passed since.
 */
import { all } from '../dom'

interface Anchor {
  said: string
  at: number
}

const anchors = new WeakMap<HTMLElement, Anchor>()

/** Seconds as m:ss, or h:mm:ss from an hour on. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** How long ago the server said `said` about this element, in seconds; a new word begins anew. */
function since(element: HTMLElement, said: string, now: number): number {
  let anchor = anchors.get(element)
  if (anchor?.said !== said) {
    anchor = { said, at: now }
    anchors.set(element, anchor)
  }
  return (now - anchor.at) / 1000
}

function write(place: HTMLElement | null, text: string): void {
  if (place && place.textContent !== text) place.textContent = text
}

/** Bring one clock up to `now`, a time that never steps back. */
export function countClock(element: HTMLElement, now: number): void {
  const said = element.dataset.clock ?? '0'
  const runs = element.dataset.clockRuns !== undefined
  const passed = since(element, `${said}${runs}`, now)
  const seconds = Number(said) + (runs ? passed : 0)
  const limit = Number(element.dataset.clockLimit ?? 0)
  const isOver = limit > 0 && seconds > limit
  write(element.querySelector('[data-clock-face]'), clockText(seconds))
  element.classList.toggle('is-over', isOver)
  element.querySelector('[data-clock-over]')?.toggleAttribute('hidden', !isOver)
  if (isOver) write(element.querySelector('[data-clock-by]'), clockText(seconds - limit))
}

/** Bring what the meeting costs up to `now`. */
export function countCost(element: HTMLElement, now: number): void {
  const said = element.dataset.cost ?? '0'
  const rate = Number(element.dataset.costRate ?? 0)
  const seconds = Number(said) + rate * since(element, `${said}:${rate}`, now)
  write(element.querySelector('[data-cost-face]'), (seconds / 3600).toFixed(1))
}

let ticking = false

export function start(): void {
  const tick = (): void => {
    const now = performance.now()
    all(document, '[data-clock]').forEach(element => countClock(element, now))
    all(document, '[data-cost]').forEach(element => countCost(element, now))
  }
  tick()
  if (ticking) return
  ticking = true
  setInterval(tick, 500)
}
