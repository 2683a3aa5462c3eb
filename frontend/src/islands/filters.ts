/** The filter of a page of tasks: its menu loads when it opens, fields are found by typing, a chip opens its editor. */
import htmx from 'htmx.org'
import { announce, nearest } from '../dom'
import { isComposing } from '../keys'

const FIRST = 'input:not([type="hidden"]), select, textarea'

async function load(menu: HTMLDetailsElement, url: string): Promise<void> {
  const place = menu.querySelector<HTMLElement>('.menu-panel')
  if (!place) return
  await htmx.ajax('GET', url, { target: place, swap: 'innerHTML', source: place })
  const first = [...place.querySelectorAll<HTMLElement>(FIRST)].find(field => !field.classList.contains('filter-operator'))
  ;(first ?? place.querySelector<HTMLElement>(FIRST))?.focus()
}

/** A menu that hardly anybody opens waits in a template; what stands beside it there goes when it is unpacked. */
function unpack(menu: HTMLElement): void {
  const place = menu.querySelector<HTMLElement>('.menu-panel')
  const kept = place?.querySelector('template')
  if (!place || !kept) return
  place.replaceChildren(kept.content)
  htmx.process(place)
}

function onToggle(event: Event): void {
  const menu = event.target
  if (menu instanceof HTMLDetailsElement && menu.open && 'unpacks' in menu.dataset) unpack(menu)
  if (!(menu instanceof HTMLDetailsElement) || !menu.dataset.loads || !menu.open) return
  const url = menu.dataset.next ?? menu.dataset.loads
  delete menu.dataset.next
  void load(menu, url)
}

/** One place up in a list whose order is sent; the form hears of it as of any other change. */
function up(button: HTMLElement): void {
  const item = button.closest('li')
  const before = item?.previousElementSibling
  if (!item || !before) return
  before.before(item)
  button.focus()
  if (item.querySelector('input:checked')) item.dispatchEvent(new Event('change', { bubbles: true }))
}

function onClick(event: MouseEvent): void {
  const order = nearest(event, '[data-order-up]')
  if (order) return up(order)
  const link = nearest<HTMLAnchorElement>(event, '[data-filter-edit]')
  const menu = link?.closest('.filter-bar')?.querySelector<HTMLDetailsElement>('details[data-loads]')
  if (!link || !menu || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  // After the press that opens it, which would close a menu it is not in.
  setTimeout(() => {
    menu.dataset.next = link.getAttribute('href') ?? ''
    menu.open = true
  })
}

/** The entries of a finder that contain what was typed, in name or pinyin; the rest is hidden. */
export function narrow(finder: Element, typed: string): HTMLElement[] {
  const wanted = typed.normalize('NFKC').trim().toLowerCase()
  const entries = [...finder.querySelectorAll<HTMLElement>('[data-find]')]
  for (const entry of entries) entry.hidden = !(entry.dataset.find ?? '').toLowerCase().includes(wanted)
  return entries.filter(entry => !entry.hidden)
}

function onInput(event: Event): void {
  const field = nearest<HTMLInputElement>(event, '[data-finder-input]')
  const finder = field?.closest('[data-finder]')
  if (field && finder) narrow(finder, field.value)
}

function onKey(event: KeyboardEvent): void {
  const field = nearest<HTMLInputElement>(event, '[data-finder-input]')
  const finder = field?.closest('[data-finder]')
  if (!field || !finder || isComposing(event) || event.key !== 'Enter') return
  event.preventDefault()
  narrow(finder, field.value)[0]?.click()
}

function onSubmit(event: SubmitEvent): void {
  const menu = nearest(event, '[data-closes-menu]')?.closest<HTMLDetailsElement>('details[data-menu]')
  if (!menu) return
  menu.open = false
  menu.querySelector('summary')?.focus()
}

export function initFilters(): void {
  document.addEventListener('toggle', onToggle, true)
  // A refresh brings the template back into a menu that is open.
  document.addEventListener('htmx:after:swap', () => document.querySelectorAll<HTMLElement>('details[data-unpacks][open]').forEach(unpack))
  document.addEventListener('click', onClick)
  document.addEventListener('input', onInput)
  document.addEventListener('keydown', onKey)
  document.addEventListener('submit', onSubmit)
  // The strip of saved views tells whether the view has been changed since it was opened.
  document.addEventListener('htmx:after:history:update', () => {
    const strip = document.getElementById('saved-views')
    if (strip) announce('view:changed', {}, strip)
  })
}
