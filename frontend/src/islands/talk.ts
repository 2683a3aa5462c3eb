/** Comments and files: names after @, Ctrl+Enter, answering one comment, dropping and pasting files. */
import { all, debounce, nearest, uniqueKey } from '../dom'
import { t } from '../frame'
import { isComposing } from '../keys'
import { send } from '../send'
import { toast } from './toasts'

const WAIT = 120

/** What is typed after the last @ before `caret`, or null when nobody is being named there. */
export function nameBefore(text: string, caret: number): { at: number; typed: string } | null {
  const found = /(^|[^A-Za-z0-9._%+-])[@＠]([^\s@＠]{0,20})$/.exec(text.slice(0, caret))
  return found ? { at: caret - (found[2]?.length ?? 0) - 1, typed: found[2] ?? '' } : null
}

/** `text` with the name that was chosen in place of what was typed, and where the caret goes on. */
export function withName(text: string, at: number, caret: number, name: string): { text: string; caret: number } {
  const before = `${text.slice(0, at)}@${name} `
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length }
}

const listOf = (field: HTMLTextAreaElement) => field.closest('form')?.querySelector<HTMLElement>('.name-list') ?? null

/** Offers people while a name is typed after @. One list a form; the textarea keeps the focus. */
class Names {
  private at = -1
  private asked = 0
  private from = 0
  private readonly ask = debounce(WAIT, () => void this.fetch())

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly list: HTMLElement,
    private readonly url: string,
  ) {
    list.id ||= `names-${uniqueKey().slice(0, 8)}`
    field.setAttribute('aria-controls', list.id)
    field.setAttribute('aria-autocomplete', 'list')
    for (const name of ['input', 'click', 'compositionend']) field.addEventListener(name, () => this.look())
    field.addEventListener('blur', () => setTimeout(() => this.close(), 150))
    list.addEventListener('pointerdown', event => {
      // The textarea keeps the focus.
      event.preventDefault()
      const option = nearest(event, '[data-insert]')
      if (option) this.take(option)
    })
  }

  get isOpen(): boolean {
    return !this.list.hidden
  }

  private found(): { at: number; typed: string } | null {
    return nameBefore(this.field.value, this.field.selectionStart)
  }

  look(): void {
    if (this.found()) this.ask()
    else this.close()
  }

  private async fetch(): Promise<void> {
    const found = this.found()
    if (!found) return this.close()
    const turn = (this.asked += 1)
    try {
      const answer = await send(`${this.url}?q=${encodeURIComponent(found.typed)}`)
      // A later question has been asked, or the person has gone on.
      if (turn !== this.asked || !answer.ok || !this.found()) return
      this.list.innerHTML = await answer.text()
    } catch {
      return this.close()
    }
    const none = !this.options().length
    // Nobody of that name: after a few letters it is no name at all, and the list would be in the way.
    if (none && found.typed.length > 4) return this.close()
    this.from = found.at
    this.list.hidden = false
    this.field.setAttribute('aria-expanded', 'true')
    this.mark(0)
    this.list.scrollIntoView?.({ block: 'nearest' })
  }

  private options(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[data-insert]')]
  }

  private mark(at: number): void {
    const options = this.options()
    this.at = options.length ? (at + options.length) % options.length : -1
    options.forEach((option, place) => {
      option.id ||= `${this.list.id}-${place}`
      option.classList.toggle('is-current', place === this.at)
      option.setAttribute('aria-selected', String(place === this.at))
    })
    const current = options[this.at]
    if (current) this.field.setAttribute('aria-activedescendant', current.id)
    current?.scrollIntoView?.({ block: 'nearest' })
  }

  private take(option: HTMLElement): void {
    const made = withName(this.field.value, this.from, this.field.selectionStart, option.dataset.insert ?? '')
    this.field.value = made.text
    this.field.setSelectionRange(made.caret, made.caret)
    this.close()
    this.field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  close(): void {
    this.asked += 1
    this.list.hidden = true
    this.field.removeAttribute('aria-activedescendant')
    this.field.setAttribute('aria-expanded', 'false')
  }

  /** Whether the key was for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.isOpen) return false
    if (event.key === 'ArrowDown') this.mark(this.at + 1)
    else if (event.key === 'ArrowUp') this.mark(this.at - 1)
    else if ((event.key === 'Enter' || event.key === 'Tab') && this.options()[this.at] && !event.ctrlKey && !event.metaKey) this.take(this.options()[this.at] as HTMLElement)
    else if (event.key === 'Escape') this.close()
    else return false
    return true
  }
}

const names = new WeakMap<HTMLTextAreaElement, Names>()

function grow(field: HTMLTextAreaElement): void {
  field.style.height = 'auto'
  field.style.height = `${Math.min(field.scrollHeight + 2, 360)}px`
}

function onKey(event: KeyboardEvent): void {
  const field = nearest<HTMLTextAreaElement>(event, '[data-composer] textarea')
  if (!field || isComposing(event)) return
  const form = field.closest('form')
  if (names.get(field)?.key(event)) {
    event.preventDefault()
    event.stopPropagation()
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    form?.requestSubmit()
  } else if (event.key === 'Escape') {
    const cancel = form?.querySelector<HTMLElement>('[data-cancel], [data-empty-parent]')
    if (cancel && !field.value.trim()) {
      event.stopPropagation()
      cancel.click()
    } else if (!cancel) field.blur()
    else event.stopPropagation()
  }
}

/** Prepare a form: names after @, and a box as high as what stands in it. */
export function prepare(root: ParentNode): void {
  for (const form of all<HTMLFormElement>(root, 'form[data-composer]')) {
    const field = form.querySelector<HTMLTextAreaElement>('textarea')
    const list = field && listOf(field)
    if (!field || names.has(field)) continue
    if (list && form.dataset.names) names.set(field, new Names(field, list, form.dataset.names))
    field.addEventListener('input', () => grow(field))
    if (field.value) grow(field)
    if (field.autofocus) {
      field.focus()
      field.setSelectionRange(field.value.length, field.value.length)
    }
  }
}

const composerOf = (element: Element) => element.closest('[data-talk]')?.querySelector<HTMLFormElement>('form[data-composer][data-clear-on-done]') ?? null

/** Let the next comment answer one that is there already, or none. */
function answer(form: HTMLFormElement, id: string, name: string): void {
  const hidden = form.querySelector<HTMLInputElement>('[name="reply_to"]')
  const line = form.querySelector<HTMLElement>('[data-reply-line]')
  const label = form.querySelector('[data-reply-name]')
  const field = form.querySelector<HTMLTextAreaElement>('textarea')
  if (!hidden || !line || !label || !field) return
  hidden.value = id
  line.hidden = !id
  label.textContent = id ? (field.dataset.answer ?? '').replace('{name}', name) : ''
  if (id) field.focus()
}

function onClick(event: MouseEvent): void {
  const reply = nearest(event, '[data-reply]')
  const form = reply && composerOf(reply)
  if (reply && form) answer(form, reply.dataset.reply ?? '', reply.dataset.replyTo ?? '')
  const off = nearest(event, '[data-reply-off]')?.closest('form')
  if (off) answer(off, '', '')
  nearest(event, '[data-empty-parent]')?.closest('form')?.remove()
}

interface Finished {
  ctx: { sourceElement: Element; response?: { status: number } }
}

/** Sent: nothing is answered any more, the box is small again, and what was refused before is forgotten. */
function onSent(event: Event): void {
  const { ctx } = (event as CustomEvent<Finished>).detail
  const form = ctx.sourceElement
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-composer][data-clear-on-done]') || (ctx.response?.status ?? 500) >= 300) return
  answer(form, '', '')
  form.querySelector('[aria-live]')?.replaceChildren()
  const field = form.querySelector<HTMLTextAreaElement>('textarea')
  if (field) field.style.height = ''
}

