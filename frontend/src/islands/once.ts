/** A form sent twice makes one record: a key per form, and a pending state within 100 ms. */
import { all, onContent, uniqueKey } from '../dom'

const KEY = 'submission_key'

/** Give a form its key unless the server has. */
export function ensureKey(form: HTMLFormElement): void {
  if (form.querySelector(`[name="${KEY}"]`)) return
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = KEY
  field.value = uniqueKey()
  form.append(field)
}

/** Show that a form is on its way, or that it is not any more. */
export function setPending(form: HTMLFormElement, isPending: boolean, submitter?: Element | null): void {
  form.classList.toggle('is-pending', isPending)
  const button = submitter ?? form.querySelector('[type="submit"], button:not([type])')
  if (isPending) button?.setAttribute('aria-busy', 'true')
  else form.querySelectorAll('[aria-busy]').forEach(element => element.removeAttribute('aria-busy'))
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-once]')) return
  if (form.classList.contains('is-pending')) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  if (!event.defaultPrevented) setPending(form, true, event.submitter)
}

export function initOnce(): void {
  document.addEventListener('submit', onSubmit, true)
  document.addEventListener('htmx:finally:request', event => {
    if (event.target instanceof HTMLFormElement) setPending(event.target, false)
  })
  addEventListener('pageshow', event => {
    if (event.persisted) all<HTMLFormElement>(document, 'form.is-pending').forEach(form => setPending(form, false))
  })
  onContent(root => {
    all<HTMLFormElement>(root, 'form[data-once]').forEach(ensureKey)
    // The first wrong field is where the person goes on.
    const form = root instanceof Element ? 'form' : 'form[data-once]'
    root.querySelector<HTMLElement>(`${form} [aria-invalid="true"]`)?.focus()
  })
}
