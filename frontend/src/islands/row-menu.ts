/** The one menu that all rows share: a row's button loads it and it opens beside the button, above everything. */
import { nearest } from '../dom'

const GAP = 4
let opener: HTMLElement | null = null

const menu = () => document.getElementById('row-menu')

/** Where a menu of this size fits beside a button: below if there is room, else above. */
export function placeFor(button: DOMRect, width: number, height: number, page: { width: number; height: number }): { left: number; top: number } {
  const below = button.bottom + GAP
  const top = below + height <= page.height ? below : Math.max(GAP, button.top - GAP - height)
  return { left: Math.max(GAP, Math.min(button.left, page.width - width - GAP)), top }
}

function show(button: HTMLElement): void {
  const panel = menu()
  if (!panel) return
  opener = button
  panel.style.margin = '0'
  if (!panel.matches(':popover-open')) panel.showPopover()
  const { left, top } = placeFor(button.getBoundingClientRect(), panel.offsetWidth, panel.offsetHeight, { width: innerWidth, height: innerHeight })
  panel.style.inset = `${top}px auto auto ${left}px`
  ;(panel.querySelector<HTMLElement>('[aria-current]') ?? panel.querySelector<HTMLElement>('.menu-item'))?.focus()
}

function onKey(event: KeyboardEvent): void {
  const panel = nearest(event, '#row-menu')
  if (!panel || !['ArrowDown', 'ArrowUp'].includes(event.key)) return
  event.preventDefault()
  const items = [...panel.querySelectorAll<HTMLElement>('.menu-item')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  items[(at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length]?.focus()
}

export function initRowMenu(): void {
  document.addEventListener('htmx:after:swap', event => {
    const button = nearest(event, '[data-row-menu]')
    if (button) show(button)
  })
  document.addEventListener('keydown', onKey)
  document.addEventListener('click', event => {
    if (!nearest(event, '[data-close-popover]')) return
    menu()?.hidePopover()
    opener?.focus()
  })
}