/** The form that takes the files dropped or pasted at `element`: of the list it is in, else the first of the same page or drawer. */
export function uploadFor(element: Element | null): HTMLFormElement | null {
  const own = element?.closest('.files')?.querySelector<HTMLFormElement>('form[data-upload]')
  const scope = element?.closest('dialog, main') ?? document
  return own ?? scope.querySelector<HTMLFormElement>('form[data-upload]')
}

function upload(form: HTMLFormElement, files: readonly File[]): void {
  const field = form.querySelector<HTMLInputElement>('input[type="file"]')
  if (!field || !files.length || form.classList.contains('is-pending')) return
  const box = new DataTransfer()
  files.forEach(file => box.items.add(file))
  field.files = box.files
  form.requestSubmit()
}

/** A picture from the clipboard has no name of its own: call it by the minute. */
export function named(file: File, now: Date): File {
  if (!/^(image|blob)(\.\w+)?$/i.test(file.name)) return file
  const two = (value: number) => String(value).padStart(2, '0')
  const stamp = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  return new File([file], `${stamp}.${file.type.split('/')[1] ?? 'png'}`, { type: file.type })
}

function onPaste(event: ClipboardEvent): void {
  const files = [...(event.clipboardData?.files ?? [])]
  const place = event.target instanceof Element ? event.target : null
  // Text copied from an office program brings a picture of itself along.
  if (!files.length || event.clipboardData?.types.includes('text/plain')) return
  if (place?.closest('input, textarea') && !place.closest('[data-composer], [data-takes-files]')) return
  const form = uploadFor(place)
  if (!form) return
  event.preventDefault()
  upload(form, files.map(file => named(file, new Date())))
}

