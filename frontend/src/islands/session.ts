/** A lost session: log in within a dialog, then send again what had been refused. */
import { path, t } from '../frame'
import { openDialog } from './overlays'
import { toast } from './toasts'

type Again = () => void

let waiting: Again[] = []
let isAsking = false

const dialog = () => document.getElementById('relogin') as HTMLDialogElement | null

/** Whether an address belongs to logging in (password, second factor). */
export function isAccountPage(url: string): boolean {
  const { pathname } = new URL(url)
  return pathname === path('login') || pathname.startsWith('/accounts/')
}

/** Ask for a new log-in; `again` runs once the person is back. */
export async function askToLogIn(again?: Again): Promise<void> {
  if (again) waiting.push(again)
  const box = dialog()
  if (!box) return void location.assign(path('login'))
  if (box.open || isAsking) return
  isAsking = true
  try {
    const response = await fetch(path('login'), { credentials: 'same-origin' })
    const html = await response.text()
    // Somebody who has logged in again meanwhile, in another tab, is led on.
    if (!isAccountPage(response.url)) return goOn(html)
    show(html, response.url)
    openDialog(box)
    box.querySelector<HTMLElement>('input:not([type="hidden"])')?.focus()
  } catch {
    toast({ text: t('offline'), error: true })
  } finally {
    isAsking = false
  }
}

/** The person is back: do again what had been refused. */
function goOn(html: string): void {
  adoptToken(html)
  dialog()?.close()
  const again = waiting
  waiting = []
  for (const act of again) act()
}

/** Show the form of a log-in page in the dialog. */
function show(html: string, url: string): void {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const form = [...page.querySelectorAll('form')].find(one => one.querySelector('input:not([type="hidden"])'))
  const place = dialog()?.querySelector('[data-relogin-form]')
  if (!form || !place) return void location.assign(path('login'))
  form.setAttribute('action', new URL(form.getAttribute('action') || url, url).href)
  for (const attribute of [...form.attributes]) if (attribute.name.startsWith('hx-')) form.removeAttribute(attribute.name)
  place.replaceChildren(form)
}

async function submit(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const body = new FormData(form)
  if (submitter instanceof HTMLButtonElement && submitter.name) body.set(submitter.name, submitter.value)
  const response = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' })
  const html = await response.text()
  if (isAccountPage(response.url)) show(html, response.url)
  else goOn(html)
}

/** Logging in gives a new CSRF token; every form and htmx must use it. */
export function adoptToken(html: string): void {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const headers = page.body.getAttribute('hx-headers:inherited')
  if (!headers) return
  document.body.setAttribute('hx-headers:inherited', headers)
  const token = (JSON.parse(headers) as Record<string, string>)['X-CSRFToken'] ?? ''
  for (const field of document.querySelectorAll<HTMLInputElement>('[name="csrfmiddlewaretoken"]')) field.value = token
}

export function initSession(): void {
  dialog()?.addEventListener('submit', event => {
    if (!(event.target instanceof HTMLFormElement)) return
    event.preventDefault()
    submit(event.target, event.submitter).catch(() => toast({ text: t('offline'), error: true }))
  })
  dialog()?.addEventListener('close', () => (waiting = []))
}
