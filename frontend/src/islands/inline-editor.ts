/** Editing in place: Enter or leaving saves, Esc puts back what stood. */
import { all, nearest, onContent } from '../dom'
import { isComposing } from '../keys'

const EDITOR = 'form[data-inline-editor]'
const opened = new WeakMap<HTMLFormElement, string>()

/** What the person can change in a form, as text. */
export function words(form: HTMLFormElement): string {
  const plumbing = new Set(['csrfmiddlewaretoken', 'version', 'record_base', 'submission_key'])
  return JSON.stringify([...new FormData(form)].filter(([name]) => !plumbing.has(name)))
}

function begin(form: HTMLFormElement): void {
  if (opened.has(form)) return
  opened.set(form, words(form))
  // The search box of a long select is put before it a moment later.
  setTimeout(() => {
    const field = form.querySelector<HTMLElement>('.picker input, input:not([type="hidden"]):not([type="radio"]), textarea, select, input:checked')
    field?.focus()
    if (field instanceof HTMLInputElement && field.type === 'text') field.select()
  }, 30)
}

const cancel = (form: HTMLFormElement) => form.querySelector<HTMLElement>('[data-cancel]')?.click()

function onKey(event: KeyboardEvent): void {
  const form = nearest<HTMLFormElement>(event, EDITOR)
  if (!form || isComposing(event)) return
  if (event.key === 'Escape' && !form.querySelector('.picker-list:not([hidden])')) {
    // Only the editor closes, not the drawer it stands in.
    event.preventDefault()
    event.stopPropagation()
    cancel(form)
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
}

/** Leaving the editor saves what was changed; nothing changed puts the field back. */
function onLeave(event: FocusEvent): void {
  const form = nearest<HTMLFormElement>(event, EDITOR)
  if (!form) return
  setTimeout(() => {
    if (!form.isConnected || form.contains(document.activeElement) || form.matches('.htmx-request')) return
    if (!document.hasFocus() || form.querySelector('[aria-invalid="true"]')) return
    if (words(form) === opened.get(form)) cancel(form)
    else form.requestSubmit()
  }, 60)
}

/** A choice is an answer in itself; a reason typed before goes with it. */
function onChange(event: Event): void {
  const form = nearest<HTMLFormElement>(event, EDITOR)
  if (!form || form.querySelectorAll('.field').length !== 1) return
  const field = event.target
  if (field instanceof HTMLSelectElement && !field.multiple) form.requestSubmit()
  if (field instanceof HTMLInputElement && ['radio', 'checkbox'].includes(field.type)) form.requestSubmit()
}

export function initInlineEditor(): void {
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('focusout', onLeave)
  document.addEventListener('change', onChange)
  onContent(root => all<HTMLFormElement>(root, EDITOR).forEach(begin))
}
