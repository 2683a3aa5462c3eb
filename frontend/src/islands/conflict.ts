/** Somebody else was faster: the choice made in the dialog goes into the form that was refused, and is sent again. */
import { nearest } from '../dom'
import { abandon, keyFor } from './drafts'

let refused: Element | null = null

/** What the person chose: merged values, with each clash decided, or all of mine. */
export function decided(form: HTMLFormElement, choice: string): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith('choose.') || typeof value !== 'string') continue
    values.set(name, [...(values.get(name) ?? []), value])
  }
  for (const field of form.querySelectorAll<HTMLTemplateElement>('template[data-values]')) {
    const name = field.dataset.values ?? ''
    const clash = form.querySelector<HTMLInputElement>(`[data-choose="${CSS.escape(name)}"]:checked`)
    const side = choice === 'overwrite' ? 'mine' : clash?.value
    if (side) values.set(name, [...field.content.querySelectorAll(`[data-${side}]`)].map(one => one.getAttribute(`data-${side}`) ?? ''))
  }
  return values
}

/** Put decided values into the form that was refused. */
export function apply(form: HTMLFormElement, values: Map<string, string[]>): void {
  const names = new Set([...values.keys(), ...[...form.elements].map(element => (element as HTMLInputElement).name).filter(Boolean)])
  for (const name of names) {
    if (['csrfmiddlewaretoken', 'submission_key', 'next'].includes(name)) continue
    const given = values.get(name) ?? []
    for (const element of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (element instanceof HTMLSelectElement) for (const option of element.options) option.selected = given.includes(option.value)
      else if (element instanceof HTMLInputElement && ['checkbox', 'radio'].includes(element.type)) element.checked = given.includes(element.value)
      else if (element instanceof HTMLInputElement && ['file', 'submit', 'button'].includes(element.type)) continue
      else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.value = given[0] ?? ''
    }
  }
  form.dispatchEvent(new Event('input', { bubbles: true }))
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-conflict] [data-conflict-form]')) return
  const choice = event.submitter?.getAttribute('value') ?? 'merge'
  const values = decided(form, choice)
  if (!refused?.isConnected) return fillPlain(form, values)
  event.preventDefault()
  form.closest('dialog')?.close()
  sendAgain(refused, values)
}

/** The refused form is gone: this one carries the decision itself. */
function fillPlain(form: HTMLFormElement, values: Map<string, string[]>): void {
  form.querySelectorAll('[data-side], [data-choose]').forEach(element => element.remove())
  const present = new Set([...form.elements].map(element => (element as HTMLInputElement).name))
  for (const [name, given] of values) {
    if (present.has(name)) continue
    for (const value of given) {
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name, value })
      form.append(field)
    }
  }
}

function sendAgain(source: Element, values: Map<string, string[]>): void {
  if (source instanceof HTMLFormElement) {
    apply(source, values)
    source.requestSubmit()
    return
  }
  const version = values.get('version')?.[0]
  const stated = JSON.parse(source.getAttribute('hx-vals') ?? '{}') as Record<string, string>
  source.setAttribute('hx-vals', JSON.stringify({ ...stated, version }))
  if (source instanceof HTMLElement) source.click()
}

interface RequestDetail {
  ctx: { sourceElement: Element; response?: { status: number } }
}

export function initConflict(): void {
  document.addEventListener('htmx:after:request', event => {
    const { ctx } = (event as CustomEvent<RequestDetail>).detail
    if (ctx.response?.status === 412) refused = ctx.sourceElement
  })
  document.addEventListener('submit', onSubmit)
  document.addEventListener('click', onDiscard)
}

/** Mine is given up: what stands now is shown, and neither a draft nor the browser brings mine back. */
function onDiscard(event: MouseEvent): void {
  const link = nearest<HTMLAnchorElement>(event, '[data-conflict-discard]')
  if (!link) return
  // Without the dialog this is a page of its own, and the link leads back to the form.
  if (!link.closest('dialog')) return sessionStorage.removeItem(keyFor(link.pathname + link.search))
  event.preventDefault()
  if (refused instanceof HTMLFormElement) abandon(refused)
  location.reload()
}
