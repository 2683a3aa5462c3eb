/** A long text keeps itself: saved when typing pauses, and once more while the page goes. Others' words are taken over, a table is printed. */
import { all, debounce } from '../dom'
import { isComposing } from '../keys'
import { csrfToken, explain, send } from '../send'

const PAUSE = 1500
// Who types without a pause is saved this often.
const LONGEST = 3000
const dirty = new WeakSet<HTMLFormElement>()
const busy = new WeakSet<HTMLFormElement>()
// Forms that are sent as soon as the save under way is done, and by which button.
const waiting = new WeakMap<HTMLFormElement, HTMLElement | null>()
// Forms that are saved at the latest after LONGEST, however long the typing goes on.
const timed = new WeakSet<HTMLFormElement>()

/** Put the answer in place of the line that says what is saved; with it comes the version for the next time. */
function show(form: HTMLFormElement, html: string): void {
  const place = form.querySelector(form.dataset.autosave ?? '')
  if (place) place.outerHTML = html
}

function complain(form: HTMLFormElement, text: string): void {
  const place = form.querySelector(form.dataset.autosave ?? '')
  place?.classList.add('text-danger')
  for (const node of [...(place?.childNodes ?? [])]) if (!(node instanceof HTMLInputElement)) node.remove()
  place?.append(text)
}

/** Save what is typed; while one save is under way the next waits, so that no version is sent twice. */
export async function save(form: HTMLFormElement): Promise<void> {
  if (!dirty.has(form) || busy.has(form)) return
  busy.add(form)
  dirty.delete(form)
  timed.delete(form)
  try {
    const response = await send(form.action, new FormData(form))
    if (response.ok) show(form, await response.text())
    else {
      dirty.add(form)
      complain(form, explain(response))
    }
  } catch {
    // Without a connection it stays typed, and the next pause tries again.
    dirty.add(form)
    complain(form, form.dataset.offline ?? '')
  } finally {
    busy.delete(form)
    const button = waiting.get(form)
    if (waiting.delete(form)) form.requestSubmit(button)
    // A part that shows what others wrote leaves a form alone in which something waits to be saved.
    form.toggleAttribute('data-dirty', dirty.has(form))
  }
}

/** Sending during a save would state the version before it and be refused as stale: it goes right after. */
function onSubmit(event: SubmitEvent): void {
  const form = event.currentTarget as HTMLFormElement
  dirty.delete(form)
  if (!busy.has(form)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  waiting.set(form, event.submitter)
}

/** Keep `form` saved from now on. */
export function keep(form: HTMLFormElement): void {
  if (form.dataset.kept !== undefined) return
  form.dataset.kept = ''
  const soon = debounce(PAUSE, () => void save(form))
  form.addEventListener('input', event => {
    dirty.add(form)
    form.toggleAttribute('data-dirty', true)
    if (!timed.has(form)) {
      timed.add(form)
      setTimeout(() => void save(form), LONGEST)
    }
    if (!(event instanceof InputEvent && event.isComposing)) soon()
  })
  form.addEventListener('compositionend', () => soon())
  // Who began to type before the scripts were there is kept as well.
  if (all<HTMLTextAreaElement>(form, 'textarea').some(field => field.value !== field.defaultValue)) {
    dirty.add(form)
    soon()
  }
  form.addEventListener('submit', onSubmit, true)
  // Handing in sends the same fields; a save that waits would come too late and be refused.
  document.querySelector('[data-autosave-last]')?.addEventListener('click', () => dirty.delete(form))
  window.addEventListener('pagehide', () => {
    if (!dirty.has(form)) return
    const last = new FormData(form)
    last.set('csrfmiddlewaretoken', csrfToken())
    navigator.sendBeacon(form.action, last)
  })
}

function adopt(button: HTMLElement): void {
  const field = document.querySelector<HTMLTextAreaElement>(button.dataset.adopt ?? '')
  if (!field) return
  field.value = [field.value.trimEnd(), button.dataset.adoptText ?? ''].filter(Boolean).join('\n')
  field.dispatchEvent(new Event('input', { bubbles: true }))
  button.setAttribute('disabled', '')
  field.scrollIntoView({ block: 'center' })
}

let isListening = false

export function start(root: ParentNode): void {
  all<HTMLFormElement>(root, 'form[data-autosave]').forEach(keep)
  if (isListening) return
  isListening = true
  document.addEventListener('click', event => {
    if (!(event.target instanceof Element)) return
    const button = event.target.closest<HTMLElement>('[data-adopt]')
    if (button) adopt(button)
    if (event.target.closest('[data-print]')) window.print()
  })
  document.addEventListener('keydown', event => {
    // Ctrl+S: people who come from Word press it, and it must not save the page as a file.
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || isComposing(event)) return
    const forms = all<HTMLFormElement>(document, 'form[data-autosave]')
    if (!forms.length) return
    event.preventDefault()
    forms.forEach(form => void save(form))
  })
}
