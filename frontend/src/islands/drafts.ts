/** Keeps what is being typed in forms on this device until it is saved: no lost session or Back loses it. */
import { debounce, onContent, all } from '../dom'
import { personKey, t } from '../frame'
import { forgetToasts, toast } from './toasts'

type Draft = Record<string, string[]>

const SKIPPED = new Set(['csrfmiddlewaretoken', 'submission_key', 'next'])
const PREFIX = 'draft:'
const opened = new WeakMap<HTMLFormElement, string>()
const abandoned = new WeakSet<HTMLFormElement>()

/** Where a draft is kept; its name is the address of the form unless the page says otherwise. */
export const keyFor = (name: string): string => `${PREFIX}${personKey()}:${name}`

export const keyOf = (form: HTMLFormElement): string => keyFor(form.dataset.draft ?? '')

/** What is typed in a form, without files, passwords and plumbing. */
export function read(form: HTMLFormElement): Draft {
  const draft: Draft = {}
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement)) continue
    if (!element.name || SKIPPED.has(element.name) || ['file', 'password', 'submit', 'button'].includes(element.type)) continue
    const values = (draft[element.name] ??= [])
    if (element instanceof HTMLSelectElement) values.push(...[...element.selectedOptions].map(option => option.value))
    else if (!(element instanceof HTMLInputElement) || !['checkbox', 'radio'].includes(element.type) || element.checked) values.push(element.value)
  }
  return draft
}

/** Put a draft back into a form. */
export function write(form: HTMLFormElement, draft: Draft): void {
  for (const [name, values] of Object.entries(draft)) {
    const queue = [...values]
    for (const element of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (element instanceof HTMLSelectElement) for (const option of element.options) option.selected = values.includes(option.value)
      else if (element instanceof HTMLInputElement && ['checkbox', 'radio'].includes(element.type)) element.checked = values.includes(element.value)
      else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.value = queue.shift() ?? element.value
    }
  }
  form.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Give up what is typed in a form, for good: a save that is still to come, while the page goes, keeps nothing. */
export function abandon(form: HTMLFormElement): void {
  abandoned.add(form)
  sessionStorage.removeItem(keyOf(form))
}

function save(form: HTMLFormElement): void {
  if (!form.isConnected || abandoned.has(form)) return
  const now = JSON.stringify(read(form))
  if (now === opened.get(form)) sessionStorage.removeItem(keyOf(form))
  else sessionStorage.setItem(keyOf(form), now)
}

const saveSoon = debounce(250, save)

function bringBack(form: HTMLFormElement): void {
  if (opened.has(form)) return
  const asOpened = JSON.stringify(read(form))
  opened.set(form, asOpened)
  const kept = sessionStorage.getItem(keyOf(form))
  // A form that came back with errors already holds what was typed.
  if (!kept || kept === asOpened || form.querySelector('[aria-invalid="true"], .form-errors')) return
  write(form, JSON.parse(kept) as Draft)
  offerToDiscard(form, JSON.parse(asOpened) as Draft)
}

function offerToDiscard(form: HTMLFormElement, asOpened: Draft): void {
  const element = toast({ text: t('draftRestored') })
  const discard = document.createElement('button')
  discard.type = 'button'
  discard.textContent = t('draftDiscard')
  discard.addEventListener('click', () => {
    write(form, asOpened)
    sessionStorage.removeItem(keyOf(form))
    element?.remove()
  })
  element?.insertBefore(discard, element.lastElementChild)
}

interface RequestDetail {
  ctx: { sourceElement: Element; response?: { status: number; raw?: Response } }
}

/** Saved: the draft has done its work. */
function onAnswer(event: Event): void {
  const { ctx } = (event as CustomEvent<RequestDetail>).detail
  const status = ctx.response?.status ?? 0
  if (ctx.sourceElement instanceof HTMLFormElement && ctx.sourceElement.dataset.draft !== undefined && status >= 200 && status < 400) {
    const form = ctx.sourceElement
    sessionStorage.removeItem(keyOf(form))
    // After the others have heard of the answer: one of them may have emptied the form for the next entry.
    setTimeout(() => opened.set(form, JSON.stringify(read(form))))
  }
}

export function initDrafts(): void {
  const formOf = (event: Event) => (event.target instanceof Element ? event.target.closest<HTMLFormElement>('form[data-draft]') : null)
  for (const name of ['input', 'change']) {
    document.addEventListener(name, event => {
      const form = formOf(event)
      if (form) saveSoon(form)
    })
  }
  document.addEventListener('htmx:after:request', onAnswer)
  document.addEventListener('submit', event => {
    // On a shared machine nothing stays behind.
    if (event.target instanceof Element && event.target.matches('[data-logout]')) {
      all<HTMLFormElement>(document, 'form[data-draft]').forEach(abandon)
      forgetToasts()
      sessionStorage.clear()
      localStorage.removeItem(`recent:${personKey()}`)
    }
  })
  onContent(root => all<HTMLFormElement>(root, 'form[data-draft]').forEach(bringBack))
}
