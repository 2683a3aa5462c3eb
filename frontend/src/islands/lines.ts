/** A field for several lines: Enter sends them, Shift+Enter or pasting makes more. Afterwards it is ready for the next. */
import { nearest, uniqueKey } from '../dom'
import { isComposing } from '../keys'

interface Finished {
  ctx: { response?: { status: number } }
}

function onKey(event: KeyboardEvent): void {
  const field = nearest<HTMLTextAreaElement>(event, 'textarea[data-lines]')
  if (!field || event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
  event.preventDefault()
  if (field.value.trim()) field.form?.requestSubmit()
}

/** Empty the field that was sent and put the cursor back; the part around it may have been replaced. */
export function ready(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLTextAreaElement>('[name="text"]')
  const key = form.querySelector<HTMLInputElement>('[name="submission_key"]')
  if (key) key.value = uniqueKey()
  if (!field) return
  field.value = ''
  field.focus()
}

export function initLines(): void {
  document.addEventListener('keydown', onKey)
  document.addEventListener('htmx:after:request', event => {
    const form = nearest<HTMLFormElement>(event, 'form[data-empties]')
    const { ctx } = (event as CustomEvent<Finished>).detail
    if (!form || event.target !== form || !ctx.response || ctx.response.status >= 300) return
    // After the swap, which may keep this very form or bring another one.
    const action = form.getAttribute('action')
    setTimeout(() => {
      const now = form.isConnected ? form : document.querySelector<HTMLFormElement>(`form[data-empties][action="${CSS.escape(action ?? '')}"]`)
      if (now) ready(now)
    }, 0)
  })
  document.addEventListener('click', event => {
    const button = nearest(event, '[data-take-number]')
    const field = button?.closest('form')?.querySelector<HTMLInputElement>('[name="into"]:not([type="radio"]), [name="of"]')
    if (!field) return
    field.value = button?.dataset.takeNumber ?? ''
    field.focus()
  })
}
