/**
 * The clock of a meeting: `[data-countdown="minutes"]` with `[data-countdown-left]`, started and paused by
 * `[data-countdown-start]`. `data-share` are the seconds each person has: the row that keys act on is marked when it
 * has taken longer. It runs here only; a page that refreshes its rows leaves it alone.
 */
import { nearest } from '../dom'

interface Clock {
  left: number
  onRow: number
  row: string
  tick: ReturnType<typeof setInterval> | undefined
}

const clocks = new WeakMap<HTMLElement, Clock>()

/** Minutes and seconds as a clock shows them; what is over has a minus. */
export function shown(seconds: number): string {
  const whole = Math.abs(seconds)
  return `${seconds < 0 ? '−' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

function clockOf(place: HTMLElement): Clock {
  let clock = clocks.get(place)
  if (!clock) {
    clock = { left: Number(place.dataset.countdown) * 60, onRow: 0, row: '', tick: undefined }
    clocks.set(place, clock)
  }
  return clock
}

/** The row that speaks: the one with the focus, or in which it lies. */
const speaking = () => document.activeElement?.closest<HTMLElement>('[data-standup-row]') ?? null

function second(place: HTMLElement): void {
  const clock = clockOf(place)
  clock.left -= 1
  const left = place.querySelector('[data-countdown-left]')
  if (left) left.textContent = shown(clock.left)
  place.classList.toggle('is-over', clock.left < 0)
  const row = speaking()
  if (!row) return
  clock.onRow = row.id === clock.row ? clock.onRow + 1 : 1
  clock.row = row.id
  row.toggleAttribute('data-is-over', clock.onRow > Number(place.dataset.share))
}

function onClick(event: Event): void {
  const button = nearest(event, '[data-countdown-start]')
  const place = button && document.querySelector<HTMLElement>('[data-countdown]')
  if (!button || !place) return
  const clock = clockOf(place)
  if (clock.tick === undefined) clock.tick = setInterval(() => second(place), 1000)
  else {
    clearInterval(clock.tick)
    clock.tick = undefined
  }
  button.setAttribute('aria-pressed', String(clock.tick !== undefined))
}

let isListening = false

export function start(): void {
  if (isListening) return
  isListening = true
  document.addEventListener('click', onClick)
}