function onDrag(event: DragEvent): void {
  const form = event.dataTransfer?.types.includes('Files') ? uploadFor(event.target as Element | null) : null
  if (!form) return
  event.preventDefault()
  const place = form.closest('.files')
  if (event.type === 'drop') {
    place?.classList.remove('is-over')
    upload(form, [...(event.dataTransfer?.files ?? [])])
  } else place?.classList.toggle('is-over', event.type === 'dragover')
}

let isListening = false

function listen(): void {
  if (isListening) return
  isListening = true
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('click', onClick)
  document.addEventListener('htmx:after:request', onSent)
  document.addEventListener('paste', onPaste)
  for (const name of ['dragover', 'dragleave', 'drop'] as const) document.addEventListener(name, onDrag)
  document.addEventListener('change', event => {
    const form = nearest<HTMLFormElement>(event, 'form[data-upload]')
    if (form && (event.target as HTMLInputElement).files?.length && !form.classList.contains('is-pending')) form.requestSubmit()
  })
  document.addEventListener('click', event => void onRead(event))
  document.addEventListener('auxclick', event => void onRead(event))
}

/** What is opened from the inbox has been read. */
async function onRead(event: MouseEvent): Promise<void> {
  const link = nearest<HTMLAnchorElement>(event, 'a[data-reads]')
  const row = link?.closest<HTMLElement>('.is-unread')
  const url = link?.closest<HTMLElement>('[data-reading]')?.dataset.reading
  if (!link || !row || !url) return
  row.classList.remove('is-unread')
  const body = new FormData()
  body.set('selected', link.dataset.reads ?? '')
  body.set('quietly', '1')
  try {
    await send(url, body)
    document.dispatchEvent(new CustomEvent('live', { detail: { topics: ['inbox'] }, bubbles: true }))
  } catch {
    row.classList.add('is-unread')
    toast({ text: t('offline'), error: true })
  }
}

/** Called with each part of a page that holds a comment box, an upload or the inbox. */
export function start(root: ParentNode): void {
  listen()
  prepare(root)
}
