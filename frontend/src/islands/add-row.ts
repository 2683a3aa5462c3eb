/** The line on top of a list: what was added appears at once, and the line is ready for the next. */
import { nearest, uniqueKey } from '../dom'

interface Finished {
  ctx: { response?: { status: number } }
}

/** What each form last sent: whoever types on while the answer is under way keeps what they typed. */
const sent = new WeakMap<HTMLFormElement, string>()

/** Empty a form for the next entry and give it a key of its own. */
export function ready(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>('[name="text"]')
  const key = form.querySelector<HTMLInputElement>('[name="submission_key"]')
  if (field && field.value === (sent.get(form) ?? field.value)) field.value = ''
  if (key) key.value = uniqueKey()
  // The list would wait until nobody types in it; who has just added something wants to see it.
  form.closest('[data-live]')?.dispatchEvent(new CustomEvent('live', { bubbles: false, detail: { refresh: true } }))
  field?.focus()
}

export function initAddRow(): void {
  document.addEventListener('submit', event => {
    const form = nearest<HTMLFormElement>(event, 'form[data-clear-on-done]')
    if (form) sent.set(form, form.querySelector<HTMLInputElement>('[name="text"]')?.value ?? '')
  }, true)
  document.addEventListener('htmx:after:request', event => {
    const form = nearest<HTMLFormElement>(event, 'form[data-clear-on-done]')
    const { ctx } = (event as CustomEvent<Finished>).detail
    if (form && event.target === form && ctx.response && ctx.response.status < 300) ready(form)
  })
}
