/** A guided page: Enter goes on, and each step begins with its first row. */
import { isComposing, isPlain, isTyping } from '../keys'
import { moveTo } from './shortcuts'

const page = () => document.querySelector<HTMLElement>('[data-ritual]')

/** Whether Enter belongs to what has the focus: a link opens, a button is pressed. */
const answersEnter = (target: EventTarget | null): boolean => target instanceof Element && target.closest('a[href], button, summary, dialog') !== null

function onKey(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.defaultPrevented || event.repeat || isComposing(event) || !isPlain(event) || event.shiftKey) return
  if (isTyping(event.target) || answersEnter(event.target) || document.querySelector('dialog[open]')) return
  const next = page()?.querySelector<HTMLElement>('[data-ritual-next]')
  if (!next) return
  event.preventDefault()
  next.click()
}

let shown = ''

/** A new step: its first row is the one that keys act on. Whoever is writing is left alone. */
function onStep(): void {
  const name = page()?.dataset.ritual ?? ''
  if (!name || name === shown) return
  shown = name
  if (isTyping(document.activeElement)) return
  const row = page()?.querySelector<HTMLElement>('[data-rows] [data-row]')
  if (row) moveTo(row)
  else page()?.querySelector<HTMLElement>('input[type="text"], input:not([type]), [data-ritual-next]')?.focus({ preventScroll: true })
}

/** The morning round is one page: the parts that are done step out of the way, also when they come in late. */
export function hideDone(): void {
  const line = document.getElementById('round-steps')
  const past = (line?.dataset.roundPast ?? '').split(' ')
  for (const name of (line?.dataset.roundAll ?? '').split(' ')) document.getElementById(name)?.toggleAttribute('hidden', past.includes(name))
}

let isListening = false

export function start(): void {
  if (!isListening) {
    isListening = true
    document.addEventListener('keydown', onKey)
    document.addEventListener('htmx:after:swap', onStep)
    document.addEventListener('htmx:after:swap', hideDone)
  }
  hideDone()
  onStep()
}
