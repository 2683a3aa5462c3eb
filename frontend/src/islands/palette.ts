/** The command palette: Ctrl/⌘+K, recent five at once, results from the server as you type. */
import { nearest } from '../dom'
import { path, personKey, t } from '../frame'
import { isCommand, isComposing } from '../keys'
import { LoggedOut, send } from '../send'
import { openDrawer } from './drawer'
import { openDialog } from './overlays'
import { askToLogIn } from './session'
import { startTimer } from './timer'

interface Visit {
  href: string
  title: string
}

const RECENT = 5
const WAIT = 60
let running: AbortController | undefined

const palette = () => document.getElementById('palette') as HTMLDialogElement | null
const list = () => document.getElementById('palette-list')
const input = () => palette()?.querySelector('input') ?? null
const options = () => [...(list()?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])]
const storeKey = () => `recent:${personKey()}`

/** The pages last opened from the palette, newest first. */
export function recent(): Visit[] {
  try {
    return (JSON.parse(localStorage.getItem(storeKey()) ?? '[]') as Visit[]).slice(0, RECENT)
  } catch {
    return []
  }
}

/** Put a page in front of the recent ones. */
export function remember(visit: Visit): void {
  const others = recent().filter(one => one.href !== visit.href)
  localStorage.setItem(storeKey(), JSON.stringify([visit, ...others].slice(0, RECENT)))
}

function showRecent(): void {
  list()?.replaceChildren(
    ...recent().map(visit => {
      const row = document.createElement('a')
      row.href = visit.href
      row.setAttribute('role', 'option')
      const title = document.createElement('span')
      title.className = 'palette-title'
      title.textContent = visit.title
      row.append(title)
      return row
    }),
  )
  choose(0)
}

/** Open the palette with what is at hand; the server's answer follows. */
export function openPalette(): void {
  const dialog = palette()
  const field = input()
  if (!dialog || !field) return void location.assign(path('search'))
  field.value = ''
  showRecent()
  openDialog(dialog)
  field.focus()
  void look('')
}

async function look(query: string): Promise<void> {
  running?.abort()
  running = new AbortController()
  try {
    const response = await send(`${path('palette')}?q=${encodeURIComponent(query)}`, undefined, running.signal)
    if (!response.ok) return
    const html = await response.text()
    if (query !== input()?.value.trim()) return
    fill(html, query)
  } catch (error) {
    if (error instanceof LoggedOut) void askToLogIn()
  }
}

function fill(html: string, query: string): void {
  const place = list()
  if (!place) return
  if (!query) showRecent()
  const found = document.createRange().createContextualFragment(html)
  if (query) place.replaceChildren(found)
  else place.append(found)
  if (query && !options().length) {
    const nothing = document.createElement('div')
    nothing.className = 'palette-empty'
    nothing.textContent = t('nothingFound', { query })
    place.replaceChildren(nothing)
  }
  choose(0)
}

function choose(index: number): void {
  const rows = options()
  rows.forEach((row, at) => {
    row.id ||= `palette-option-${at}`
    row.tabIndex = -1
    row.setAttribute('aria-selected', String(at === index))
  })
  const row = rows[index]
  row?.scrollIntoView?.({ block: 'nearest' })
  if (row) input()?.setAttribute('aria-activedescendant', row.id)
  else input()?.removeAttribute('aria-activedescendant')
}

const chosen = () => options().findIndex(row => row.getAttribute('aria-selected') === 'true')

/** The row that starts the timer of the task of another row; the first such row if it has none. */
export function timerOf(row: HTMLElement | undefined): HTMLElement | undefined {
  const timers = options().filter(one => one.dataset.timerTask)
  return timers.find(one => one.getAttribute('href') === row?.getAttribute('href')) ?? timers[0]
}

function onKey(event: KeyboardEvent): void {
  if (isComposing(event)) return
  const rows = options()
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    if (rows.length) choose((chosen() + (event.key === 'ArrowDown' ? 1 : -1) + rows.length) % rows.length)
  } else if (event.key === 'Escape') {
    // A search field would only empty itself at the first Esc.
    event.preventDefault()
    palette()?.close()
  } else if (event.key === 'Enter') {
    event.preventDefault()
    // With Shift the timer of the chosen task, else of the first one found.
    const row = event.shiftKey ? timerOf(rows[chosen()]) : rows[chosen()]
    if (row) row.click()
    else if (event.shiftKey) return
    else if (input()?.value.trim()) location.assign(`${path('search')}?q=${encodeURIComponent(input()?.value.trim() ?? '')}`)
  }
}

function onChoice(event: MouseEvent): void {
  const row = nearest<HTMLAnchorElement>(event, '#palette [role="option"]')
  if (!row) return
  if (row.dataset.timerTask && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    palette()?.close()
    return startTimer(row.dataset.timerTask)
  }
  const title = row.querySelector('.palette-title')?.textContent?.trim() ?? ''
  // What is written down now is no page to come back to.
  if (row.href && title && !row.matches('[data-quick-add]')) remember({ href: row.getAttribute('href') ?? '', title })
  if (event.ctrlKey || event.metaKey) return
  palette()?.close()
  if (row.matches('[data-drawer]')) {
    event.preventDefault()
    openDrawer(row.getAttribute('href') ?? '')
  }
}

export function initPalette(): void {
  const dialog = palette()
  const field = input()
  if (!dialog || !field) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(field.value.trim()), WAIT)
  }
  field.addEventListener('input', event => {
    if (!(event as InputEvent).isComposing) later()
  })
  field.addEventListener('compositionend', later)
  dialog.addEventListener('keydown', onKey)
  document.addEventListener('click', onChoice, true)
  document.addEventListener('click', event => {
    if (!nearest(event, '[data-palette-open]')) return
    event.preventDefault()
    openPalette()
  })
  document.addEventListener('keydown', event => {
    if (!isCommand(event, 'k') || isComposing(event)) return
    event.preventDefault()
    if (dialog.open) dialog.close()
    else openPalette()
  })
}
