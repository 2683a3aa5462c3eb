/** Short notices with 撤销: Ctrl+Z takes back the newest. They survive going to another page. */
import { all, announce } from '../dom'
import { t } from '../frame'
import { isCommand, isTyping } from '../keys'
import { dispatchTriggers, explain, send } from '../send'

export interface Toast {
  text: string
  undo?: string
  link?: string
  linkText?: string
  error?: boolean
}

const STAY = 10_000
const STAY_ERROR = 20_000
const MOST = 3
const KEPT = 'toasts'
const shown = new Map<HTMLElement, Toast>()

const host = (): HTMLElement | null => document.getElementById('toasts')

/** Show a toast for 10 seconds; pointer or focus on it stops the clock. */
export function toast(notice: Toast): HTMLElement | null {
  const place = host()
  if (!place || !notice.text) return null
  const element = build(notice)
  place.append(element)
  shown.set(element, notice)
  while (place.childElementCount > MOST) dismiss(place.firstElementChild as HTMLElement)
  // On top of dialogs, which live in the browser's top layer.
  if (place.matches(':popover-open')) place.hidePopover()
  place.showPopover?.()
  keepWhileLooking(element, notice.error ? STAY_ERROR : STAY)
  return element
}

function build(notice: Toast): HTMLElement {
  const element = document.createElement('div')
  element.className = notice.error ? 'toast is-error' : 'toast'
  if (notice.error) element.setAttribute('role', 'alert')
  const text = document.createElement('span')
  text.className = 'toast-text'
  text.textContent = notice.text
  element.append(text)
  if (notice.undo) element.append(button(t('undo'), () => void takeBack(element)))
  if (notice.link) element.append(link(notice.link, notice.linkText || t('open')))
  element.append(button('✕', () => dismiss(element), t('close')))
  return element
}

function button(text: string, act: () => void, label = ''): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = text
  if (label) made.setAttribute('aria-label', label)
  made.addEventListener('click', act)
  return made
}

function link(href: string, text: string): HTMLAnchorElement {
  const made = document.createElement('a')
  made.href = href
  made.textContent = text
  made.dataset.drawer = ''
  return made
}

function keepWhileLooking(element: HTMLElement, stay: number): void {
  let timer = setTimeout(() => dismiss(element), stay)
  const hold = () => clearTimeout(timer)
  const go = () => {
    clearTimeout(timer)
    timer = setTimeout(() => dismiss(element), stay / 2)
  }
  element.addEventListener('pointerenter', hold)
  element.addEventListener('focusin', hold)
  element.addEventListener('pointerleave', go)
  element.addEventListener('focusout', go)
}

function dismiss(element: HTMLElement): void {
  shown.delete(element)
  element.remove()
  const place = host()
  if (place && !place.childElementCount && place.matches(':popover-open')) place.hidePopover()
}

/** Post to the toast's undo address; the answer's events refresh what changed. */
export async function takeBack(element: HTMLElement): Promise<void> {
  const notice = shown.get(element)
  if (!notice?.undo) return
  dismiss(element)
  try {
    const body = new FormData()
    body.set('next', location.pathname + location.search)
    const response = await send(notice.undo, body)
    if (!response.ok) return void toast({ text: explain(response), error: true })
    dispatchTriggers(response)
    if (!response.headers.get('HX-Trigger')) toast({ text: t('undone') })
    announce('undone')
    if (response.headers.get('HX-Refresh')) await showAnew()
  } catch {
    toast({ ...notice, text: t('offline'), error: true })
  }
}

/** Load the page anew; where what it showed is gone with the undone step, go to the list it stood in. */
async function showAnew(): Promise<void> {
  // While a text is being written here only the parts around it are fetched again: nothing that was typed is lost.
  if (document.querySelector('form[data-takes-files]')) {
    const topics = all(document, '[data-live]').flatMap(part => (part.dataset.live ?? '').split(' '))
    return void announce('live', { topics })
  }
  const { status } = await send(location.href)
  if (status === 404) location.assign(new URL('..', location.href))
  else location.reload()
}

function newestUndo(): HTMLElement | undefined {
  return [...shown].filter(([, notice]) => notice.undo).map(([element]) => element).at(-1)
}

/** Take the newest step back; false when there is none on the screen. */
export function undoNewest(): boolean {
  const element = newestUndo()
  if (element) void takeBack(element)
  return element !== undefined
}

/** Toasts still on screen go along to the next page. */
function keepForNextPage(): void {
  const notices = [...shown.values()]
  if (notices.length) sessionStorage.setItem(KEPT, JSON.stringify(notices))
}

/** Let no toast go along to the next page: the person is leaving. */
export function forgetToasts(): void {
  shown.clear()
}

function showKept(): void {
  const kept = sessionStorage.getItem(KEPT)
  sessionStorage.removeItem(KEPT)
  if (kept) for (const notice of JSON.parse(kept) as Toast[]) toast(notice)
}

function showServerMessages(root: ParentNode): void {
  for (const template of root.querySelectorAll<HTMLTemplateElement>('template[data-toast]')) {
    const undo = template.dataset.toast?.match(/undo:(\S+)/)?.[1]
    toast({ text: template.content.textContent?.trim() ?? '', ...(undo && { undo }) })
    template.remove()
  }
}

export function initToasts(): void {
  document.addEventListener('toast', event => toast((event as CustomEvent<Toast>).detail))
  document.addEventListener('htmx:after:swap', () => showServerMessages(document))
  document.addEventListener('keydown', event => {
    if (!isCommand(event, 'z') || isTyping(event.target)) return
    if (undoNewest()) event.preventDefault()
  })
  addEventListener('pagehide', keepForNextPage)
  addEventListener('pageshow', event => event.persisted && sessionStorage.removeItem(KEPT))
  showServerMessages(document)
  showKept()
}
